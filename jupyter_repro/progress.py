"""How long work tells of itself, and how it is cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

INTERVAL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a long operation.

    ``phase`` is one word ("scan", "store", "write", "verify", ...); ``files`` and ``bytes`` are done so
    far; the totals are None while they are not known.
    """

    phase: str
    files: int = 0
    total_files: int | None = None
    bytes: int = 0
    total_bytes: int | None = None


OnProgress = Callable[[Progress], None]
"""Called from the working thread, at most some ten times a second. Raising
``jupyter_repro.errors.Cancelled`` inside it stops the operation cleanly."""


class Meter:
    """Counts what one phase of the work has done, and tells of it some ten times a second.

    ``on_progress`` may be None: then it only counts. The totals may be set later, when they are known.
    """

    def __init__(
        self,
        phase: str,
        on_progress: OnProgress | None,
        total_files: int | None = None,
        total_bytes: int | None = None,
    ) -> None:
        self.files = 0
        self.bytes = 0
        self.total_files = total_files
        self.total_bytes = total_bytes
        self._phase = phase
        self._on_progress = on_progress
        self._next = 0.0

    def add(self, files: int, size: int) -> None:
        """So much more is done: ``files``, and ``size`` in bytes."""
        self.files += files
        self.bytes += size
        self.tell()

    def counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks, each counted when the next one is asked for."""
        for block in blocks:
            yield block
            self.add(0, len(block))

    def tell(self, ahead: int = 0) -> None:
        """Tell how far the work is, if it was not told just now; ``ahead`` bytes are done but not counted yet."""
        if self._on_progress is None:
            return
        present = time.monotonic()
        if present >= self._next:
            self._next = present + INTERVAL_SECONDS
            self._on_progress(Progress(self._phase, self.files, self.total_files, self.bytes + ahead, self.total_bytes))
