"""A local copy of what was read from a slow store, as far as its bound allows.

Nothing in a store is ever overwritten, so what was read once stays true; only ``drop`` is for what was
removed on purpose. Objects are kept in aligned blocks: one that is smaller than a block is kept whole, and
reading many small pieces of one large pack takes one request a block. Listings always ask the store.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator

from blake3 import blake3

from jupyter_repro.errors import InvalidRequest, StoreUnreachable
from jupyter_repro.store.backends.cache_files import CacheFiles
from jupyter_repro.store.backends.keys import check_key
from jupyter_repro.store.backends.protocol import Backend, Data, Listed

BLOCK = 1 << 20
_TAIL = 64 * 1024
_TAIL_NAME = "tail"
_IN_MEMORY = 16

_Name = tuple[str, str]


class _Request:
    """Blocks on their way from the store: ``done`` when they came or could not, ``away`` when it did not answer."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.away: StoreUnreachable | None = None


class CachedBackend:
    """``inner`` with a cache of its objects in ``directory`` that grows to about ``limit_bytes``.

    ``block`` is the unit of reading in bytes. Any number of threads and processes may share the directory.
    A cache entry that is damaged is fetched again; a cache that cannot be written is done without.
    """

    def __init__(
        self, inner: Backend, directory: str | os.PathLike[str], limit_bytes: int, *, block: int = BLOCK
    ) -> None:
        self.inner = inner
        self.url = inner.url
        self._block = block
        self._largest = limit_bytes // 4
        self._files = CacheFiles(directory, limit_bytes)
        self._lock = threading.Lock()
        # The last few blocks, checked and at hand: the small objects of a pack are read one after the other.
        self._recent: OrderedDict[_Name, bytes] = OrderedDict()
        # Blocks that a thread has asked for: the others wait for its answer.
        self._coming: dict[_Name, _Request] = {}

    def put(self, key: str, data: Data) -> None:
        """As ``Backend.put``. A small object is kept too, because its writer reads it back soon."""
        self.inner.put(key, data)
        if len(data) < self._block:
            self._keep(self._group(key), "0", bytes(data))

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """As ``Backend.get``. A ``KeyNotFound`` is not remembered: the key may come to be."""
        check_key(key)
        if length is not None and length < 0:
            raise InvalidRequest(f"A length of {length} bytes of {key} cannot be read.")
        if start < 0:
            return self._tail(key, start, length)
        if length is None:
            return self._whole(key)[start:]
        if length == 0:
            return self.inner.get(key, start, length)
        return self._range(key, start, start + length)

    def _range(self, key: str, start: int, end: int) -> bytes:
        """Bytes from ``start`` to ``end`` or the end of the object, out of its blocks."""
        group, block = self._group(key), self._block
        parts: list[bytes] = []
        number, last = start // block, (end - 1) // block
        while number <= last:
            data = self._have(group, str(number))
            if data is None:
                # One request for all the blocks in a row that are not here.
                stop = number + 1
                while stop <= last and self._have(group, str(stop)) is None:
                    stop += 1
                fetched = self._fetch(key, group, number, stop)
            else:
                fetched = [data]
            for data in fetched:
                offset = number * block
                parts.append(data[max(0, start - offset) : max(0, end - offset)])
                number += 1
                if len(data) < block:
                    return b"".join(parts)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _fetch(self, key: str, group: str, number: int, stop: int) -> list[bytes]:
        """The blocks from ``number`` up to ``stop``, from the store; at least one, none after a short one.

        When another thread is getting the first of them already, its answer is waited for instead.
        """
        names = [(group, str(i)) for i in range(number, stop)]
        with self._lock:
            theirs = self._coming.get(names[0])
            # What others have asked for is left to them: this request ends before it.
            mine = [] if theirs else _before(names, self._coming)
            ours = _Request()
            self._coming.update(dict.fromkeys(mine, ours))
        if theirs is not None:
            theirs.done.wait()
            if theirs.away is not None:
                # Not asked again: it was tried with patience, and so many threads would wait one after the other.
                raise StoreUnreachable(str(theirs.away)) from theirs.away
            data = self._have(group, names[0][1])
            # The key was missing, or was dropped again: then it is this thread's turn.
            return [data] if data is not None else self._fetch(key, group, number, stop)
        try:
            data = self._have(group, names[0][1])  # it came between the look and the claim
            if data is not None:
                return [data]
            block = self._block
            data = self.inner.get(key, number * block, len(mine) * block)
            blocks = [data[i : i + block] for i in range(0, len(data), block)]
            if len(blocks) < len(mine):
                blocks.append(b"")  # the object ends where a block does
            for i, part in enumerate(blocks):
                # Nothing that lies behind the end is kept, but for the mark that it is the end.
                if part or i or not number:
                    self._keep(group, str(number + i), part)
            return blocks
        except StoreUnreachable as error:
            ours.away = error
            raise
        finally:
            with self._lock:
                for name in mine:
                    self._coming.pop(name, None)
            ours.done.set()

    def _whole(self, key: str) -> bytes:
        """All of the object: from its blocks when each is here, or else in one request."""
        group = self._group(key)
        parts: list[bytes] = []
        while (data := self._have(group, str(len(parts)))) is not None:
            parts.append(data)
            if len(data) < self._block:
                return parts[0] if len(parts) == 1 else b"".join(parts)
        data = self.inner.get(key)
        self._keep_whole(group, data)
        return data

    def _tail(self, key: str, start: int, length: int | None) -> bytes:
        """The end of the object, whose size nobody has told: kept as its own piece, or whole when it is small."""
        group = self._group(key)
        first = self._have(group, "0")
        if first is not None and len(first) < self._block:
            return first[start:][:length]
        wanted = max(-start, _TAIL)
        tail = self._have(group, _TAIL_NAME)
        if tail is None or len(tail) < -start:
            tail = self.inner.get(key, -wanted)
            if len(tail) < wanted:
                self._keep_whole(group, tail)
            elif wanted <= self._largest:
                self._keep(group, _TAIL_NAME, tail)
        return tail[start:][:length]

    def _keep_whole(self, group: str, data: bytes) -> None:
        # A merge or a verification reads whole packs once; they must not push out everything else.
        if len(data) <= self._largest:
            for number in range(len(data) // self._block + 1):
                self._keep(group, str(number), data[number * self._block : (number + 1) * self._block])

    def _group(self, key: str) -> str:
        return blake3(f"{self.url}\n{self._block}\n{key}".encode()).hexdigest()

    def _have(self, group: str, name: str) -> bytes | None:
        with self._lock:
            data = self._recent.get((group, name))
            if data is not None:
                self._recent.move_to_end((group, name))
                return data
        data = self._files.load(group, name)
        if data is not None:
            self._remember(group, name, data)
        return data

    def _keep(self, group: str, name: str, data: bytes) -> None:
        self._remember(group, name, data)
        self._files.save(group, name, data)

    def _remember(self, group: str, name: str, data: bytes) -> None:
        if len(data) > self._block:
            return  # a tail: as large as its reader asked for
        with self._lock:
            self._recent[group, name] = data
            self._recent.move_to_end((group, name))
            while len(self._recent) > _IN_MEMORY:
                self._recent.popitem(last=False)

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """As ``Backend.list``, always from the store."""
        return self.inner.list(prefix, after)

    def delete(self, key: str) -> None:
        """As ``Backend.delete``; the cache forgets the key as well."""
        self.inner.delete(key)
        self.drop(key)

    def drop(self, key: str) -> None:
        """Forget what is kept of ``key``: its content was purged, or found damaged. The store keeps it."""
        group = self._group(check_key(key))
        with self._lock:
            for name in [name for name in self._recent if name[0] == group]:
                del self._recent[name]
        self._files.drop(group)

    def close(self) -> None:
        """Close ``inner`` and let go of the memory; the files stay for the next time."""
        with self._lock:
            self._recent.clear()
        self.inner.close()


def _before(names: list[_Name], taken: dict[_Name, _Request]) -> list[_Name]:
    """The first of ``names``, up to one that is ``taken``."""
    for i, name in enumerate(names):
        if name in taken:
            return names[:i]
    return names
