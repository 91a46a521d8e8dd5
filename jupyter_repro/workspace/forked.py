"""Work shared with forked processes: two cores write files twice as fast as two threads of one interpreter.

Only where it is safe: on Linux, from a process that runs no other thread. A child touches nothing that
does not survive a fork (SQLite, object stores), sends its answer through a pipe, and ends without cleaning up.
"""

from __future__ import annotations

import mmap
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

_COUNTS = struct.Struct("<QQ")
_MOST = 4

Report = Callable[[int, int], None]
"""Told by the child how many files and bytes it has done."""


def children_wanted() -> int:
    """How many processes besides this one are worth it; 0 where forking is not safe."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 0
    return min(_MOST, os.cpu_count() or 1) - 1


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Fork: the child runs ``work`` with the writing end of a pipe, and ends however that went.

    Returns the child's process id and the reading end. Whoever calls waits for the child, or ends it.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
            signal.set_wakeup_fd(-1)
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    return pid, reading


def write_all(fd: int, data: bytes) -> None:
    """Write all of ``data``, however little the pipe takes at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def end(pid: int) -> None:
    """Stop the child ``pid``, if it still runs, and wait for its end."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


class ChildDied(Exception):
    """A child ended without an answer: it was killed, or memory ran out."""


@dataclass(frozen=True, slots=True)
class _Answer:
    value: bytes
    error: BaseException | None


class Child:
    """A forked process that runs ``work`` and gives back bytes."""

    def __init__(self, work: Callable[[Report], bytes]) -> None:
        self._shared = mmap.mmap(-1, _COUNTS.size)
        self.pid, reading = forked(lambda writing: self._run(work, writing))
        self._reading: int | None = reading

    def _run(self, work: Callable[[Report], bytes], writing: int) -> None:
        try:
            answer = _Answer(work(lambda files, size: _COUNTS.pack_into(self._shared, 0, files, size)), None)
        except BaseException as error:  # noqa: BLE001  # raised again in the parent
            answer = _Answer(b"", error)
        write_all(writing, pickle.dumps(answer))

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
        os.waitpid(self.pid, 0)
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
