"""A new workspace is read from both ends: the commit is the same, and nothing hangs on the second process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given

from jupyter_repro import verbs
from jupyter_repro.errors import Cancelled
from jupyter_repro.progress import Progress
from jupyter_repro.workspace import read_ahead
from tests.support import scratch, strategies
from tests.support.trees import File, Tree, commit_tree, tree_of, write_tree

# The process of a test runs threads of its own; nothing is forked beside them but by these tests.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

SOME = tree_of((b"d%d/f%d" % (n % 5, n), File(b"content %d" % (n // 2))) for n in range(40))


class Patient(read_ahead.ReadAhead):
    """Waits until everything was read ahead, then does ``meanwhile``, and only then lets the scan begin."""

    taken = 0
    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def known(self, rel):
        if self._pid:
            os.set_blocking(self._reading, True)
            self._receive()
            type(self).meanwhile()
        found = super().known(rel)
        type(self).taken += len(found)
        return found


@contextmanager
def forced(kind: type[read_ahead.ReadAhead] = Patient) -> Iterator[None]:
    """Read ahead however few the files, and although the test's own process runs threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_ahead, "WORTH_FORKING", 0)
        patch.setattr(read_ahead, "children_wanted", lambda: 1)
        patch.setattr(read_ahead, "ReadAhead", kind)
        patch.setattr(Patient, "taken", 0)
        yield


@given(tree=strategies.trees(max_size=20))
@pytest.mark.parametrize("kind", [Patient, read_ahead.ReadAhead])
def test_any_tree_gives_the_commit_that_one_process_makes_of_it(kind: type[read_ahead.ReadAhead], tree: Tree) -> None:
    with scratch.workspace() as (place, ws), forced(kind):
        write_tree(os.fsencode(place.work), tree)
        made = verbs.checkpoint(ws, allow_empty=True)
        assert commit_tree(ws, made.commit.id) == tree
        assert verbs.verify(ws).ok
        assert verbs.status(ws).clean
    with scratch.workspace() as (place, ws):
        write_tree(os.fsencode(place.work), tree)
        assert verbs.checkpoint(ws, allow_empty=True).commit.tree == made.commit.tree


def test_equal_contents_are_stored_once_whoever_read_them() -> None:
    stored = []
    for way in (forced, forced, None):
        with scratch.workspace() as (place, ws):
            write_tree(os.fsencode(place.work), SOME)
            if way is None:
                verbs.checkpoint(ws)
            else:
                with way(Patient if not stored else read_ahead.ReadAhead):
                    verbs.checkpoint(ws)
                    assert stored or Patient.taken == 40
            stored.append(verbs.du(ws).objects)
    assert len(set(stored)) == 1


def test_a_file_that_changed_after_it_was_read_ahead_is_read_again() -> None:
    with scratch.workspace() as (place, ws), forced():
        write_tree(os.fsencode(place.work), SOME)
        changed = place.work / "d1" / "f1"

        def change() -> None:
            changed.write_bytes(b"CONTENT 0")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Patient, "meanwhile", staticmethod(change))
            made = verbs.checkpoint(ws)
        assert Patient.taken == 40, "all of it was read ahead, one file as it was before"
        assert commit_tree(ws, made.commit.id) == {**SOME, b"d1/f1": File(b"CONTENT 0")}


def test_a_process_that_dies_half_way_costs_nothing() -> None:
    class Dying(read_ahead._Reader):
        def _files(self, path, rel, rows):
            if rel == b"d2":
                self._send()
                os.write(self._writing, b"\xff\xff\0")  # cut off in the middle of a message
                os._exit(1)
            super()._files(path, rel, rows)

    with scratch.workspace() as (place, ws), forced(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_ahead, "_Reader", Dying)
        write_tree(os.fsencode(place.work), SOME)
        made = verbs.checkpoint(ws)
        assert Patient.taken == 16
        assert commit_tree(ws, made.commit.id) == SOME
        assert verbs.verify(ws).ok


def test_a_checkpoint_that_is_cancelled_leaves_no_process_behind() -> None:
    pids = []

    class Noted(read_ahead.ReadAhead):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            pids.append(self._pid)

    def cancel(progress: Progress) -> None:
        if pids:
            raise Cancelled("stopped")

    with scratch.workspace() as (place, ws), forced(Noted):
        write_tree(os.fsencode(place.work), SOME)
        with pytest.raises(Cancelled):
            verbs.checkpoint(ws, on_progress=cancel)
        (pid,) = pids
        assert not Path(f"/proc/{pid}").exists()
        assert verbs.checkpoint(ws).added == 40


def test_only_a_new_workspace_of_many_files_is_worth_it() -> None:
    class Never(read_ahead.ReadAhead):
        def __init__(self, *arguments):
            raise AssertionError("a process was begun")

    with scratch.workspace() as (place, ws), pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_ahead, "children_wanted", lambda: 1)
        patch.setattr(read_ahead, "ReadAhead", Never)
        write_tree(os.fsencode(place.work), SOME)
        verbs.checkpoint(ws)
        patch.setattr(read_ahead, "WORTH_FORKING", 0)
        (place.work / "new").write_text("new")
        assert verbs.checkpoint(ws).added == 1
        assert not verbs.checkpoint(ws, full=True).created
