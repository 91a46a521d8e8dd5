"""The small protocol that every place for bytes speaks: put-if-absent, ranged get, list, delete.

Nothing is ever overwritten, so any successful read may be cached for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

Data = bytes | bytearray | memoryview


class AlreadyExists(Exception):
    """The key is taken. The caller reads what is there and decides."""


class KeyNotFound(Exception):
    """There is nothing under the key."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One key of a listing: its name, size in bytes, and time of writing (seconds since the epoch)."""

    key: str
    size: int
    modified: float


@runtime_checkable
class Backend(Protocol):
    """A place for immutable bytes under slash-separated ASCII keys."""

    url: str

    def put(self, key: str, data: Data) -> None:
        """Store ``data`` durably under ``key``. Raises ``AlreadyExists`` when the key is taken,
        ``StoreFull``, ``StoreUnreachable`` or ``StoreError`` when it cannot be stored."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes of ``key``, or ``length`` of them from ``start``; a negative ``start`` counts from
        the end. Raises ``KeyNotFound``, ``StoreUnreachable`` or ``StoreError``."""

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """Keys that begin with ``prefix`` and sort after ``after``, in ascending order."""

    def delete(self, key: str) -> None:
        """Remove ``key``; nothing happens when it is not there."""

    def close(self) -> None:
        """Let go of connections and descriptors."""
