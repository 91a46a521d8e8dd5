"""Which cells of a table (CSV, TSV) differ. Rows are aligned first, so an inserted row is one row."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from jupyter_repro.errors import InvalidRequest

_EXACT = 2000
"""Stretches of at most so many rows on both sides together are aligned exactly."""

Row = tuple[str, ...]
ColumnChange = Literal["same", "added", "deleted"]
RowChange = Literal["same", "modified", "added", "deleted"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the comparison: "same", "added" or "deleted", and where it is on each side (None: it is not)."""

    name: str
    change: ColumnChange
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row on both sides: "same", "modified", "added" or "deleted"; numbers count records after the header, from 1."""

    change: RowChange
    old_line: int | None
    new_line: int | None
    old: Row
    new: Row

    def cells(self, columns: Sequence[Column]) -> list[tuple[str | None, str | None]]:
        """Old and new value of each column; None where a side has none."""
        return [(_cell(self.old, column.old), _cell(self.new, column.new)) for column in columns]


@dataclass(frozen=True, slots=True)
class TableDifference:
    """Two tables compared; ``rows`` are all of them in order, equal ones too."""

    columns: tuple[Column, ...]
    rows: tuple[RowPair, ...]
    counts: Counter[str]


def diff_tables(old: bytes, new: bytes, *, tabs: bool = False) -> TableDifference:
    """Compare two files; an empty one stands for a file that is not there. ``tabs``: they are TSV.

    Raises ``InvalidRequest`` for a file that is no table.
    """
    old_rows, new_rows = _read(old, tabs), _read(new, tabs)
    old_head, new_head = old_rows[0] if old_rows else (), new_rows[0] if new_rows else ()
    columns = tuple(_columns(old_head, new_head))
    common = [(column.old, column.new) for column in columns if column.old is not None and column.new is not None]
    old_keys = [tuple(_cell(row, left) or "" for left, _ in common) for row in old_rows[1:]]
    new_keys = [tuple(_cell(row, right) or "" for _, right in common) for row in new_rows[1:]]
    rows = tuple(
        RowPair(
            change,
            None if left is None else left + 1,
            None if right is None else right + 1,
            () if left is None else old_rows[left + 1],
            () if right is None else new_rows[right + 1],
        )
        for change, left, right in _pairs(old_keys, new_keys)
    )
    return TableDifference(columns, rows, Counter(row.change for row in rows))


def excerpt(rows: Sequence[RowPair], limit: int, context: int) -> tuple[list[RowPair], bool]:
    """The changed rows with ``context`` equal ones around each; at most ``limit``, and whether some are left out."""
    wanted: set[int] = set()
    for place, row in enumerate(rows):
        if row.change != "same":
            wanted.update(range(max(0, place - context), min(len(rows), place + context + 1)))
    chosen = sorted(wanted)
    return [rows[place] for place in chosen[:limit]], len(chosen) > limit


def _read(data: bytes, tabs: bool) -> list[Row]:
    text = data.decode("utf-8-sig", "replace")
    try:
        return [
            tuple(row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else _delimiter(text))
        ]
    except csv.Error as error:
        raise InvalidRequest(f"The file cannot be read as a table ({error}). Compare it as text.") from error


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t|", key=lambda mark: (head.count(mark), mark == ","))


def _cell(row: Row, place: int | None) -> str | None:
    return row[place] if place is not None and place < len(row) else None


def _columns(old: Row, new: Row) -> Iterator[Column]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Column(old[a + i], "same", a + i, c + i) for i in range(b - a))
            continue
        yield from (Column(old[i], "deleted", i, None) for i in range(a, b))
        yield from (Column(new[i], "added", None, i) for i in range(c, d))


_Pair = tuple[RowChange, "int | None", "int | None"]


def _pairs(old: Sequence[Row], new: Sequence[Row]) -> Iterator[_Pair]:
    """What became of each row, in order."""
    gap_old = gap_new = 0
    for left, right in [*_anchors(old, new), (len(old), len(new))]:
        yield from _gap(old, new, (gap_old, left), (gap_new, right))
        if left < len(old):
            yield "same", left, right
        gap_old, gap_new = left + 1, right + 1


def _anchors(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[int, int]]:
    """Equal rows that hold the two sides together: common ends, then rows that are unique on both sides."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    head = [(place, place) for place in range(start)]
    tail = [(len(old) - end + place, len(new) - end + place) for place in range(end)]
    return head + _unique(old, new, range(start, len(old) - end), range(start, len(new) - end)) + tail


def _unique(old: Sequence[Row], new: Sequence[Row], lefts: range, rights: range) -> list[tuple[int, int]]:
    left_counts, right_counts = Counter(old[i] for i in lefts), Counter(new[i] for i in rights)
    where = {new[i]: i for i in rights if right_counts[new[i]] == 1}
    matches = [(i, where[old[i]]) for i in lefts if left_counts[old[i]] == 1 and old[i] in where]
    # The longest run of matches in the order of both sides, by patience sorting.
    tops: list[int] = []
    top_places: list[int] = []
    before: list[int] = []
    for place, (_, right) in enumerate(matches):
        pile = bisect_left(tops, right)
        before.append(top_places[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(right)
            top_places.append(place)
        else:
            tops[pile], top_places[pile] = right, place
    chain: list[tuple[int, int]] = []
    place = top_places[-1] if top_places else -1
    while place >= 0:
        chain.append(matches[place])
        place = before[place]
    return chain[::-1]


def _gap(old: Sequence[Row], new: Sequence[Row], lefts: tuple[int, int], rights: tuple[int, int]) -> Iterator[_Pair]:
    (a, b), (c, d) = lefts, rights
    if b - a + d - c > _EXACT:
        yield from _replaced(old, new, range(a, b), range(c, d))
        return
    for tag, i, j, k, m in SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (("same", a + i + step, c + k + step) for step in range(j - i))
        else:
            yield from _replaced(old, new, range(a + i, a + j), range(c + k, c + m))


def _replaced(old: Sequence[Row], new: Sequence[Row], lefts: range, rights: range) -> Iterator[_Pair]:
    """Pair what was rewritten: by the first cell (mostly a name or number) if that leads on, else by place."""
    waiting = list(lefts)
    for right in rights:
        named = next((left for left in waiting[:50] if old[left][:1] == new[right][:1]), None)
        if named is None and len(lefts) == len(rights):
            left = lefts[right - rights.start]
            named = left if left in waiting[:50] and _alike(old[left], new[right]) else None
        if named is None:
            yield "added", None, right
            continue
        while waiting and waiting[0] < named:
            yield "deleted", waiting.pop(0), None
        waiting.pop(0)
        yield ("same" if old[named] == new[right] else "modified"), named, right
    for left in waiting:
        yield "deleted", left, None


def _alike(old: Row, new: Row) -> bool:
    same = sum(left == right for left, right in zip(old, new, strict=False))
    return len(new) == 1 or 2 * same >= len(new)
