"""A group of processes that ends with this process, however that ends.

A process that is killed hard can end nobody itself, and systems differ in what they offer for that. So a shell waits
at the other end of a pipe: when the pipe breaks without a word, whoever held it is dead, and the group is killed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator

_WATCH = 'read -r group && [ "$group" != over ] || exit 0; read -r over && exit 0; kill -s KILL -- "-$group"'


@contextlib.contextmanager
def tied() -> Iterator[Callable[[int], None]]:
    """While the block runs, the group that the yielded function is told of (its id) does not outlive this process."""
    watching = subprocess.Popen(
        ["/bin/sh", "-c", _WATCH],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),
        # What ends the group of this process must not end it too.
        start_new_session=True,
    )
    assert watching.stdin is not None
    pipe = watching.stdin.fileno()

    def say(word: str) -> None:
        # Without the watcher the work goes on as it would without being watched.
        with contextlib.suppress(BrokenPipeError):
            os.write(pipe, f"{word}\n".encode())

    try:
        yield lambda group: say(str(group))
    finally:
        say("over")
        with contextlib.suppress(BrokenPipeError):
            watching.stdin.close()
        watching.wait()
