"""Pack files: many objects in one immutable file that ends with its own table of contents.

::

    magic "RPROPACK"  8 bytes
    salt              8 random bytes: no two packs are the same, whatever they hold
    payloads          one after the other, in the order of the table
    table             zstd frame of a MessagePack map of columns (see ``Table``)
    footer            table offset u64, table length u32, table plain length u32,
                      BLAKE3 of the compressed table (32 bytes), magic "RPROTAIL"

Integers are little endian. A pack is named by the BLAKE3 of the whole file, and stored under
``packs/<first two hex digits>/<64 hex digits>``.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import msgspec
import zstandard
from blake3 import blake3

from jupyter_repro.errors import BlobCorrupt
from jupyter_repro.store.backends.protocol import Backend
from jupyter_repro.store.objects import Codec, Data

MAGIC = b"RPROPACK"
TAIL = b"RPROTAIL"
_FOOTER = struct.Struct("<QII32s8s")
FOOTER_SIZE = _FOOTER.size
HEADER_SIZE = 16
TARGET_SIZE = 32 * 1024 * 1024
"""A pack is closed when its payloads reach this many bytes."""
_GUESS = 64 * 1024


class Table(msgspec.Struct, frozen=True):
    """The table of contents, a column a field; entry *i* starts where entry *i - 1* ends.

    ``ids`` are 32 bytes an entry; ``kinds`` and ``codecs`` one byte; ``stored`` and ``plain`` the
    lengths in the pack and after decoding.
    """

    ids: bytes
    kinds: bytes
    codecs: bytes
    stored: list[int]
    plain: list[int]

    def __len__(self) -> int:
        return len(self.kinds)

    def entries(self) -> Iterator[Entry]:
        """Every entry with its offset."""
        offset = HEADER_SIZE
        ids = self.ids
        for i in range(len(self.kinds)):
            stored = self.stored[i]
            yield Entry(ids[32 * i : 32 * i + 32], self.kinds[i], self.codecs[i], offset, stored, self.plain[i])
            offset += stored

    def rows(self, pack: int) -> list[tuple[bytes, int, int, int, int, int, int]]:
        """Rows of the index: id, kind, pack number, codec, offset, stored, plain; sorted by id."""
        ids = self.ids
        offsets = accumulate(self.stored, initial=HEADER_SIZE)
        columns = zip(
            (ids[i : i + 32] for i in range(0, len(ids), 32)),
            self.kinds,
            (pack for _ in self.kinds),
            self.codecs,
            offsets,
            self.stored,
            self.plain,
            strict=False,
        )
        return sorted(columns)


@dataclass(frozen=True, slots=True)
class Entry:
    """One object in a pack."""

    id: bytes
    kind: int
    codec: int
    offset: int
    stored: int
    plain: int


@dataclass(frozen=True, slots=True)
class FinishedPack:
    """A pack ready to be put: its 32-byte id, its bytes and its table."""

    id: bytes
    data: bytearray
    table: Table


class PackBuilder:
    """Gathers encoded objects until they make a pack."""

    def __init__(self) -> None:
        self.data = bytearray(MAGIC + os.urandom(HEADER_SIZE - len(MAGIC)))
        self._ids: list[bytes] = []
        self._kinds = bytearray()
        self._codecs = bytearray()
        self._stored: list[int] = []
        self._plain: list[int] = []

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def full(self) -> bool:
        """Whether the pack should be closed."""
        return len(self.data) >= TARGET_SIZE

    def add(self, name: bytes, kind: int, codec: Codec, payload: Data, plain_length: int) -> None:
        """Append one encoded object."""
        self.data += payload
        self._ids.append(name)
        self._kinds.append(kind)
        self._codecs.append(codec)
        self._stored.append(len(payload))
        self._plain.append(plain_length)

    def finish(self) -> FinishedPack:
        """Close the pack: append table and footer, and name it."""
        table = Table(b"".join(self._ids), bytes(self._kinds), bytes(self._codecs), self._stored, self._plain)
        plain = msgspec.msgpack.encode(table)
        packed = zstandard.ZstdCompressor(level=1).compress(plain)
        offset = len(self.data)
        self.data += packed
        self.data += _FOOTER.pack(offset, len(packed), len(plain), blake3(packed).digest(), TAIL)
        return FinishedPack(blake3(self.data).digest(), self.data, table)


def pack_key(pack: bytes) -> str:
    """Where the pack of this id lies."""
    name = pack.hex()
    return f"packs/{name[:2]}/{name}"


def read_table(backend: Backend, pack: bytes) -> Table:
    """The table of contents of a stored pack.

    Raises ``KeyNotFound`` when the pack is not there and ``BlobCorrupt`` when its end is damaged.
    """
    key = pack_key(pack)
    tail = backend.get(key, -_GUESS)
    damaged = BlobCorrupt(
        f"Pack {pack.hex()} is cut short or its table of contents is damaged. Run 'jupyter-repro verify' "
        "to see which files and commits it touches."
    )
    if len(tail) < FOOTER_SIZE:
        raise damaged
    offset, length, plain_length, digest, magic = _FOOTER.unpack(tail[-FOOTER_SIZE:])
    if magic != TAIL:
        raise damaged
    end = len(tail) - FOOTER_SIZE
    packed = tail[end - length : end] if length <= end else backend.get(key, offset, length)
    if blake3(packed).digest() != digest:
        raise damaged
    try:
        plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=plain_length)
        return msgspec.msgpack.decode(plain, type=Table)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise damaged from error
