"""Numbers, times and ids as people read them."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timezone

from jupyter_repro.cli.output import paint

SHORT_ID = 12
"""Digits of an id that people see; any unique four are enough to name it."""

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800


def short(commit: str) -> str:
    """The first digits of an id."""
    return commit[:SHORT_ID]


def count(number: int, noun: str, plural: str = "") -> str:
    """``3 files``, ``1 file``, ``12,345 files``; ``plural`` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(number: int) -> str:
    """Bytes with three digits and a binary unit: ``312 B``, ``1.42 MiB``."""
    if number < 1024:
        return f"{number} B"
    value = float(number)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1000 or unit == "TiB":
            break
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def exact(moment: int) -> str:
    """A time in microseconds since the epoch, to the second, in this machine's zone."""
    return datetime.fromtimestamp(moment // 1_000_000, timezone.utc).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def ago(moment: int, now: float | None = None) -> str:
    """How long ago a time (microseconds since the epoch) is; the date when it is over a month.

    ``now`` is in seconds since the epoch, and the present when left out.
    """
    seconds = (time.time() if now is None else now) - moment / 1_000_000
    if seconds < -_MINUTE:
        # Another machine's clock is ahead of ours: the date says so, "in 5 minutes" would puzzle.
        return exact(moment)
    for limit, unit, name in (
        (_MINUTE, 0, ""),
        (_HOUR, _MINUTE, "minute"),
        (_DAY, _HOUR, "hour"),
        (14 * _DAY, _DAY, "day"),
    ):
        if seconds < limit:
            return f"{count(int(seconds // unit), name)} ago" if unit else "just now"
    if seconds < 5 * _WEEK:
        return f"{count(int(seconds // _WEEK), 'week')} ago"
    return exact(moment)[:10]


def when(moment: int, verbose: bool) -> str:
    """A time as ``ago`` says it, or exactly."""
    return exact(moment) if verbose else ago(moment)


def counts(added: int, modified: int, deleted: int) -> str:
    """``+3 ~1 -2``, without the zeros."""
    parts = (("+", added, "green"), ("~", modified, "yellow"), ("-", deleted, "red"))
    return " ".join(paint(f"{sign}{number:,}", colour) for sign, number, colour in parts if number)


def listed(added: int, modified: int, deleted: int) -> str:
    """``3 added, 1 modified``, without the zeros; ``nothing changed`` when there is nothing."""
    parts = ((added, "added"), (modified, "modified"), (deleted, "deleted"))
    return ", ".join(f"{number:,} {word}" for number, word in parts if number) or "nothing changed"


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = (), colours: Sequence[str] = ()
) -> list[str]:
    """Lines with the cells of ``rows`` below each other; the columns in ``right`` are set to the right.

    ``colours`` names a colour for each column ("" for none).
    """
    widths = [max(cells(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    lines = []
    for number, row in enumerate((headings, *rows)):
        line = []
        for column, text in enumerate(row):
            blank = " " * (widths[column] - cells(text))
            colour = "dim" if number == 0 else colours[column] if column < len(colours) else ""
            shown = paint(text, colour) if colour else text
            line.append(blank + shown if column in right else shown + blank)
        lines.append("  ".join(line).rstrip())
    return lines


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
