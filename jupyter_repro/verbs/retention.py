"""Which automatic checkpoints a list leaves out: all of a day are shown, hourly ones for a week, daily ones after.

Hiding frees nothing and forgets nothing. What a person made, tagged commits and the tips of branches are
always shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jupyter_repro.history import Commit
from jupyter_repro.history.commits import AUTOMATIC

HOUR = 3600 * 1_000_000
DAY = 24 * HOUR
WEEK = 7 * DAY

Bucket = tuple[str, int, int]
"""A branch, and the span of time (length and number, microseconds) of which one commit is shown."""


def bucket_of(commit: Commit, now: int) -> Bucket | None:
    """The span that ``commit`` falls into; None while all are shown. ``now`` in microseconds since the epoch."""
    age = now - commit.time
    if age < DAY:
        return None
    span = HOUR if age < WEEK else DAY
    return commit.branch, span, commit.time // span


class Retention:
    """Says of commits, given newest first, whether a list shows them. ``pinned`` are always shown."""

    def __init__(self, pinned: Callable[[str], bool], now: int) -> None:
        self._pinned = pinned
        self._now = now
        self._shown: set[Bucket] = set()

    def shows(self, commit: Commit) -> bool:
        """Whether it is shown: of the automatic ones in a span of time, the newest is."""
        if commit.kind not in AUTOMATIC or self._pinned(commit.id):
            return True
        bucket = bucket_of(commit, self._now)
        if bucket is None:
            return True
        if bucket in self._shown:
            return False
        self._shown.add(bucket)
        return True

    def recall(self, newer: Iterable[Commit], first: Commit) -> None:
        """Take note of what was shown before ``first``: ``newer`` are the commits above it, the nearest first."""
        bucket = bucket_of(first, self._now)
        if bucket is None:
            return
        _, span, number = bucket
        same: list[Commit] = []
        for commit in newer:
            if commit.time // span > number:
                break
            same.append(commit)
        for commit in reversed(same):
            self.shows(commit)
