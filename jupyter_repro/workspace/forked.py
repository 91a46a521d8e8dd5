"""Work shared with forked processes: two cores write files twice as fast as two threads of one interpreter.

Only where it is safe: on Linux, from a process that runs no other thread, neither Python's nor a library's, and waits
for its own children. A child touches nothing that does not survive a fork (SQLite, object stores), sends its answer
through a pipe, and ends without cleaning up. Where there is no room for another process, the work is done without.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

_COUNTS = struct.Struct("<QQ")
_MOST = 4
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)

Report = Callable[[int, int], None]
"""Told by the child how many files and bytes it has done."""


def children_wanted() -> int:
    """How many processes besides this one are worth it; 0 where forking is not safe."""
    if not sys.platform.startswith("linux") or _threads() != 1:
        return 0
    if signal.getsignal(signal.SIGCHLD) is not signal.SIG_DFL:
        # Nobody, or somebody else, waits for our children: their numbers may be given to other processes at any time.
        return 0
    return min(_MOST, os.cpu_count() or 1) - 1


def _threads() -> int:
    """Threads of this process, also those that Python knows nothing of; 0 where the kernel does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Fork: the child runs ``work`` with the writing end of a pipe, and ends however that went.

    Returns the child's process id and the reading end. Whoever calls waits for the child, or ends it. Raises
    ``OSError`` when the system has no room for another process.
    """
    reading, writing = os.pipe()
    # A child that is interrupted before it is one would tidy up after its parent; a parent, forget its child.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise
    if pid == 0:
        try:
            os.close(reading)
            # The parent decides what Ctrl-C means; everything else ends the child like any process.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for number in _STOPPING[1:]:
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            gc.freeze()  # what the parent has thrown away is for the parent to close
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    except BaseException:
        os.close(reading)
        end(pid)
        raise
    return pid, reading


def write_all(fd: int, data: bytes) -> None:
    """Write all of ``data``, however little the pipe takes at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def end(pid: int) -> None:
    """Stop the child ``pid``, if it still runs, and wait for its end."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _wait(pid)


def _wait(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


class ChildDied(Exception):
    """A child ended without an answer: it was killed, or memory ran out."""


@dataclass(frozen=True, slots=True)
class _Answer:
    value: bytes
    error: BaseException | None


class Child:
    """A forked process that runs ``work`` and gives back bytes. Raises ``OSError`` as ``forked`` does."""

    def __init__(self, work: Callable[[Report], bytes]) -> None:
        self._shared = mmap.mmap(-1, _COUNTS.size)
        self._parent = os.getpid()
        self.pid, reading = forked(lambda writing: self._run(work, writing))
        self._reading: int | None = reading

    def _run(self, work: Callable[[Report], bytes], writing: int) -> None:
        try:
            answer = _Answer(work(self._report), None)
        except BaseException as error:  # noqa: BLE001  # raised again in the parent
            answer = _Answer(b"", error)
        write_all(writing, pickle.dumps(answer))

    def _report(self, files: int, size: int) -> None:
        if os.getppid() != self._parent:
            os._exit(1)  # it was killed: nobody waits for the rest
        _COUNTS.pack_into(self._shared, 0, files, size)

    @property
    def counts(self) -> tuple[int, int]:
        """Files and bytes that the child has done so far."""
        files, size = _COUNTS.unpack_from(self._shared, 0)
        return int(files), int(size)

    def result(self) -> bytes:
        """Wait for the answer. Raises what the work raised, or ``ChildDied``."""
        assert self._reading is not None
        with os.fdopen(self._reading, "rb") as file:
            self._reading = None
            data = file.read()
        _wait(self.pid)
        self.pid = 0
        try:
            answer: _Answer = pickle.loads(data)  # written by our own child
        except (EOFError, pickle.UnpicklingError):
            raise ChildDied from None
        if answer.error is not None:
            raise answer.error
        return answer.value

    def end(self) -> None:
        """Stop the child, if it still runs, and wait for its end."""
        if self._reading is not None:
            os.close(self._reading)
            self._reading = None
        if self.pid:
            end(self.pid)
            self.pid = 0
