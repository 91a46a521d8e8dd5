"""Text diffs: what git makes of them is the new file, and what is no text is said to be none."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_repro.history.textdiff import decode_text, is_binary, unified_diff

lines = st.lists(
    st.sampled_from(("a\n", "b\n", "c\n", "\n", "é\n", "-- x\n", "++ y\n", "\\ z\n", "d\r\n")), max_size=30
)
texts = st.builds(lambda body, last: "".join(body) + last, lines, st.sampled_from(("", "", "end", "\r"))).map(
    str.encode
)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


def applied(old: bytes, diff: str, name: str = "file") -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(old)
        command = ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=directory, input=diff.encode("utf-8", "surrogateescape"), check=True)
        return file.read_bytes()


@needs_git
@given(old=texts, new=texts, context=st.integers(0, 4))
@example(old=b"a", new=b"a\n", context=3)
@example(old=b"a\n", new=b"a", context=3)
@example(old=b"a", new=b"b", context=3)
@example(old=b"x\n", new=b"", context=3)
@settings(deadline=None, max_examples=100)
def test_git_applies_the_diff(old: bytes, new: bytes, context: int) -> None:
    diff = unified_diff(old, new, "file", "file", context=context)
    assert diff is not None
    if old == new:
        assert diff == ""
    elif old and new:  # an emptied or new file needs git's own header lines
        assert applied(old, diff) == new


@needs_git
@given(seed=st.integers(0, 2**32), edits=st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=8))
@settings(deadline=None, max_examples=60)
def test_distinct_lines_give_the_very_diff_that_git_prints(seed: int, edits: list[tuple[int, bool]]) -> None:
    # With no line twice there is one shortest edit, so there is only one answer.
    before = [f"line {i} {seed}\n" for i in range(100)]
    after = list(before)
    for number, (at, remove) in enumerate(edits):
        if remove:
            del after[at % len(after)]
        else:
            after.insert(at, f"new {number}\n")
    old, new = "".join(before).encode(), "".join(after).encode()
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "a").write_bytes(old)
        Path(directory, "b").write_bytes(new)
        command = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "a", "b"]
        done = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    theirs = [line for line in done.stdout.decode().splitlines() if not line.startswith(("diff ", "index "))]
    # Git repeats a line of the file behind the second "@@".
    theirs = [f"@@{line.split('@@')[1]}@@" if line.startswith("@@") else line for line in theirs]
    assert (unified_diff(old, new, "a", "b") or "").splitlines() == theirs


@needs_git
@pytest.mark.parametrize("name", ["with space", "tab\there", 'quote"', "back\\slash", "sub/é", "new\nline", "\udcff"])
def test_odd_names_are_written_as_git_reads_them(name: str) -> None:
    diff = unified_diff(b"a\n", b"b\n", name, name)
    assert diff is not None
    assert applied(b"a\n", diff, name) == b"b\n"


def test_the_shape_of_a_diff() -> None:
    old = b"".join(b"%d\n" % i for i in range(1, 31))
    new = old.replace(b"\n15\n", b"\nfifteen\n").replace(b"30\n", b"30")
    assert unified_diff(old, new, "x.txt", "y.txt") == (
        "--- a/x.txt\n+++ b/y.txt\n"
        "@@ -12,7 +12,7 @@\n 12\n 13\n 14\n-15\n+fifteen\n 16\n 17\n 18\n"
        "@@ -27,4 +27,4 @@\n 27\n 28\n 29\n-30\n+30\n\\ No newline at end of file\n"
    )


def test_a_file_that_came_or_went() -> None:
    assert unified_diff(None, b"a\n", "x", "x") == "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
    assert unified_diff(b"a\nb\n", None, "x", "x") == "--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"
    assert unified_diff(None, b"", "x", "x") == "--- /dev/null\n+++ b/x\n"
    assert unified_diff(b"", b"", "x", "y") == ""


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        ("é\n".encode(), "utf-8"),
        ("é\n".encode("utf-16"), "utf-16"),
        ("é\n".encode("utf-32"), "utf-32"),
        (b"\xfe\xff" + "é\n".encode("utf-16-be"), "utf-16"),
        ("caf\xe9\n".encode("latin-1"), "latin-1"),
        (b"\x1b[31mred\x1b[0m\n", "utf-8"),
        (b"a\0b", None),
        (b"\xff\xfea", None),
        (b"\x1f\x8b\x08\x01\xff", None),
        (b"x" * 9000 + b"\0", "utf-8"),
    ],
)
def test_what_is_text_and_in_which_encoding(data: bytes, encoding: str | None) -> None:
    decoded = decode_text(data)
    assert (decoded and decoded[1]) == encoding


def test_binary_has_no_diff() -> None:
    assert unified_diff(b"a\n", b"\0\n") is None
    assert unified_diff(b"\x89PNG\r\n\x1a\n\0\0", None) is None
    assert is_binary(b"\0")
    assert not is_binary("a".encode("utf-16"))


def test_utf16_is_compared_as_text() -> None:
    diff = unified_diff("a\nb\n".encode("utf-16"), "a\nc\n".encode("utf-16"))
    assert diff == "--- a/old\n+++ b/new\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


def test_a_change_of_the_encoding_alone_is_told() -> None:
    diff = unified_diff("é\n".encode("latin-1"), "é\n".encode())
    assert diff is not None
    assert diff.endswith("\\ Only the encoding differs: latin-1 before, utf-8 now\n")
    assert "Only the byte order differs" in (
        unified_diff(b"\xff\xfe" + "é".encode("utf-16-le"), b"\xfe\xff" + "é".encode("utf-16-be")) or ""
    )
