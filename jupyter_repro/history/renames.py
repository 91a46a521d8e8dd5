"""Renames: which of the paths that went is which of the paths that came.

Equal content is paired however many files there are; it costs no reading. Similar text is paired within
bounds, so that a change of a hundred thousand files does not take minutes. The same input gives the same
pairs, in whatever order it comes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jupyter_repro.history.textdiff import is_binary

SIMILAR_BELOW = 1024 * 1024
"""Only text files smaller than this, in bytes, are compared for similarity."""

LEAST_SIMILARITY = 0.6
"""How much of the larger file, by bytes, both must share to be the same file under another name."""

MOST_FILES = 1000
"""With more files than this on either side (after equal ones are paired), similarity is not looked for."""

MOST_BYTES = 128 * 1024 * 1024
"""At most so much content, in bytes, is read for similarity; small files come first."""

_ALL_PAIRS = 4096  # up to so many pairs are all compared; beyond that, those that share rare lines
_CANDIDATES = 8  # for each file that came, when not all pairs are compared
_POSTINGS = 32  # a line found in more files than this says little: the first of them stand for all
_SPAN = 64  # a longer line is cut in pieces of so many bytes, so that files of one line compare too


@dataclass(frozen=True, slots=True)
class Side:
    """One path that went or came: ``path`` from the root, ``size`` in bytes, ``hash`` of the content."""

    path: bytes
    size: int
    hash: bytes

    @property
    def name(self) -> bytes:
        """The last part of the path."""
        return self.path.rpartition(b"/")[2]


Pair = tuple[Side, Side]


def find_renames(
    deleted: Sequence[Side], added: Sequence[Side], read: Callable[[bytes], bytes] | None = None
) -> list[Pair]:
    """Pairs of a deleted and an added side that are one file, sorted by the new path.

    Each side is in one pair at most. Files of equal hash are paired first, those of the same name before
    others. What remains is compared as text if ``read`` is given, which returns the content of a hash and
    may raise, and the most similar are paired.
    """
    olds = sorted(deleted, key=lambda side: side.path)
    news = sorted(added, key=lambda side: side.path)
    pairs = _equal(olds, news)
    if read is not None:
        used = {side.path for side, _ in pairs}, {side.path for _, side in pairs}
        pairs += _similar(
            [side for side in olds if side.path not in used[0]],
            [side for side in news if side.path not in used[1]],
            read,
        )
    return sorted(pairs, key=lambda pair: pair[1].path)


def _equal(olds: Sequence[Side], news: Sequence[Side]) -> list[Pair]:
    by_hash: dict[bytes, tuple[list[Side], list[Side]]] = {}
    for old in olds:
        by_hash.setdefault(old.hash, ([], []))[0].append(old)
    for new in news:
        if new.hash in by_hash:
            by_hash[new.hash][1].append(new)
    pairs: list[Pair] = []
    for gone, come in by_hash.values():
        if not come:
            continue
        if len(gone) == len(come) == 1:
            pairs.append((gone[0], come[0]))
            continue
        same = _in_turn(gone, come, lambda side: side.name)
        taken = {side.path for side, _ in same}, {side.path for _, side in same}
        left = [side for side in gone if side.path not in taken[0]]
        right = [side for side in come if side.path not in taken[1]]
        pairs += same + list(zip(left, right, strict=False))
    return pairs


def _in_turn(olds: Iterable[Side], news: Iterable[Side], key: Callable[[Side], bytes]) -> list[Pair]:
    waiting: dict[bytes, list[Side]] = defaultdict(list)
    for old in olds:
        waiting[key(old)].append(old)
    for queue in waiting.values():
        queue.reverse()
    return [(waiting[key(new)].pop(), new) for new in news if waiting.get(key(new))]


# -- similar text ---------------------------------------------------------------------------------

_Spans = Counter[bytes]
_Scored = tuple[float, bool, Side, Side]


def _similar(olds: list[Side], news: list[Side], read: Callable[[bytes], bytes]) -> list[Pair]:
    olds = [side for side in olds if 0 < side.size < SIMILAR_BELOW]
    news = [side for side in news if 0 < side.size < SIMILAR_BELOW]
    if not olds or not news or max(len(olds), len(news)) > MOST_FILES:
        return []
    # A file can only be similar to one of about its size: the others need not be read.
    sizes = [sorted(side.size for side in sides) for sides in (olds, news)]
    worth = sorted(
        [side for side in olds if _any_near(side.size, sizes[1])]
        + [side for side in news if _any_near(side.size, sizes[0])],
        key=lambda side: (side.size, side.path),
    )
    spans: dict[bytes, _Spans] = {}
    budget = MOST_BYTES
    for side in worth:
        if side.hash not in spans:
            budget -= side.size
            if budget < 0:
                break
            spans[side.hash] = _spans_of(read(side.hash))
    olds = [side for side in olds if spans.get(side.hash)]
    news = [side for side in news if spans.get(side.hash)]
    scored: list[_Scored] = []
    for old, new in _candidates(olds, news, spans):
        if _near(old.size, new.size):
            score = _shared(spans[old.hash], spans[new.hash]) / max(old.size, new.size)
            if score >= LEAST_SIMILARITY:
                scored.append((score, old.name == new.name, old, new))
    scored.sort(key=lambda found: (-found[0], not found[1], found[3].path, found[2].path))
    pairs: list[Pair] = []
    used: tuple[set[bytes], set[bytes]] = set(), set()
    for _, _, old, new in scored:
        if old.path not in used[0] and new.path not in used[1]:
            pairs.append((old, new))
            used[0].add(old.path)
            used[1].add(new.path)
    return pairs


def _near(a: int, b: int) -> bool:
    return min(a, b) >= LEAST_SIMILARITY * max(a, b)


def _any_near(size: int, others: list[int]) -> bool:
    from bisect import bisect_left

    at = bisect_left(others, size)
    return any(_near(size, other) for other in others[max(0, at - 1) : at + 1])


def _spans_of(data: bytes) -> _Spans:
    """The lines of a text, long ones in pieces, and how often each is there; nothing for binary content."""
    spans: _Spans = Counter()
    if is_binary(data):
        return spans
    for line in data.replace(b"\r\n", b"\n").replace(b"\n", b"\n\0").split(b"\0"):
        if len(line) <= _SPAN:
            spans[line] += 1
        else:
            spans.update(line[i : i + _SPAN] for i in range(0, len(line), _SPAN))
    return spans


def _shared(a: _Spans, b: _Spans) -> int:
    """How many bytes of spans both have."""
    if len(a) > len(b):
        a, b = b, a
    return sum(min(count, b[span]) * len(span) for span, count in a.items() if span in b)


def _candidates(olds: list[Side], news: list[Side], spans: dict[bytes, _Spans]) -> list[Pair]:
    if len(olds) * len(news) <= _ALL_PAIRS:
        return [(old, new) for old in olds for new in news]
    postings: dict[bytes, list[int]] = defaultdict(list)
    by_name: dict[bytes, list[int]] = defaultdict(list)
    for number, old in enumerate(olds):
        by_name[old.name].append(number)
        for span in spans[old.hash]:
            if len(postings[span]) < _POSTINGS:
                postings[span].append(number)
    pairs: list[Pair] = []
    for new in news:
        # What few files have in common says more than what many have.
        rare: Counter[int] = Counter()
        common: Counter[int] = Counter()
        for span in spans[new.hash]:
            numbers = postings.get(span, ())
            shared = rare if len(numbers) < _POSTINGS else common
            for number in numbers:
                shared[number] += len(span)
        best = sorted(rare | common, key=lambda number: (-rare[number], -common[number], number))[:_CANDIDATES]
        pairs += [(olds[number], new) for number in dict.fromkeys(best + by_name[new.name][:_CANDIDATES])]
    return pairs
