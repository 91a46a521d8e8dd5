"""Answers that several requests want at once, or again and again: found once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_repro.verbs.plan import Extent
    from jupyter_repro.workspace import Status

_MOST_EXTENTS = 1000


class Answers:
    """Asked from the threads for blocking work."""

    def __init__(self) -> None:
        self._statuses: dict[str, Future[Status]] = {}
        self._extents: dict[str, Extent] = {}
        self._lock = threading.Lock()

    def status_of(self, workspace: str, look: Callable[[], Status]) -> Status:
        """The status of a workspace; who asks while it is being looked at gets the same answer."""
        with self._lock:
            found = self._statuses.get(workspace)
            mine = found is None
            if found is None:
                found = self._statuses[workspace] = Future()
        if mine:
            try:
                found.set_result(look())
            except BaseException as error:  # noqa: BLE001 - whoever else waits for it gets it too
                found.set_exception(error)
            finally:
                with self._lock:
                    del self._statuses[workspace]
        return found.result()

    def extent_of(self, tree: str, look: Callable[[], Extent]) -> Extent:
        """How much a tree holds; trees never change, so it is counted once."""
        found = self._extents.get(tree)
        if found is None:
            if len(self._extents) > _MOST_EXTENTS:
                self._extents.clear()
            found = self._extents[tree] = look()
        return found
