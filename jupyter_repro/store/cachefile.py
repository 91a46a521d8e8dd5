"""Caches in SQLite files: what goes wrong with one is told plainly, and a damaged one is begun anew."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from jupyter_repro.errors import StoreError, StoreFull

P = ParamSpec("P")
T = TypeVar("T")
_BUSY = ("locked", "busy")
_WORN = ("disk i/o error", "unable to open", "readonly", "read-only")


class Cache(Protocol):
    """What can be made again from elsewhere, kept in the SQLite file ``path``."""

    path: Path

    def reset(self) -> None:
        """Begin with an empty file."""


C = TypeVar("C", bound=Cache)


def told(method: Callable[Concatenate[C, P], T]) -> Callable[Concatenate[C, P], T]:
    """A method of a cache whose SQLite errors become errors of the project; see ``failure``."""

    @functools.wraps(method)
    def call(cache: C, /, *args: P.args, **options: P.kwargs) -> T:
        try:
            return method(cache, *args, **options)
        except sqlite3.Error as error:
            raise failure(cache, error) from error

    return call


def failure(cache: Cache, error: sqlite3.Error) -> StoreError:
    """The error to raise for ``error``. A damaged cache has been thrown away when this returns."""
    said = str(error).lower()
    if "full" in said:
        return StoreFull(
            f"There is no space left to write {cache.path}. Free some and try again; everything saved earlier is whole."
        )
    if any(word in said for word in _BUSY):
        return StoreError(f"Another process has kept {cache.path} busy for a minute. Try again when it is done.")
    if isinstance(error, sqlite3.OperationalError) and any(word in said for word in _WORN):
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
