"""Which lines of two texts are the same: a shortest edit where that is quick to find, a good one elsewhere.

The lines that both texts begin and end with, and the lines that only one of them has, are set aside first.
What is left is compared by Myers' greedy algorithm while the edit is short. Where it is long, lines that
are there exactly once on both sides hold the texts together, and what lies between them is compared in
its turn; a stretch without such lines counts as replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

LONGEST_EDIT = 512
"""Lines inserted and deleted in one stretch up to which the shortest edit is looked for."""

_MOST_STEPS = 4_000_000  # of comparisons in all, so that repetitive texts end in time, too


class Change(NamedTuple):
    """Lines ``old_begin`` to ``old_end`` (exclusive, from 0) became lines ``new_begin`` to ``new_end``."""

    old_begin: int
    old_end: int
    new_begin: int
    new_end: int


_Range = tuple[int, int, int, int]
_Matches = list[tuple[int, int]]


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """What turns the lines ``old`` into the lines ``new``, in order; between two changes is a common line."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in old]
    b = [numbers.setdefault(line, len(numbers)) for line in new]
    found: list[Change] = []
    i = j = 0
    for at, to in [*_Matcher(a, b).matches(), (len(a), len(b))]:
        if at > i or to > j:
            found.append(Change(i, at, j, to))
        i, j = at + 1, to + 1
    return _slid(found, a, b)


def _slid(found: list[Change], a: list[int], b: list[int]) -> list[Change]:
    """Each pure insertion or deletion as far down as it goes, as git shows them; what meets becomes one."""
    slid: list[Change] = []
    for change in reversed(found):
        now = change
        limit = slid[-1].old_begin if slid else len(a)
        if now.old_begin == now.old_end:
            lines, begin, end = b, now.new_begin, now.new_end
        elif now.new_begin == now.new_end:
            lines, begin, end = a, now.old_begin, now.old_end
        else:
            slid.append(now)
            continue
        steps, room = 0, limit - now.old_end
        while steps < room and lines[begin + steps] == lines[end + steps]:
            steps += 1
        now = Change(*(edge + steps for edge in now))
        if slid and steps == room:
            after = slid.pop()
            now = Change(now.old_begin, after.old_end, now.new_begin, after.new_end)
        slid.append(now)
    return slid[::-1]


class _Matcher:
    def __init__(self, a: list[int], b: list[int]) -> None:
        self._a, self._b = a, b
        self._steps = _MOST_STEPS

    def matches(self) -> _Matches:
        """Pairs of equal lines, increasing on both sides."""
        found: _Matches = []
        todo: list[_Range] = [(0, len(self._a), 0, len(self._b))]
        while todo:
            i, i_end, j, j_end = todo.pop()
            a, b = self._a, self._b
            while i < i_end and j < j_end and a[i] == b[j]:
                found.append((i, j))
                i, j = i + 1, j + 1
            while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
                i_end, j_end = i_end - 1, j_end - 1
                found.append((i_end, j_end))
            if i == i_end or j == j_end:
                continue
            both = set(a[i:i_end]) & set(b[j:j_end])
            left = [at for at in range(i, i_end) if a[at] in both]
            right = [at for at in range(j, j_end) if b[at] in both]
            pairs = self._shortest([a[at] for at in left], [b[at] for at in right])
            if pairs is not None:
                found += [(left[at], right[to]) for at, to in pairs]
                continue
            anchors = self._anchors((i, i_end, j, j_end))
            found += anchors
            if anchors:
                for at, to in [*anchors, (i_end, j_end)]:
                    todo.append((i, at, j, to))
                    i, j = at + 1, to + 1
        return sorted(found)

    def _shortest(self, a: list[int], b: list[int]) -> _Matches | None:
        """The pairs of a shortest edit, or None when it is longer than is looked for."""
        rows, columns = len(a), len(b)
        furthest = {1: 0}
        history: list[dict[int, int]] = []
        for edits in range(min(rows + columns, LONGEST_EDIT) + 1):
            history.append(furthest.copy())
            for diagonal in range(-edits, edits + 1, 2):
                if -diagonal > columns or diagonal > rows:
                    continue
                down = furthest.get(diagonal + 1, -1)
                right = furthest.get(diagonal - 1, -2) + 1
                begin = x = max(down, right)
                y = x - diagonal
                if x > rows or y > columns or x < 0 or y < 0:
                    continue
                while x < rows and y < columns and a[x] == b[y]:
                    x, y = x + 1, y + 1
                furthest[diagonal] = x
                if x >= rows and y >= columns:
                    return _traced(history, edits, rows, columns)
                self._steps -= 1 + x - begin
            if self._steps < 0:
                return None
        return None

    def _anchors(self, within: _Range) -> _Matches:
        """The longest increasing run of lines that are there exactly once on both sides."""
        i, i_end, j, j_end = within
        once_a = Counter(self._a[i:i_end])
        once_b = Counter(self._b[j:j_end])
        place = {line: to for to, line in enumerate(self._b[j:j_end], j) if once_b[line] == 1}
        tails: list[int] = []
        ends: list[int] = []  # numbers in ``candidates`` of the ends of the runs
        before: list[int] = []
        candidates: _Matches = []
        for at in range(i, i_end):
            line = self._a[at]
            if once_a[line] != 1 or line not in place:
                continue
            length = bisect_left(tails, place[line])
            before.append(ends[length - 1] if length else -1)
            candidates.append((at, place[line]))
            tails[length : length + 1] = [place[line]]
            ends[length : length + 1] = [len(candidates) - 1]
        run: _Matches = []
        number = ends[-1] if ends else -1
        while number >= 0:
            run.append(candidates[number])
            number = before[number]
        return run[::-1]


def _traced(history: list[dict[int, int]], edits: int, x: int, y: int) -> _Matches:
    pairs: _Matches = []
    for step in range(edits, -1, -1):
        furthest = history[step]
        diagonal = x - y
        down, right = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -2) + 1
        begin = max(down, right)
        while x > begin:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        if down >= right:
            y -= 1
        else:
            x -= 1
    return pairs[::-1]
