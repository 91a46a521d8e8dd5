"""Bars in a picture, without a plotting library: the example project must need nothing but Python."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

Colour = tuple[int, int, int]

PAPER: Colour = (250, 250, 250)
LINE: Colour = (205, 205, 205)
BARS: tuple[Colour, ...] = ((33, 113, 181), (230, 126, 34))


def bars_png(groups: Sequence[Sequence[float]], highest: float, width: int = 640, height: int = 320) -> bytes:
    """A PNG with a group of bars for each item of ``groups``; ``highest`` is the value at the upper edge."""
    rows = [[PAPER] * width for _ in range(height)]
    for quarter in range(1, 4):
        rows[height * quarter // 4] = [LINE] * width
    room = width / len(groups)
    for place, group in enumerate(groups):
        each = room * 0.8 / len(group)
        for number, value in enumerate(group):
            left = int(place * room + room * 0.1 + number * each)
            top = height - int(min(1.0, value / highest) * (height - 1))
            for row in rows[top:]:
                row[left : int(left + each)] = [BARS[number % len(BARS)]] * (int(left + each) - left)
    data = b"".join(b"\0" + bytes(part for colour in row for part in colour) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(data, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
