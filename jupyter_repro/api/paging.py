"""Cursors: opaque to the client, a place in a list to the server."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from jupyter_repro.errors import InvalidRequest

Item = TypeVar("Item")
Place = str | int


def make_cursor(*place: Place) -> str:
    """A cursor that holds ``place``."""
    text = json.dumps(place, separators=(",", ":")).encode("ascii")
    return base64.urlsafe_b64encode(text).decode("ascii").rstrip("=")


def read_cursor(cursor: str | None, *kinds: type[Place]) -> tuple[Place, ...] | None:
    """What ``make_cursor`` put in, when it is of these ``kinds``; None for no cursor. Raises ``InvalidRequest``."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    if (
        not isinstance(place, list)
        or len(place) != len(kinds)
        or any(type(part) is not kind for part, kind in zip(place, kinds, strict=True))
    ):
        raise InvalidRequest("The cursor is not one that a page of this list gave. Begin again without it.")
    return tuple(place)


def page_by_key(
    items: Sequence[Item], key: Callable[[Item], str], cursor: str | None, limit: int
) -> tuple[list[Item], str | None]:
    """The items after ``cursor`` of a list sorted by ``key``, and the cursor of those that follow.

    The cursor is a key, not a position, so nothing is left out or told twice when the list changes.
    """
    place = read_cursor(cursor, str)
    after = None if place is None else str(place[0])
    rest = [item for item in items if after is None or key(item) > after]
    page = rest[:limit]
    return page, make_cursor(key(page[-1])) if len(rest) > limit else None
