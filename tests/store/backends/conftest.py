"""The places that the conformance suite is run against, from a bare folder to the whole stack over S3."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_repro.store.backends import Backend, CachedBackend, DirectoryBackend, RetryingBackend, open_backend
from tests.fixtures.s3 import s3_server, s3_url

__all__ = ["s3_server", "s3_url"]


class Place:
    """One empty store; every ``open`` is another client of it."""

    def __init__(self, kind: str, make: Callable[[], Backend]) -> None:
        self.kind = kind
        self._make = make
        self._opened: list[Backend] = []

    def open(self) -> Backend:
        backend = self._make()
        self._opened.append(backend)
        return backend

    def close(self) -> None:
        for backend in self._opened:
            backend.close()


KINDS = (
    "directory",
    "memory",
    "retrying directory",
    "cached directory",
    pytest.param("s3", marks=pytest.mark.s3),
    pytest.param("cached s3", marks=pytest.mark.s3),
)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    kind: str = request.param
    store, cache = tmp_path / "store", tmp_path / "cache"
    url = request.getfixturevalue("s3_url") if "s3" in kind else f"memory://{uuid.uuid4().hex}"
    makers: dict[str, Callable[[], Backend]] = {
        "directory": lambda: DirectoryBackend(store),
        "memory": lambda: open_backend(url),
        "retrying directory": lambda: RetryingBackend(DirectoryBackend(store)),
        "cached directory": lambda: CachedBackend(DirectoryBackend(store), cache, 1 << 28),
        "s3": lambda: open_backend(url),
        "cached s3": lambda: open_backend(url, cache=cache),
    }
    place = Place(kind, makers[kind])
    yield place
    place.close()


@pytest.fixture
def backend(place: Place) -> Backend:
    return place.open()
