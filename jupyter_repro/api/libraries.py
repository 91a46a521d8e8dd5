"""The libraries of environments, one for each user who asks, kept between requests."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from jupyter_repro.api.problems import RequestRefused, refuse
from jupyter_repro.errors import CatalogUnusable, ReproError

if TYPE_CHECKING:
    from jupyter_repro.configuration import Configuration
    from jupyter_repro.verbs.environments import Library

_KEPT = 16
_WARM_SECONDS = 2.0
_Key = tuple[str, frozenset[str]]


class Libraries:
    """Libraries by user and groups. Many threads may use the same one: each asks the database for itself."""

    def __init__(self, configuration: Callable[[], Configuration]) -> None:
        self._configuration = configuration
        self._kept: dict[_Key, tuple[Library, tuple[int, int]]] = {}
        self._dropped: list[Library] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    def open_soon(self, user: str, groups: frozenset[str]) -> None:
        """Open the library of a user in a moment, if there are environments at all: what a database needs takes half a
        second to load, and the first list should not wait for it."""
        with self._lock:
            if self._timer is None and (self._configuration().data_directory.root / "environments").is_dir():
                self._timer = threading.Timer(_WARM_SECONDS, self._warm, (user, groups))
                self._timer.daemon = True
                self._timer.start()

    @contextlib.contextmanager
    def of(self, user: str, groups: frozenset[str]) -> Iterator[Library]:
        """The library of a user. One whose catalogue is damaged or was replaced is opened anew the next time."""
        library = self._library((user, groups))
        try:
            yield library
        except CatalogUnusable:
            self._drop((user, groups), library)
            raise

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._closed = True
            for library in (*(kept for kept, _ in self._kept.values()), *self._dropped):
                library.close()
            self._kept.clear()
            self._dropped.clear()

    def _warm(self, user: str, groups: frozenset[str]) -> None:
        import importlib

        importlib.import_module("jupyter_repro.api.operations.environments")
        # Whoever asks for the list is told what is wrong; nobody asked yet.
        with contextlib.suppress(ReproError, RequestRefused), self.of(user, groups) as library:
            library.catalog.environments.newest_revisions()

    def _library(self, key: _Key) -> Library:
        from jupyter_repro.verbs.environments import Library

        configuration = self._configuration()
        file = configuration.data_directory.catalog
        with self._lock:
            if self._closed:
                raise refuse(503, "The server is stopping.")
            found = self._kept.get(key)
            if found is not None and found[1] == _identity(file):
                return found[0]
            if found is not None:
                self._dropped.append(found[0])
            if len(self._kept) >= _KEPT:
                self._dropped.append(self._kept.pop(next(iter(self._kept)))[0])
            made = Library(configuration=configuration, user=key[0], groups=key[1])
            self._kept[key] = (made, _identity(file))
            # Whoever still asks one of these opens a connection of its own again.
            for library in self._dropped:
                library.close()
            self._dropped.clear()
            return made

    def _drop(self, key: _Key, library: Library) -> None:
        with self._lock:
            if key in self._kept and self._kept[key][0] is library:
                self._dropped.append(self._kept.pop(key)[0])


def _identity(file: os.PathLike[str]) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino
