"""The places where a store's bytes lie, behind one small protocol: put-if-absent, ranged get, list, delete.

Nothing is ever overwritten here, and ``put`` returns only when the bytes are durable. What the bytes mean
is not this room's business. ``open_backend`` turns what a user writes (a path or a URL) into a backend.
"""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes, urlsplit

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.store.backends.cached import CachedBackend
from jupyter_repro.store.backends.directory import DirectoryBackend
from jupyter_repro.store.backends.probe import probe_put_if_absent
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend, Data, KeyNotFound, Listed
from jupyter_repro.store.backends.retry import RetryingBackend

__all__ = [
    "AlreadyExists",
    "Backend",
    "CachedBackend",
    "Data",
    "DirectoryBackend",
    "KeyNotFound",
    "Listed",
    "RetryingBackend",
    "open_backend",
    "probe_put_if_absent",
]


CACHE_BYTES = 1 << 30
"""How large the local cache of a remote store grows unless the caller says otherwise."""


def open_backend(
    url_or_path: str | os.PathLike[str],
    *,
    cache: str | os.PathLike[str] | None = None,
    cache_bytes: int = CACHE_BYTES,
) -> Backend:
    """The backend at ``url_or_path``: a folder's path, or a URL with ``file``, ``s3``, ``gs``, ``az`` or ``memory``.

    A remote one tries again when it is not answered, and keeps up to ``cache_bytes`` of what it read in the
    folder ``cache`` when that is given. Nothing is contacted or created yet. Raises ``InvalidRequest`` for a
    URL that cannot be meant, and ``InvalidConfiguration`` for environment variables that do not fit together.
    """
    text = os.fspath(url_or_path)
    scheme, separator, _ = text.partition("://")
    if not separator:
        if not text:
            raise InvalidRequest("The store needs a path or a URL, and got an empty text.")
        return DirectoryBackend(text)
    scheme = scheme.lower()
    if scheme == "file":
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost") or not parts.path or parts.query or parts.fragment:
            raise InvalidRequest(f"{text} names no folder of this machine. Write file:///path/to/folder or the path.")
        return DirectoryBackend(os.fsdecode(unquote_to_bytes(parts.path)))
    if scheme in ("s3", "gs", "az", "memory"):
        from jupyter_repro.store.backends.objectstore import open_object_store

        backend = open_object_store(text)
        if cache is None or scheme == "memory":
            return backend
        return CachedBackend(backend, cache, cache_bytes)
    raise InvalidRequest(
        f"{scheme}:// is no kind of store that is known here. Use a path, file://, s3://, gs://, az:// or memory://."
    )
