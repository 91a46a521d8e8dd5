"""The progress bar: on standard error, on a terminal, once the work takes long enough to be worth one."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_repro.cli.interrupts import check_stopped, reporting
from jupyter_repro.cli.output import is_terminal
from jupyter_repro.progress import OnProgress, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

WAIT_SECONDS = 0.4
"""Work that is done by then shows no bar, and does not pay for the import of rich."""


@contextmanager
def watched() -> Iterator[OnProgress]:
    """A callback for the verbs: draws the bar where there is a terminal, and stops the work on Ctrl-C."""
    bar = _Bar() if is_terminal(sys.stderr) else None

    def on_progress(progress: Progress) -> None:
        check_stopped()
        if bar is not None:
            bar.show(progress)

    with reporting():
        try:
            yield on_progress
        finally:
            if bar is not None:
                bar.close()


class _Bar:
    """One line that lives at the bottom of the terminal and leaves nothing behind."""

    def __init__(self) -> None:
        self._from = time.monotonic() + WAIT_SECONDS
        self._lock = threading.Lock()
        self._rich: RichProgress | None = None
        self._task: TaskID | None = None
        self._phase = ""
        self._began = 0.0
        self._closed = False

    def show(self, progress: Progress) -> None:
        """Draw this moment. Threads of the verb may call it."""
        if time.monotonic() < self._from:
            return
        with self._lock:
            if self._closed:
                return
            if self._rich is None:
                self._rich = _open()
            if self._task is None or self._phase != progress.phase:
                if self._task is not None:
                    self._rich.remove_task(self._task)
                self._phase = progress.phase
                self._began = time.monotonic()
                self._task = self._rich.add_task(_WORDS.get(progress.phase, progress.phase), total=None, amount="")
            done, total = _measure(progress)
            seconds = time.monotonic() - self._began
            self._rich.update(self._task, completed=done, total=total, amount=_amount(progress, seconds))

    def close(self) -> None:
        """Take the line away."""
        with self._lock:
            self._closed = True
            if self._rich is not None:
                self._rich.stop()


_WORDS = {
    "wait": "Waiting for another command in this workspace",
    "scan": "Looking",
    "store": "Storing",
    "write": "Writing",
    "save": "Saving what is there",
    "verify": "Checking",
    "read": "Reading",
    "fetch": "Fetching",
    "mark": "Following the history",
    "repack": "Packing",
    "export": "Exporting",
    "import": "Importing",
    "rebuild": "Rebuilding",
}

_NOUNS = {"verify": "object", "export": "part", "import": "part"}
"""What a phase counts, where that is not files."""


def _open() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress
    from rich.table import Column

    shown = RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
        expand=True,
    )
    shown.start()
    return shown


def _measure(progress: Progress) -> tuple[int, int | None]:
    """What the bar's length stands for: bytes where their total is known, files otherwise."""
    if progress.total_bytes:
        return progress.bytes, progress.total_bytes
    return progress.files, progress.total_files or None


def _amount(progress: Progress, seconds: float) -> str:
    """``1,204/3,000 files  12.0 MiB/40.1 MiB  9.13 MiB/s``: how far, and how fast since the phase began."""
    from jupyter_repro.cli.words import count, size

    noun = _NOUNS.get(progress.phase, "file")
    parts = []
    rate = ""
    if progress.total_files:
        parts.append(f"{progress.files:,}/{count(progress.total_files, noun)}")
    elif progress.files:
        parts.append(count(progress.files, noun))
    if progress.files and seconds > 1:
        rate = f"{progress.files / seconds:,.0f} {noun}s/s"
    if progress.bytes:
        parts.append(size(progress.bytes) + (f"/{size(progress.total_bytes)}" if progress.total_bytes else ""))
        rate = f"{size(int(progress.bytes / seconds))}/s" if seconds > 1 else rate
    return "  ".join((*parts, rate)).rstrip()
