"""A part of the folder that refuses to be written: no restore into it holds up what comes after."""

from __future__ import annotations

import os

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import ReproError
from tests.faults.disks import read_only, small_disk
from tests.support import scratch
from tests.support.scratch import Scratch
from tests.support.strategies import IS_ROOT
from tests.support.trees import File, commit_tree, read_tree

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not IS_ROOT, reason="only root can mount a disk"),
]


def write(place: Scratch, content: str, *paths: str) -> None:
    for path in paths:
        (place.work / path).write_text(content)


@pytest.mark.parametrize("action", ["restore", "switch"])
def test_what_can_never_be_finished_is_undone_by_the_next_command(action: str) -> None:
    with scratch.workspace() as (place, ws), small_disk(place.work / "m", 1):
        top = os.fsencode(place.work)
        write(place, "1", "a", "m/b", "z")
        first = verbs.checkpoint(ws, "first").commit.id
        verbs.create_branch(ws, "old")
        write(place, "2", "a", "m/b", "z")
        verbs.checkpoint(ws, "second")
        before = read_tree(top)
        with read_only(place.work / "m"):
            with pytest.raises(OSError, match="Read-only") as refused:
                verbs.restore(ws, first) if action == "restore" else verbs.switch(ws, "old")
            assert refused.value.filename == b"m/b"
            (place.work / "mine").write_bytes(b"edited since")
            done = verbs.checkpoint(ws, "the next command")
            assert "could not be finished" in done.notice
            assert "m/b" in done.notice
            assert read_tree(top) == before == commit_tree(ws, done.commit.id)
            edited = done.notice.rpartition("just now is commit ")[2].rstrip(".")
            assert commit_tree(ws, verbs.show(ws, edited).commit.id)[b"mine"] == File(b"edited since")
            assert done.branch == "main"
            assert not verbs.checkpoint(ws).notice
        # Where it can be written again, all is as ever.
        assert verbs.restore(ws, first).commit.tree == verbs.show(ws, first).commit.tree


def test_what_can_neither_be_finished_nor_undone_is_told_once() -> None:
    """The part that was written already became read-only afterwards, and the other part writable: as bad as it gets."""
    with scratch.workspace() as (place, ws), small_disk(place.work / "b", 1), small_disk(place.work / "m", 1):
        top = os.fsencode(place.work)
        write(place, "1", "b/f", "m/f")
        first = verbs.checkpoint(ws, "first").commit.id
        write(place, "2", "b/f", "m/f")
        second = verbs.checkpoint(ws, "second").commit.id
        with read_only(place.work / "m"):
            with pytest.raises((OSError, ReproError)):
                verbs.restore(ws, first)
            assert (place.work / "b" / "f").read_bytes() == b"1"
            with read_only(place.work / "b"):
                done = verbs.checkpoint(ws, "the next command")
                assert "nor undone" in done.notice
                assert second[:12] in done.notice
                assert commit_tree(ws, done.commit.id) == read_tree(top)
                assert not verbs.checkpoint(ws).notice
        verbs.restore(ws, second)
        assert commit_tree(ws, second) == read_tree(top)
