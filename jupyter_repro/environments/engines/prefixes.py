"""Installed environments below one folder, one for each lock: made by one process at a time, and whole or not there.

A folder that holds the file ``repro-ready`` is complete. What was cut short has no such file, is nobody's
environment, and is made anew. Beside one that somebody changed by hand, and may be using, another can be made: they
have numbers from 1.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.engines.handmade import changed_by_hand, note_installed
from jupyter_repro.environments.engines.protocol import BuildLog

READY = "repro-ready"
WORKER = ".worker"
"""The suffix of a file that a process of an engine holds while it writes into an environment."""
_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The environments of one engine, in ``folder``."""

    folder: Path

    def place(self, name: str, number: int = 1) -> Path:
        """Where the environment of the lock of that id is or would be."""
        # Interpreter lines of scripts have a limit of 127 bytes on Linux: 24 digits leave room for a home directory.
        return self.folder / (name[:_DIGITS] + (f"-{number}" if number > 1 else ""))

    def ready(self, name: str, number: int = 1) -> bool:
        """Whether the environment of that lock was finished."""
        return (self.place(name, number) / READY).is_file()

    @contextlib.contextmanager
    def making(self, name: str, log: BuildLog) -> Iterator[Path]:
        """Alone at work on the environment of that lock; who waits for it can be cancelled."""
        place = self.place(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held_in_turn(place.with_suffix(".lock"), log):
            yield place

    @contextlib.contextmanager
    def fresh(self, name: str, number: int = 1) -> Iterator[Path]:
        """Inside ``making``: the place, empty, which becomes an environment unless the block raises."""
        place = self.place(name, number)
        shutil.rmtree(place, ignore_errors=True)
        try:
            yield place
            (place / READY).write_text(name)
        except BaseException:
            with contextlib.suppress(OSError):
                (place / READY).unlink(missing_ok=True)
            shutil.rmtree(place, ignore_errors=True)
            raise

    def interpreter(self, name: str) -> str | None:
        """The Python of the environment of that lock, if it was finished, is still there, and nobody changed what is
        installed by hand."""
        return next((_python(place) for place in self._whole(name) if not changed_by_hand(place)), None)

    def installed(self, name: str, log: BuildLog, make: Callable[[Path], None]) -> str:
        """The Python of the environment of that lock, which ``make`` puts into an empty folder where it is not there.

        One that was changed by hand is left to those who use it, and another one is made beside it.
        """
        found = self.interpreter(name)
        if found is not None:
            log.line("install    there already")
            return found
        with self.making(name, log):
            found = self.interpreter(name)
            if found is not None:
                log.line("install    made by another build meanwhile")
                return found
            others = list(self._whole(name))
            for other in others:
                changed = ", ".join(changed_by_hand(other)[:5])
                log.line(f"install    what is there was changed by hand ({changed}): a fresh one is made")
            with self.fresh(name, len(others) + 1) as place:
                make(place)
                note_installed(place)
            return _python(place)

    def _whole(self, name: str) -> Iterator[Path]:
        """The environments of that lock that were finished and still have their Python, in the order of numbers."""
        for number in itertools.count(1):
            place = self.place(name, number)
            if not self.ready(name, number) or not os.access(_python(place), os.X_OK):
                return
            yield place

    def young(self, seconds: float) -> set[str]:
        """The shortened names of the environments that were finished at most so many ``seconds`` ago."""
        limit = time.time() - seconds
        return {ready.parent.name for ready in self.folder.glob(f"*/{READY}") if ready.stat().st_mtime > limit}

    def remove_all_but(self, wanted: set[str]) -> tuple[int, int]:
        """Remove the environments of locks that nobody wants; returns how many, and the bytes freed."""
        kept = {name[:_DIGITS] for name in wanted}
        removed = size = 0
        for place in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            first = place.with_name(place.name[:_DIGITS])
            if not place.is_dir() or first.name in kept:
                continue
            with contextlib.suppress(BlockingIOError), held(first.with_suffix(".lock"), wait=False):
                size += size_alone(place)
                # Without its mark it is no environment any more, should the removal be cut short.
                (place / READY).unlink(missing_ok=True)
                shutil.rmtree(place, ignore_errors=True)
                place.with_suffix(WORKER).unlink(missing_ok=True)
                first.with_suffix(".lock").unlink(missing_ok=True)
                removed += 1
        return removed, size


def _python(place: Path) -> str:
    return str(place / "bin" / "python")


def size_alone(place: Path) -> int:
    """The bytes that removing ``place`` would free: files that are shared with a cache free nothing."""
    total = 0
    for folder, _, files in os.walk(place):
        for file in files:
            with contextlib.suppress(OSError):
                st = os.lstat(os.path.join(folder, file))
                total += st.st_size if st.st_nlink == 1 else 0
    return total


@contextlib.contextmanager
def held(file: Path, *, wait: bool, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a file. Without ``wait``, raises ``BlockingIOError`` when another holds it."""
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def held_in_turn(file: Path, log: BuildLog, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a file, as soon as that can be; who waits for it can be cancelled."""
    with contextlib.ExitStack() as stack:
        while True:
            log.check()
            try:
                stack.enter_context(held(file, wait=False, shared=shared))
                break
            except BlockingIOError:
                time.sleep(0.1)
        yield
