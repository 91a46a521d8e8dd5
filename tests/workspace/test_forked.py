"""Processes that share the work: only where forking is safe, and never needed for the result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.workspace import forked, read_ahead, recreate, stretches
from tests.support import scratch
from tests.support.trees import File, commit_tree, read_tree, tree_of, write_tree

# The process of a test runs threads of its own; nothing is forked beside them but by these tests.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

MANY = tree_of((b"d%d/f%d" % (n % 5, n), File(b"content %d" % n)) for n in range(60))

WANTED = """
import os, signal, sys, threading
from jupyter_repro.workspace.forked import children_wanted
said = [children_wanted()]
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
said.append(children_wanted())
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
said.append(children_wanted())
import _thread
held = _thread.allocate_lock()
held.acquire()
_thread.start_new_thread(held.acquire, ())
said += [threading.active_count(), children_wanted()]
print(*said, flush=True)
os._exit(0)
"""

ORPHAN = """
import time
from jupyter_repro.workspace.forked import Child

def work(report):
    while True:
        report(0, 0)
        time.sleep(0.01)

child = Child(work)
print(child.pid, flush=True)
child.result()
"""


@contextmanager
def sharing() -> Iterator[pytest.MonkeyPatch]:
    """Share the work however little it is, and although the test's own process runs threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_ahead, "WORTH_FORKING", 0)
        patch.setattr(recreate, "_WORTH_FORKING", 0)
        patch.setattr(stretches, "LONGEST", 64)
        patch.setattr(read_ahead, "children_wanted", lambda: 1)
        patch.setattr(recreate, "children_wanted", lambda: 3)
        yield patch


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux alone")
def test_nothing_is_forked_beside_a_thread_of_any_kind_or_where_nobody_waits_for_children() -> None:
    said = subprocess.run([sys.executable, "-c", WANTED], capture_output=True, text=True, check=True).stdout.split()
    most = str(min(4, os.cpu_count() or 1) - 1)
    assert said == [most, "0", most, "1", "0"]


def test_where_there_is_no_room_for_another_process_the_work_is_done_without() -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with scratch.workspace() as (place, ws), sharing() as patch:
        patch.setattr(os, "fork", refused)
        write_tree(os.fsencode(place.work), MANY)
        made = verbs.checkpoint(ws)
        assert commit_tree(ws, made.commit.id) == MANY
        there = place.work.parent / "there"
        verbs.recreate(ws, made.commit.id, there)
        assert read_tree(os.fsencode(there)) == MANY
        before = os.listdir("/dev/fd"), signal.pthread_sigmask(signal.SIG_BLOCK, [])
        with pytest.raises(BlockingIOError):
            forked.forked(lambda writing: None)
        assert before == (os.listdir("/dev/fd"), signal.pthread_sigmask(signal.SIG_BLOCK, []))


def test_what_a_killed_process_had_to_write_is_written_by_the_one_that_is_left() -> None:
    parent, ended = os.getpid(), []
    write = recreate._Hydration._write
    over_again = recreate._Hydration._over_again

    def dying(self, directory, entry, data):
        write(self, directory, entry, data)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    def noted(self, share, small):
        ended.append(len(share))
        return over_again(self, share, small)

    with scratch.workspace() as (place, ws), sharing() as patch:
        write_tree(os.fsencode(place.work), MANY)
        made = verbs.checkpoint(ws)
        patch.setattr(recreate._Hydration, "_write", dying)
        patch.setattr(recreate._Hydration, "_over_again", noted)
        there = place.work.parent / "there"
        done = verbs.recreate(ws, made.commit.id, there)
        assert len(ended) == 3
        assert done.files == 60
        assert read_tree(os.fsencode(there)) == MANY
        with verbs.open_workspace(there) as again:
            assert verbs.status(again).clean


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux alone")
def test_a_process_whose_parent_was_killed_ends_soon() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # It holds the same end of the pipe: the end of the file says that it is gone too.
        assert Path(f"/proc/{child}").exists()
        parent.kill()
        assert parent.stdout.read() == ""
