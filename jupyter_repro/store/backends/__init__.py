"""The places where a store's bytes lie, behind one small protocol: put-if-absent, ranged get, list, delete.

Nothing is ever overwritten here, and ``put`` returns only when the bytes are durable. What the bytes mean
is not this room's business. ``open_backend`` turns what a user writes (a path or a URL) into a backend.
"""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes, urlsplit

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.store.backends.directory import DirectoryBackend
from jupyter_repro.store.backends.probe import probe_put_if_absent
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend, Data, KeyNotFound, Listed

__all__ = [
    "AlreadyExists",
    "Backend",
    "Data",
    "DirectoryBackend",
    "KeyNotFound",
    "Listed",
    "open_backend",
    "probe_put_if_absent",
]


def open_backend(url_or_path: str | os.PathLike[str]) -> Backend:
    """The backend at ``url_or_path``: a folder's path, or a URL with ``file``, ``s3``, ``gs``, ``az`` or ``memory``.

    Nothing is contacted or created yet. Raises ``InvalidRequest`` for a URL that cannot be meant.
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

        return open_object_store(text)
    raise InvalidRequest(
        f"{scheme}:// is no kind of store that is known here. Use a path, file://, s3://, gs://, az:// or memory://."
    )
