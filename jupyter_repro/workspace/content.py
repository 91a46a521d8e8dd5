"""From the bytes of a file on the disk to a tree entry: hashed, chunked, and stored or only named."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from blake3 import blake3

from jupyter_repro.history.trees import EntryType, Recipe, TreeEntry, encode_recipe
from jupyter_repro.store import Batch, Kind
from jupyter_repro.store.batch import Encoded
from jupyter_repro.store.chunks import ChunkSizes, chunk_sizes, split
from jupyter_repro.workspace.statcache import StatRow, row_of

_BLOCK = 4 * 1024 * 1024
_TRIES = 3
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

OnBlock = Callable[[int], None]
"""Told how many bytes of the present file have been read."""


class Sink(Protocol):
    """Where content goes: into a batch, or nowhere when only its name is wanted."""

    def small(self, data: bytes) -> bytes:
        """Take a whole small file; returns its hash."""

    def large(self, blocks: Iterator[bytes], sizes: ChunkSizes) -> tuple[bytes, bytes | None, int]:
        """Take a large file block by block; returns its hash, its recipe and its size in bytes."""

    def tree(self, data: bytes) -> bytes:
        """Take an encoded directory; returns its id."""


class StoreSink:
    """Puts everything into a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    @property
    def fresh(self) -> bool:
        """Whether whatever comes is new to the store, and welcome."""
        return self._batch.fresh

    def encoded(self, objects: Iterable[Encoded]) -> None:
        """Take the contents of small files that are named and compressed already."""
        self._batch.put_encoded(objects)

    def small(self, data: bytes) -> bytes:
        """See ``Sink``."""
        name = blake3(data).digest()
        self._batch.put(Kind.BLOB, data, name)
        return name

    def large(self, blocks: Iterator[bytes], sizes: ChunkSizes) -> tuple[bytes, bytes | None, int]:
        """See ``Sink``."""
        return cut_up(blocks, sizes, self._batch.put)

    def tree(self, data: bytes) -> bytes:
        """See ``Sink``."""
        return self._batch.put(Kind.TREE, data)


def cut_up(
    blocks: Iterator[bytes], sizes: ChunkSizes, put: Callable[[Kind, bytes], bytes]
) -> tuple[bytes, bytes | None, int]:
    """A large file as a sink takes it: its hash, its recipe and its size in bytes.

    Each chunk is given to ``put``, and the recipe of more than one; it returns their names.
    """
    whole = blake3()
    names: list[bytes] = []
    lengths: list[int] = []

    def hashed() -> Iterator[bytes]:
        for block in blocks:
            whole.update(block)
            yield block

    for chunk in split(hashed(), sizes):
        names.append(put(Kind.BLOB, bytes(chunk)))
        lengths.append(len(chunk))
    size = sum(lengths)
    if len(names) <= 1:
        return names[0] if names else put(Kind.BLOB, b""), None, size
    return whole.digest(), put(Kind.RECIPE, encode_recipe(Recipe(size, b"".join(names), lengths))), size


class NameSink:
    """Stores nothing; keeps the trees in memory so that they can be compared."""

    def __init__(self) -> None:
        self.trees: dict[bytes, bytes] = {}

    def small(self, data: bytes) -> bytes:
        """See ``Sink``."""
        return blake3(data).digest()

    def large(self, blocks: Iterator[bytes], sizes: ChunkSizes) -> tuple[bytes, bytes | None, int]:
        """See ``Sink``; the recipe is left open, since equal hashes are enough to compare by."""
        whole = blake3()
        size = 0
        for block in blocks:
            whole.update(block)
            size += len(block)
        return whole.digest(), None, size

    def tree(self, data: bytes) -> bytes:
        """See ``Sink``."""
        name = blake3(data).digest()
        self.trees[name] = data
        return name


def read_entry(
    path: bytes, name: bytes, sink: Sink, seen: StatRow | None = None, on_block: OnBlock | None = None
) -> tuple[TreeEntry, StatRow, bool]:
    """Read the file at ``path``; returns its entry, its stat, and whether it held still.

    ``seen`` is what ``lstat`` said of it just before, if the caller knows; ``on_block`` hears how many bytes
    of a large file are read. A file that changes while it is
    read is read again, three times at most; the last reading counts. Raises ``OSError`` when it cannot be
    read or is no regular file any more.
    """
    fd = os.open(path, _FLAGS)
    try:
        before = seen if seen is not None else row_of(name, os.fstat(fd))
        for _ in range(_TRIES):
            if before.mode & 0o170000 != stat.S_IFREG:
                raise OSError(errno.EINVAL, "no regular file")
            entry = _read(fd, name, before, sink, on_block)
            after = row_of(name, os.fstat(fd))
            if after == before and after.size == entry.size:
                return entry, after, True
            before = after
            os.lseek(fd, 0, os.SEEK_SET)
        return entry, after, False
    finally:
        os.close(fd)


def unread_entry(path: bytes, seen: StatRow) -> TreeEntry:
    """The entry of a file that could be read and was not: its hash is that of no content.

    Raises ``OSError`` as ``read_entry`` does.
    """
    os.close(os.open(path, _FLAGS))
    content = blake3(b"unread\0" + path + repr(seen).encode()).digest()
    return TreeEntry(seen.name, EntryType.FILE, seen.mode & 0o777, seen.size, content)


def _read(fd: int, name: bytes, seen: StatRow, sink: Sink, on_block: OnBlock | None) -> TreeEntry:
    mode, size = seen.mode & 0o777, seen.size
    sizes = chunk_sizes(name, size)
    limit: int | None = size  # a file that grows as fast as it is read would never end
    if sizes is None:
        data = os.read(fd, size + 1)
        if len(data) == size:
            return TreeEntry(name, EntryType.FILE, mode, size, sink.small(data))
        data += b"".join(_blocks(fd, limit=_BLOCK))
        sizes = chunk_sizes(name, len(data))
        if sizes is None and len(data) < _BLOCK:
            return TreeEntry(name, EntryType.FILE, mode, len(data), sink.small(data))
        os.lseek(fd, 0, os.SEEK_SET)
        sizes = chunk_sizes(name, max(len(data), _BLOCK))
        assert sizes is not None
        size = os.fstat(fd).st_size
        limit = size if size >= len(data) else None  # some file systems do not know the sizes of their files
    content, recipe, read = sink.large(_blocks(fd, limit, on_block), sizes)
    return TreeEntry(name, EntryType.FILE, mode, read, content, recipe)


def _blocks(fd: int, limit: int | None = None, on_block: OnBlock | None = None) -> Iterator[bytes]:
    total = 0
    while limit is None or total < limit:
        block = os.read(fd, _BLOCK if limit is None else min(_BLOCK, limit - total))
        if not block:
            return
        total += len(block)
        yield block
        if on_block is not None:
            on_block(total)
