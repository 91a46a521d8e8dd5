"""Objects: what they are called and how they are compressed.

An object is named by the BLAKE3-256 of its plain bytes. It is stored as one zstd frame, or as it is
when compression does not make it smaller.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from enum import IntEnum

import zstandard
from blake3 import blake3

from jupyter_repro.errors import BlobCorrupt

Data = bytes | bytearray | memoryview

LEVEL = 1
"""zstd level of new objects; a reader needs to know nothing of it."""


class Kind(IntEnum):
    """What an object is; part of the pack format."""

    BLOB = 1
    RECIPE = 2
    TREE = 3
    COMMIT = 4
    NOTE = 5


class Codec(IntEnum):
    """How the bytes of an object lie in a pack."""

    RAW = 0
    ZSTD = 1


def object_id(data: Data) -> bytes:
    """The 32-byte BLAKE3 digest that names ``data``."""
    return blake3(data).digest()


class Compressor:
    """Compresses for one thread at a time; each thread makes its own."""

    def __init__(self, level: int = LEVEL) -> None:
        self._zstd = zstandard.ZstdCompressor(level=level, write_checksum=False, write_content_size=True)

    def one(self, data: Data) -> tuple[Codec, Data]:
        """``data`` as it goes into a pack."""
        packed = self._zstd.compress(data)
        return (Codec.ZSTD, packed) if len(packed) < len(data) else (Codec.RAW, data)

    def many(self, plain: Sequence[Data]) -> list[tuple[Codec, Data]]:
        """The same for many small objects, in one native call where the library has it."""
        try:
            segments = self._zstd.multi_compress_to_buffer(list(plain), threads=0)
        except (NotImplementedError, AttributeError):
            return [self.one(data) for data in plain]
        return [
            (Codec.ZSTD, segment.tobytes()) if len(segment) < len(data) else (Codec.RAW, data)
            for segment, data in ((segments[i], data) for i, data in enumerate(plain))
        ]


_local = threading.local()


def decode(codec: int, payload: Data, plain_length: int, name: bytes) -> bytes:
    """The plain bytes of the object ``name``, checked against it.

    Raises ``BlobCorrupt`` when the bytes do not decompress or do not hash to ``name``.
    """
    if codec == Codec.RAW:
        data = bytes(payload)
    else:
        decompressor = getattr(_local, "decompressor", None)
        if decompressor is None:
            decompressor = _local.decompressor = zstandard.ZstdDecompressor()
        try:
            data = decompressor.decompress(payload, max_output_size=plain_length)
        except zstandard.ZstdError as error:
            raise BlobCorrupt(
                f"Object {name.hex()} does not decompress: the stored bytes are damaged. "
                "Run 'jupyter-repro verify' to see which files and commits it touches."
            ) from error
    if len(data) != plain_length or blake3(data).digest() != name:
        raise BlobCorrupt(
            f"Object {name.hex()} does not hash to its name: the stored bytes are damaged. "
            "Run 'jupyter-repro verify' to see which files and commits it touches."
        )
    return data
