"""A terminal for tests: runs a program on a pseudo-terminal, types into it, and waits for what it shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LONGEST_WAIT = 60.0
"""Seconds until a test gives up on something that never appears."""


class Terminal:
    """A program that believes a person is there. ``seen`` is all it has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.master = master
        self.seen = ""
        self._at = 0

    def type(self, text: str) -> None:
        """Press these keys; "\\x03" is Ctrl-C."""
        os.write(self.master, text.encode())

    def wait_for(self, pattern: str) -> str:
        """Read until the pattern appears behind what was last waited for, and return it."""
        deadline = time.monotonic() + LONGEST_WAIT
        while (found := re.compile(pattern).search(self.seen, self._at)) is None:
            assert self._read(deadline) is not None, f"no {pattern!r} in {self.seen[self._at :]!r}"
        self._at = found.end()
        return found[0]

    def finish(self) -> int:
        """Read to the end; returns the exit code."""
        deadline = time.monotonic() + LONGEST_WAIT
        while self._read(deadline) is not None:
            pass
        return self.process.wait(LONGEST_WAIT)

    def _read(self, deadline: float) -> str | None:
        ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"nothing more within {LONGEST_WAIT} s after {self.seen[-500:]!r}"
        try:
            more = os.read(self.master, 65536).decode("utf-8", "replace")
        except OSError:  # Linux answers with EIO when the other side has gone
            return None
        self.seen += more
        return more or None


@contextlib.contextmanager
def terminal(
    words: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout_too: bool = True,
    columns: int = 100,
) -> Iterator[Terminal]:
    """Run a program on a terminal of its own; with ``stdout_too=False`` its standard output goes nowhere."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    surroundings = {**os.environ, "TERM": "xterm", **(env or {})}
    surroundings.pop("NO_COLOR", None)
    if env and "NO_COLOR" in env:
        surroundings["NO_COLOR"] = env["NO_COLOR"]
    process = subprocess.Popen(
        list(words),
        stdin=slave,
        stdout=slave if stdout_too else subprocess.DEVNULL,
        stderr=slave,
        cwd=cwd,
        env=surroundings,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread, and Ctrl-C needs it
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(master)
