"""Which automatic checkpoints a list leaves out: all of a day are shown, hourly ones for a week, daily ones after.

Hiding frees nothing and forgets nothing. What a person made, tagged commits and the tips of branches are
always shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jupyter_repro.history import Commit
from jupyter_repro.history.thin import DAY_US, HOUR_US, Retention

Bucket = tuple[str, int, int]
"""A branch, and the span of time (length and number, microseconds) of which one commit is shown."""


class Showing:
    """Says of commits, given newest first, whether a list shows them.

    ``rule`` is the one that ``thin`` frees by; what is ``pinned`` is always shown; ``now`` is in
    microseconds since the epoch.
    """

    def __init__(self, rule: Retention, pinned: Callable[[str], bool], now: int) -> None:
        self._rule = rule
        self._pinned = pinned
        self._now = now
        self._shown: set[Bucket] = set()

    def shows(self, commit: Commit) -> bool:
        """Whether it is shown: of the automatic ones in a span of time, the newest is."""
        if not commit.automatic or self._pinned(commit.id):
            return True
        bucket = self._bucket(commit)
        if bucket is None:
            return True
        if bucket in self._shown:
            return False
        self._shown.add(bucket)
        return True

    def recall(self, newer: Iterable[Commit], first: Commit) -> None:
        """Take note of what was shown before ``first``: ``newer`` are the commits above it, the nearest first."""
        bucket = self._bucket(first)
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

    def _bucket(self, commit: Commit) -> Bucket | None:
        age = self._now - commit.time
        if age < self._rule.all_us:
            return None
        span = HOUR_US if age < self._rule.hourly_us else DAY_US
        return commit.branch, span, commit.time // span
