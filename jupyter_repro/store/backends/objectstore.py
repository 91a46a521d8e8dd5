"""The store in an object store, through obstore: S3 and compatibles, Google, Azure, and memory for tests.

Addresses and credentials come from the environment variables that each vendor's own tools read. obstore's
own retries are switched off: ``RetryingBackend`` is the one place that tries again, because it alone can
say what an unclear answer to a put-if-absent means.

Safe to use from threads. obstore's threads do not survive a ``fork``: a child process must be spawned, or
open its backend without the parent ever having used one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.store.backends.keys import check_key, check_prefix, is_key
from jupyter_repro.store.backends.objectstore_errors import Mapped, past_the_end
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend, Data, KeyNotFound, Listed
from jupyter_repro.store.backends.retry import RetryingBackend

if TYPE_CHECKING:
    from obstore.store import ClientConfig, MemoryStore, ObjectStore, RetryConfig

_CONNECT = timedelta(seconds=10)
# From the first byte sent to the last one received: enough for a pack of 32 MiB at 110 kB/s.
_REQUEST = timedelta(seconds=300)
# Without a byte from the server. It begins when the request does, so it is not for large uploads.
_SILENCE = timedelta(seconds=30)
_LARGE = 1 << 20

_memories: dict[str, MemoryStore] = {}
_memories_lock = threading.Lock()


def open_object_store(url: str) -> Backend:
    """The backend at an ``s3://bucket/prefix``, ``gs://bucket/prefix``, ``az://container/prefix`` or
    ``memory://name/prefix`` URL; all but the last with retries.

    The same ``memory://`` name is the same store everywhere in a process. Nothing is contacted yet. Raises
    ``InvalidRequest`` for a URL that cannot be meant, ``InvalidConfiguration`` when the environment
    variables of the vendor do not fit together.
    """
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    # Cut by hand: these are names, in which "%", "?" and "#" mean nothing but themselves.
    place, _, prefix = rest.partition("/")
    prefix = prefix.strip("/")
    if not place or (prefix and not is_key(f"x/{prefix}")):
        example = "memory://name" if scheme == "memory" else f"{scheme}://bucket/folder"
        raise InvalidRequest(
            f"{url} does not name a store. Write {example}; a folder is plain ASCII, without dots first."
        )
    clean = f"{scheme}://{place}" + (f"/{prefix}" if prefix else "")
    if scheme == "memory":
        return ObjectStoreBackend(clean, _memory(place), prefix)
    store, uploads = (_remote(scheme, place, clean, uploads=uploads) for uploads in (False, True))
    return RetryingBackend(ObjectStoreBackend(clean, store, prefix, uploads=uploads))


def _memory(name: str) -> MemoryStore:
    from obstore.store import MemoryStore

    with _memories_lock:
        if name not in _memories:
            _memories[name] = MemoryStore()
        return _memories[name]


def _remote(scheme: str, place: str, url: str, *, uploads: bool) -> ObjectStore:
    """A client of the vendor, patient enough for large ``uploads``; it reads the vendor's own variables."""
    from obstore.store import AzureStore, GCSStore, S3Store

    retry: RetryConfig = {"max_retries": 0}
    with Mapped("open", "the store", url):
        if scheme == "gs":
            return GCSStore(place, client_options=_client("GOOGLE", uploads), retry_config=retry)
        if scheme == "az":
            return AzureStore(place, client_options=_client("AZURE", uploads), retry_config=retry)
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        return S3Store(place, client_options=_client("AWS", uploads, endpoint), retry_config=retry)


def _client(vendor: str, uploads: bool, endpoint: str = "") -> ClientConfig:
    """How to connect. obstore reads these variables only when it is told nothing itself."""
    options: ClientConfig = {
        "connect_timeout": os.environ.get(f"{vendor}_CONNECT_TIMEOUT") or _CONNECT,
        "timeout": os.environ.get(f"{vendor}_TIMEOUT") or _REQUEST,
        # Whoever writes http:// in the address has said so once; the vendors' own tools do not ask twice either.
        "allow_http": _is_on(f"{vendor}_ALLOW_HTTP", otherwise=endpoint.lower().startswith("http://")),
    }
    if not uploads:
        options["read_timeout"] = os.environ.get(f"{vendor}_READ_TIMEOUT") or _SILENCE
    if proxy := os.environ.get(f"{vendor}_PROXY_URL"):
        options["proxy_url"] = proxy
    return options


def _is_on(variable: str, *, otherwise: bool) -> bool:
    text = os.environ.get(variable, "").strip().lower()
    return text in ("1", "true", "yes", "on") if text else otherwise


class ObjectStoreBackend:
    """Keys as objects of an obstore ``store``, each below ``prefix``; ``url`` is what messages call it.

    ``uploads`` is another client of the same store that waits longer, for what is larger than 1 MiB.
    """

    def __init__(self, url: str, store: ObjectStore, prefix: str = "", *, uploads: ObjectStore | None = None) -> None:
        self.url = url
        self._store = store
        self._uploads = uploads or store
        self._base = f"{prefix}/" if prefix else ""

    def put(self, key: str, data: Data) -> None:
        """Store ``data`` under ``key`` in one request, which the server refuses when the key is taken.

        Raises ``AlreadyExists``, ``StoreFull``, ``StoreUnreachable`` (then it may be stored all the same),
        ``StoreNotFound`` when there is no such bucket, or ``StoreError``.
        """
        # In parts it would be another request that completes it, which not every server makes conditional.
        with Mapped("write", check_key(key), self.url, missing=None, taken=AlreadyExists(key)):
            store = self._uploads if len(data) > _LARGE else self._store
            store.put(self._base + key, data, mode="create", use_multipart=False)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes of ``key`` from ``start`` (negative: from the end), at most ``length`` of them.

        A range past the end gives what there is. Raises ``KeyNotFound``, ``StoreUnreachable`` or ``StoreError``.
        """
        path = self._base + check_key(key)
        if length is not None and length < 0:
            raise InvalidRequest(f"A length of {length} bytes of {key} cannot be read.")
        with Mapped("read", key, self.url, missing=KeyNotFound(key)):
            if length == 0:
                self._store.head(path)  # raises when there is no such key, as for any other length
                return b""
            try:
                if start < 0:
                    return self._tail(path, -start)[:length]
                if length is not None:
                    return bytes(self._store.get_range(path, start=start, length=length))
                if start:
                    return bytes(self._store.get(path, options={"range": {"offset": start}}).bytes())
            except Exception as error:
                if past_the_end(error):
                    return b""
                raise
            return bytes(self._store.get(path).bytes())

    def _tail(self, path: str, length: int) -> bytes:
        from obstore.exceptions import NotSupportedError

        try:
            return bytes(self._store.get(path, options={"range": {"suffix": length}}).bytes())
        except NotSupportedError:  # Azure
            size = self._store.head(path)["size"]
            start = max(0, size - length)
            return bytes(self._store.get_range(path, start=start, end=size)) if size else b""

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """Keys that begin with ``prefix`` and sort after ``after``, ascending.

        The server is asked for no more than the folder and what follows ``after``, but its order is not relied
        on: all of that is in memory at once. Raises ``StoreUnreachable``, ``StoreNotFound`` or ``StoreError``.
        """
        folder = self._base + check_prefix(prefix).rpartition("/")[0]
        found: dict[str, Listed] = {}
        with Mapped("list", prefix or "everything", self.url):
            offset = self._base + after if is_key(after) else None
            for page in self._store.list(folder.rstrip("/") or None, offset=offset):
                for item in page:
                    key = item["path"].removeprefix(self._base)
                    if key.startswith(prefix) and key > after and is_key(key):
                        found[key] = Listed(key, item["size"], item["last_modified"].timestamp())
        for key in sorted(found):
            yield found[key]

    def delete(self, key: str) -> None:
        """Remove ``key``; nothing happens when it is not there. Raises ``StoreUnreachable`` or ``StoreError``."""
        path = self._base + check_key(key)
        try:
            with Mapped("delete", key, self.url, missing=KeyNotFound(key)):
                self._store.delete(path)
        except KeyNotFound:
            pass

    def close(self) -> None:
        """Nothing to do: connections belong to the client, which goes when the last user of it does."""
