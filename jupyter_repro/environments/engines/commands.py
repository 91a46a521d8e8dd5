"""Running a program whose output is a build log: line by line, and stopped with all its children."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
from collections.abc import Mapping, Sequence

from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.engines.tying import tied

_USERINFO = re.compile(r"://[^/\s@]+@")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_GRACE_SECONDS = 3.0
LAST_LINES = 40


def run_logged(command: Sequence[str], log: BuildLog, *, env: Mapping[str, str], cwd: str) -> tuple[int, list[str]]:
    """Run ``command`` with its output in ``log``; returns the exit code and the last lines.

    The environment is ``env`` alone. When the log says to stop, the whole group of processes is ended first; it also
    ends when this process is killed.
    """
    with tied() as tie:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        tie(process.pid)
        try:
            last = _logged(process, log)
            return process.wait(), last
        except BaseException:
            _end(process)
            raise


def _logged(process: subprocess.Popen[bytes], log: BuildLog) -> list[str]:
    """Write what the process prints into the log until it prints no more; returns the last lines."""
    last: list[str] = []
    rest = b""
    assert process.stdout is not None
    with process.stdout as output, selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            log.check()
            if not selector.select(0.2):
                continue
            block = os.read(output.fileno(), 65536)
            *lines, rest = (rest + block).split(b"\n")
            for line in (*lines, *((rest,) if not block and rest else ())):
                text = harmless(line.decode("utf-8", "replace"))
                log.line(text)
                last = [*last, text][-LAST_LINES:]
            if not block:
                return last


def harmless(line: str) -> str:
    """A line of output without passwords in URLs and without colours."""
    return _USERINFO.sub("://***@", _COLOUR.sub("", line).rstrip())


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    # Children of a leader that went at once may still be there.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
