"""Ways to damage what is kept, and what must hold afterwards. The fixture ``case`` is in ``conftest.py``."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from jupyter_repro import verbs
from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound, ReproError
from jupyter_repro.history.verify import Verified
from jupyter_repro.verbs import Opened
from tests.faults.places import Case
from tests.support.trees import File, Tree, commit_tree, files_in, read_tree


def store_of(case: Case) -> Path:
    return next(case.place.data.glob("repro/projects/*/store"))


def files_of(case: Case, kind: str) -> list[Path]:
    """The files of one kind in the store, in the order of their writing."""
    found = (path for path in (store_of(case) / kind).rglob("*") if path.is_file())
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def close_cleanly(case: Case) -> None:
    """Bring what SQLite keeps beside its files into them, so that the damage hits something."""
    for path in case.place.data.rglob("*.sqlite"):
        database = sqlite3.connect(path)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


# -- ways to damage ------------------------------------------------------------------------------

Damage = Callable[[Path], None]


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def flip(at: float) -> Damage:
    """Turn one bit over, ``at`` so far into the file (0 to 1)."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(int(at * len(data)), len(data) - 1)] ^= 0x10
        rewrite(path, bytes(data))

    return damage


def cut(to: float) -> Damage:
    """Cut the file to that part of its length."""
    return lambda path: rewrite(path, path.read_bytes()[: int(to * path.stat().st_size)])


DAMAGES: dict[str, Damage] = {
    **{f"flipped at {at:.2f}": flip(at) for at in (0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 1)},
    **{f"cut to {to:.2f}": cut(to) for to in (0, 0.2, 0.5, 0.9, 0.99)},
    "lost": lambda path: path.unlink(),
    "zeros": lambda path: rewrite(path, bytes(path.stat().st_size)),
    "longer": lambda path: rewrite(path, path.read_bytes() + b"garbage"),
}


def noise(at: float) -> Damage:
    """Some random-looking bytes in the middle of a page."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        place = int(at * (len(data) - 64))
        data[place : place + 48] = bytes(byte ^ 0x55 for byte in data[place : place + 48])
        rewrite(path, bytes(data))

    return damage


# -- what must hold ------------------------------------------------------------------------------


def named(result: Verified, commit: str, path: str) -> bool:
    """Whether a verification names this path of this commit, or something above it."""
    for damage in result.damaged:
        if commit not in damage.commits:
            continue
        if damage.kind in ("commit", "log") or any(
            above in ("", path) or path.startswith(above + "/") for above in damage.paths
        ):
            return True
    return False


def check_what_is_readable(case: Case, ws: Opened, result: Verified) -> None:
    """What is not named reads as it was; what is named is refused, and never wrong."""
    for commit, tree in case.commits.items():
        listed: set[str] | None = None
        try:
            listed = {item.path for item in verbs.ls(ws, commit)}
        except (BlobCorrupt, BlobMissing, CommitNotFound):
            assert any(commit in damage.commits for damage in result.damaged), f"{commit} cannot be listed"
        for path, node in files_in(tree).items():
            shown = os.fsdecode(path)
            if not isinstance(node, File):
                continue
            try:
                data = b"".join(verbs.cat(ws, commit, shown))
            except ReproError:
                data = None
            assert data == node.data if data is not None else named(result, commit, shown), f"{shown!r} of {commit}"
            assert listed is None or shown in listed


def check_the_next_checkpoint(case: Case, ws: Opened, tree: Tree) -> str:
    """It succeeds, and what it holds is what the folder holds; returns its id."""
    done = verbs.checkpoint(ws, "the next one", full=True)
    assert read_tree(os.fsencode(case.place.work)) == tree
    assert commit_tree(ws, done.commit.id) == tree, "content that can be read again is stored again"
    return done.commit.id
