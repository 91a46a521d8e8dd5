"""How long work tells of itself, and how it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
