"""What hypothesis draws: file names, contents, modes, and whole trees of them."""

from __future__ import annotations

import hashlib
import os

from hypothesis import strategies as st

from jupyter_repro.workspace.ignore import IgnoreRules
from tests.support.trees import File, Folder, Link, Node, Tree, tree_of

IS_ROOT = os.geteuid() == 0 if hasattr(os, "geteuid") else False

_RULES = IgnoreRules(b"/nowhere-at-all").root()
_ODD = (
    b"a",
    b"A",
    b"b",
    b"a.csv",
    b"n.ipynb",
    b" ",
    b"a b",
    b"-rf",
    b"*",
    b"new\nline",
    b"\xff\xfe",
    b"\xc3\xa9",
    b"e\xcc\x81",
    b"\x01",
    b"\x7f",
    b"'",
    b'"',
    b"\\",
    b"a\\b",
    b"%00",
    b"...",
    b"..a",
    b".a",
    b"~",
    b"a" * 255,
    b"\xff" * 255,
    b"CON",
    b"C:",
    b"workspace.json",
    b"\xed\xb3\xbf",
    b".gitignore",
)


def is_plain(name: bytes) -> bool:
    """Whether the built-in rules let a name be (and it is no file of rules itself)."""
    if name in (b".", b"..", b".reproignore", b".dominoignore"):
        return False
    return _RULES.ignored(name, False) is None and _RULES.ignored(name, True) is None


def _name(data: bytes) -> bytes:
    return bytes(byte for byte in data if byte not in (0, 0x2F)) or b"x"


names = st.one_of(
    st.sampled_from(_ODD),
    st.sampled_from((b"a", b"b", b"c", b"d")),
    st.binary(min_size=1, max_size=255).map(_name),
).filter(is_plain)
"""Names of files: mostly few, so that trees meet each other; some with any bytes."""

plain_names = st.sampled_from((b"a", b"b", b"c", b"d", b"e.csv", b"f.py"))
"""Few and harmless names, for edits that should hit what is there."""


def bytes_of(seed: int, size: int) -> bytes:
    """Bytes that do not compress, the same for the same numbers."""
    return hashlib.shake_256(seed.to_bytes(8, "big")).digest(size)


def lines_of(seed: int, size: int) -> bytes:
    """Text that looks like a table."""
    digits = bytes_of(seed, size // 2 + 1).hex().encode()
    return b"\n".join(digits[i : i + 60] for i in range(0, len(digits), 60))[:size]


def holes(size: int, seed: int) -> bytes:
    """Zeros with a few bytes among them."""
    data = bytearray(size)
    data[size // 3 : size // 3 + 8] = bytes_of(seed, 8)
    return bytes(data)


_small = st.one_of(st.binary(max_size=40), st.sampled_from((b"", b"x", b"same", b"\0", b"\n")))
_large = st.one_of(
    st.builds(lines_of, st.integers(0, 3), st.integers(60_000, 300_000)),
    st.builds(bytes_of, st.integers(0, 3), st.sampled_from((65_535, 65_536, 1024 * 1024 - 1, 1024 * 1024, 1_500_000))),
    st.builds(holes, st.sampled_from((70_000, 1024 * 1024, 2_500_000)), st.integers(0, 3)),
)
contents = st.integers(0, 11).flatmap(lambda n: _large if n == 0 else _small)
"""Contents of files: small ones, and now and then one that is cut into chunks."""

file_modes = st.sampled_from(
    (0o644, 0o600, 0o755, 0o444, 0o555, 0o640, 0o664, 0o400, *((0o000, 0o222) if IS_ROOT else ()))
)
folder_modes = st.sampled_from((0o755, 0o755, 0o700, 0o775, 0o777, *((0o555, 0o000) if IS_ROOT else ())))
targets = st.one_of(
    st.sampled_from((b"a", b"../..", b"/etc/passwd", b"b/../a", b".", b"gone", b"/", b"x" * 300, b"\xff\n")),
    st.binary(min_size=1, max_size=60).map(lambda data: data.replace(b"\0", b"-")),
)

files = st.builds(File, contents, file_modes)
nodes: st.SearchStrategy[Node] = st.one_of(
    files, files, files, st.builds(Link, targets), st.builds(Folder, folder_modes)
)

paths = st.lists(names, min_size=1, max_size=4).map(b"/".join)
plain_paths = st.lists(plain_names, min_size=1, max_size=3).map(b"/".join)


def trees(max_size: int = 12, of: st.SearchStrategy[bytes] = paths) -> st.SearchStrategy[Tree]:
    """Trees of up to so many entries."""
    return st.lists(st.tuples(of, nodes), max_size=max_size).map(tree_of)
