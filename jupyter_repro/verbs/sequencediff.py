"""Differences of lists and strings, as entries of nbdime's diff format.

Format: https://nbdime.readthedocs.io/en/latest/diffing.html#diff-format. A list's entries are sorted by ``key``, an
index into the older list; at one key what is added comes before what is removed or patched. A string is the
list of its lines, and a patched line has entries of its own, whose keys and lengths are characters: those of the
viewer, which counts in UTF-16.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T")
Entry = dict[str, object]

MOST_COMPARED = 4_000_000
"""Pairs of items that are compared one by one; above it all that differs counts as replaced."""
LONGEST_LINE = 2_000
"""Characters of a line whose words are compared."""
ALIKE = 0.5
"""The share of words that two texts must have in common to be taken for versions of one another."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


def pairs(old: Sequence[T], new: Sequence[T], same: Sequence[Callable[[T], Hashable]]) -> list[tuple[int, int]]:
    """Which items of two lists belong together, in the order of both, as pairs of indexes.

    ``same`` are keys, the most telling first: each is asked about what those before it left between their pairs.
    """
    if not same or not old or not new:
        return []
    keys = ([same[0](item) for item in old], [same[0](item) for item in new])
    found: list[tuple[int, int]] = []
    a = b = 0
    for i, j, length in _matches(*keys):
        between = pairs(old[a:i], new[b:j], same[1:])
        found += [(a + left, b + right) for left, right in between]
        found += [(i + step, j + step) for step in range(length)]
        a, b = i + length, j + length
    return found


def list_diff(
    old: Sequence[T], new: Sequence[T], together: Sequence[tuple[int, int]], inside: Callable[[T, T], list[Entry]]
) -> list[Entry]:
    """The entries of a list whose items belong ``together`` as ``pairs`` says; ``inside`` compares two of them."""
    entries: list[Entry] = []
    a = b = 0
    for i, j in [*together, (len(old), len(new))]:
        if b < j:
            entries.append({"op": "addrange", "key": a, "valuelist": list(new[b:j])})
        if a < i:
            entries.append({"op": "removerange", "key": a, "length": i - a})
        if i < len(old) and (patch := inside(old[i], new[j])):
            entries.append({"op": "patch", "key": i, "diff": patch})
        a, b = i + 1, j + 1
    return entries


def text_diff(old: str, new: str) -> list[Entry]:
    """The entries of a string, by lines, and within a changed line by words."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    together: list[tuple[int, int]] = []
    a = b = 0
    for i, j, length in _matches(before, after):
        if i - a == j - b:  # as many lines for as many: likely each for one
            steps = range(i - a)
            together += [(a + step, b + step) for step in steps if _alike_lines(before[a + step], after[b + step])]
        together += [(i + step, j + step) for step in range(length)]
        a, b = i + length, j + length
    return list_diff(before, after, together, _word_diff)


def likeness(old: Counter[str], new: Counter[str]) -> float:
    """The share of words, of those that ``words`` counted, that are on both sides: 0 to 1."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def words(text: str) -> Counter[str]:
    """How often each word and sign is in a text."""
    return Counter(word for word in _WORD.findall(text) if not word.isspace())


def _matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int, int]]:
    """Equal stretches (index, index, length) in the order of both, and at last (len(old), len(new), 0)."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head:
        yield 0, 0, head
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if left and right and len(left) * len(right) <= MOST_COMPARED:
        for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
            if block.size:
                yield head + block.a, head + block.b, block.size
    if tail:
        yield len(old) - tail, len(new) - tail, tail
    yield len(old), len(new), 0


def _alike_lines(old: str, new: str) -> bool:
    return max(len(old), len(new)) <= LONGEST_LINE and likeness(words(old), words(new)) >= ALIKE


def _word_diff(old: str, new: str) -> list[Entry]:
    if old == new:
        return []
    before, after = _WORD.findall(old), _WORD.findall(new)
    entries: list[Entry] = []
    at = a = b = 0
    for i, j, length in _matches(before, after):
        removed, added = "".join(before[a:i]), "".join(after[b:j])
        if added:
            entries.append({"op": "addrange", "key": at, "valuelist": added})
        if removed:
            entries.append({"op": "removerange", "key": at, "length": _units(removed)})
        at += _units(removed) + _units("".join(before[i : i + length]))
        a, b = i + length, j + length
    return entries


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
