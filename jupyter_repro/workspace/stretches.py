"""Stretches of packs: much small content is read in the order in which the packs hold it, a stretch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jupyter_repro.store.index import Placed

LONGEST = 4 * 1024 * 1024
"""Bytes of one reading."""
_GAP = 64 * 1024
"""Bytes that nobody asked for and that are read all the same: cheaper than another reading."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Objects near each other in the pack with the id ``pack``: ``length`` bytes of it from ``offset`` hold them."""

    pack: bytes
    offset: int
    length: int
    objects: list[Placed]


def stretches(packs: Mapping[bytes, list[Placed]]) -> Iterator[Stretch]:
    """What is to be read, pack by pack, cut where a gap or the length of one reading ends.

    ``packs`` holds the objects of each pack in their order there, as ``Index.in_packs`` gives them.
    """
    for pack, placed in packs.items():
        begin = end = 0
        objects: list[Placed] = []
        for one in placed:
            offset = one[0]
            if objects and (offset - end > _GAP or offset + one[1] - begin > LONGEST):
                yield Stretch(pack, begin, end - begin, objects)
                objects = []
            if not objects:
                begin = offset
            end = offset + one[1]
            objects.append(one)
        if objects:
            yield Stretch(pack, begin, end - begin, objects)
