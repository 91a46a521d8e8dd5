"""Asking a store, before it is trusted, whether it keeps the one promise everything rests on."""

from __future__ import annotations

import uuid
from contextlib import suppress

from jupyter_repro.errors import StoreUnsuitable
from jupyter_repro.store.backends.cached import CachedBackend
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend


def probe_put_if_absent(backend: Backend) -> None:
    """Put one fresh key twice: the second must fail and change nothing. The key is removed again.

    Raises ``StoreUnsuitable`` for a store that overwrites, and whatever ``put`` and ``get`` raise.
    """
    if isinstance(backend, CachedBackend):
        backend = backend.inner  # the question is what the store says, not what is remembered of it
    key = f"probe/{uuid.uuid4().hex}"
    with suppress(AlreadyExists):  # nobody else has this key: an answer was lost, and it was put twice
        backend.put(key, b"first")
    try:
        try:
            backend.put(key, b"second")
        except AlreadyExists:
            if backend.get(key) == b"first":
                return
        raise StoreUnsuitable(
            f"{backend.url} overwrites what it was asked to keep, so two writers could destroy each other's work. "
            "Use a store that honours If-None-Match on writes (current S3 services and Ceph do), or a directory."
        )
    finally:
        backend.delete(key)
