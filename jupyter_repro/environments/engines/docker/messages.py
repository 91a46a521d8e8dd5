"""Messages of the engine's builder: as much of protocol buffers as their few fields need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_repro.errors import BuildFailed

_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5


def fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that hold bytes, as (number, bytes); numbers are left out. Raises ``BuildFailed``."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind == _LONG:
            at += 8
        elif kind == _SHORT:
            at += 4
        elif kind == _BYTES:
            length, at = _varint(data, at)
            if at + length > len(data):
                raise _strange()
            yield key >> 3, data[at : at + length]
            at += length
        else:
            raise _strange()


def message(values: Mapping[int, int | bytes]) -> bytes:
    """A message with these fields."""
    out = bytearray()
    for number, value in values.items():
        if isinstance(value, int):
            out += _encoded(number << 3 | _VARINT) + _encoded(value)
        else:
            out += _encoded(number << 3 | _BYTES) + _encoded(len(value)) + value
    return bytes(out)


def _encoded(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
        shift += 7
    raise _strange()


def _strange() -> BuildFailed:
    return BuildFailed("The engine of Docker sent something that is no message of a builder. Upgrade it.")
