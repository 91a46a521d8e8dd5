"""A disk that is really full: a small one in memory, filled to different heights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import ReproError
from jupyter_repro.verbs.verify import verify
from tests.faults.disks import small_disk
from tests.support import scratch
from tests.support.profile import spread
from tests.support.scratch import Scratch
from tests.support.strategies import IS_ROOT, bytes_of
from tests.support.trees import File, Tree, commit_tree, read_tree, tree_of, write_tree

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not IS_ROOT, reason="only root can mount a disk"),
]

KIB = 1024
LEVELS = [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536]
"""How much room is left, in KiB."""


def fill(disk: Path, left: int) -> Path:
    """Fill the disk but for ``left`` KiB; returns the file that does it."""
    filler = disk / "filler"
    block = b"\0" * 4 * KIB
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError:
            pass
        file.truncate(max(0, file.tell() - left * KIB))
    return filler


@pytest.fixture(scope="module")
def history() -> Iterator[tuple[Scratch, dict[str, Tree], Tree]]:
    """A workspace whose data directory is a disk of 8 MiB; its commits; and what its folder holds since."""
    with scratch.scratch() as place, small_disk(place.data, 8):
        write_tree(os.fsencode(place.work), tree_of([(b"a", File(b"1")), (b"d/b", File(bytes_of(1, 300_000)))]))
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as ws:
            first = verbs.checkpoint(ws, "first").commit.id
            commits = {first: commit_tree(ws, first)}
        for number in range(10):
            (place.work / f"new-{number}").write_bytes(bytes_of(2 + number, 70_000))
        (place.work / "a").write_bytes(b"2")
        yield place, commits, read_tree(os.fsencode(place.work))


@pytest.mark.parametrize("left", spread(LEVELS, 14))
def test_a_full_store_leaves_every_commit_whole(history: tuple[Scratch, dict[str, Tree], Tree], left: int) -> None:
    place, commits, now = history
    filler = fill(place.data, left)
    (place.work / "a").write_bytes(b"edit with %d left" % left)
    now = {**now, b"a": File(b"edit with %d left" % left)}
    try:
        with verbs.open_workspace(place.work) as ws:
            verbs.checkpoint(ws, "on a full disk")
    except (ReproError, OSError) as error:
        refused: Exception | None = error
    else:
        refused = None
    finally:
        filler.unlink()
    assert refused is None or "space" in str(refused).lower() or "full" in str(refused).lower(), refused
    with verbs.open_workspace(place.work) as ws:
        for commit, tree in commits.items():
            assert commit_tree(ws, commit) == tree
        done = verbs.checkpoint(ws, "there is room again")
        assert commit_tree(ws, done.commit.id) == now
        commits[done.commit.id] = now
        assert verify(ws).ok


def test_the_commands_that_look_work_on_a_full_disk(history: tuple[Scratch, dict[str, Tree], Tree]) -> None:
    place, commits, _ = history
    filler = fill(place.data, 0)
    try:
        with verbs.open_workspace(place.work) as ws:
            assert verbs.log(ws)
            verbs.status(ws)
            for commit, tree in commits.items():
                assert commit_tree(ws, commit) == tree
    finally:
        filler.unlink()


def test_a_restore_into_a_full_folder_is_finished_when_there_is_room() -> None:
    with scratch.scratch() as place, small_disk(place.work, 8):
        ignored = [(b".reproignore", File(b"filler"))]
        write_tree(
            os.fsencode(place.work),
            tree_of([*ignored, *((b"%02d" % number, File(bytes_of(number, 100_000))) for number in range(40))]),
        )
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as ws:
            first = verbs.checkpoint(ws, "first").commit.id
            for file in place.work.glob("[0-9]*"):
                file.unlink()
            (place.work / "mine").write_bytes(b"mine")
            filler = fill(place.work, 1500)
            with pytest.raises((OSError, ReproError)):
                verbs.restore(ws, first)
        filler.unlink()
        with verbs.open_workspace(place.work) as ws:
            done = verbs.checkpoint(ws, "the next command")
            assert commit_tree(ws, done.commit.id) == read_tree(os.fsencode(place.work)) == commit_tree(ws, first)
            everything = [commit_tree(ws, commit.id) for commit in verbs.log(ws, everything=True)]
            assert any(tree.get(b"mine") == File(b"mine") for tree in everything)


def test_a_recreate_into_a_full_folder_leaves_nothing_and_loses_nothing() -> None:
    with scratch.scratch() as place, small_disk(place.folder("small"), 4):
        write_tree(
            os.fsencode(place.work),
            tree_of([(b"%02d" % number, File(bytes_of(number, 100_000))) for number in range(80)]),
        )
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as ws:
            first = verbs.checkpoint(ws, "first").commit.id
            target = place.folder("small") / "again"
            with pytest.raises((OSError, ReproError)):
                verbs.recreate(ws, first, target)
            assert not target.exists()
            assert not verbs.checkpoint(ws).created
            verbs.recreate(ws, first, place.folder("again"))
            assert read_tree(os.fsencode(place.folder("again"))) == commit_tree(ws, first)
