"""Caches in SQLite files: what goes wrong with one is told plainly, and a damaged one is begun anew."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Concatenate, ParamSpec, TypeVar

from jupyter_repro.errors import StoreError, StoreFull
from jupyter_repro.store.filesystem import is_local

P = ParamSpec("P")
T = TypeVar("T")
_BUSY = ("locked", "busy")
_WORN = ("disk i/o error", "unable to open", "readonly", "read-only")


class CacheFile:
    """What can be made again from elsewhere, kept in the SQLite file ``path``, made when missing.

    A file that cannot be read is begun anew. Where the disk takes no file at all (it is full to the last
    byte, or read-only), the tables are kept in memory for this once, so that looking still works.
    """

    schema: ClassVar[str]
    version: ClassVar[int]

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            self._open()
        except sqlite3.Error as error:
            if is_damage(error):
                self.reset()
            elif is_refused(error):
                self._close_quietly()
                self._connect(":memory:")
            else:
                raise failure(self, error) from error

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connect(self.path)

    def _connect(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute(f"PRAGMA journal_mode={'WAL' if is_local(self.path.parent) else 'DELETE'}")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if self._db.execute("PRAGMA user_version").fetchone()[0] != self.version:
            self._db.executescript(self.schema)
            self._begin()
            self._db.execute(f"PRAGMA user_version={self.version}")

    def _begin(self) -> None:
        """What stands in new tables."""

    def reset(self) -> None:
        """Throw the file away and begin with an empty one."""
        with self._lock:
            self._close_quietly()
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            self._open()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _close_quietly(self) -> None:
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self._db.close()


C = TypeVar("C", bound=CacheFile)


def told(method: Callable[Concatenate[C, P], T]) -> Callable[Concatenate[C, P], T]:
    """A method of a cache whose SQLite errors become errors of the project; see ``failure``."""

    @functools.wraps(method)
    def call(cache: C, /, *args: P.args, **options: P.kwargs) -> T:
        try:
            return method(cache, *args, **options)
        except sqlite3.Error as error:
            raise failure(cache, error) from error

    return call


def failure(cache: CacheFile, error: sqlite3.Error) -> StoreError:
    """The error to raise for ``error``. A damaged cache has been thrown away when this returns."""
    said = str(error).lower()
    if "full" in said:
        return StoreFull(
            f"There is no space left to write {cache.path}. Free some and try again; everything saved earlier is whole."
        )
    if any(word in said for word in _BUSY):
        return StoreError(f"Another process has kept {cache.path} busy for a minute. Try again when it is done.")
    if is_refused(error):
        return StoreError(
            f"{cache.path} cannot be read or written ({error}). See whether its disk is full or failing, and try again."
        )
    try:
        cache.reset()
    except (OSError, sqlite3.Error) as again:
        return StoreError(f"{cache.path} is damaged ({error}) and cannot be made again ({again}). Check the disk.")
    return StoreError(
        f"{cache.path} was damaged ({error}). It is only a cache: it was thrown away and is made again. "
        "Run the command again."
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether a file that could not be opened should be thrown away: not when the disk is full or it is busy."""
    said = str(error).lower()
    return "full" not in said and not any(word in said for word in (*_BUSY, *_WORN))


def is_refused(error: sqlite3.Error) -> bool:
    """Whether the disk, not the file, is what failed."""
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error).lower() for word in _WORN)
