"""Thin: free the content of automatic checkpoints that a rule no longer keeps; their records stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from jupyter_repro.history.collect import collect
from jupyter_repro.history.commits import Commit
from jupyter_repro.history.repository import Repository
from jupyter_repro.store import Changes, Head
from jupyter_repro.store.project_log import now

HOUR_US = 3600 * 1_000_000
DAY_US = 24 * HOUR_US


@dataclass(frozen=True, slots=True)
class Retention:
    """Which automatic checkpoints are kept: all younger than ``all_us`` (microseconds), then the last of
    each hour until ``hourly_us``, then the last of each day. Named and tagged commits are always kept."""

    all_us: int = DAY_US
    hourly_us: int = 7 * DAY_US


@dataclass(frozen=True, slots=True)
class Thinned:
    """What thinning did or would do: ids of the commits, and stored bytes that were freed."""

    commits: tuple[str, ...]
    bytes: int


def hidden(commits: Iterable[Commit], rule: Retention, present: int, kept: Collection[str] = ()) -> list[Commit]:
    """The automatic commits that the rule does not keep. ``commits`` are newest first; ``kept`` are ids
    that stay whatever the rule says; ``present`` is in microseconds since the epoch."""
    taken: set[tuple[str, str]] = set()
    found = []
    for commit in commits:
        age = present - commit.time
        if not commit.automatic or commit.id in kept or age < rule.all_us:
            continue
        moment = datetime.fromtimestamp(commit.time / 1_000_000, timezone.utc)
        slot = moment.strftime("%Y-%m-%dT%H" if age < rule.hourly_us else "%Y-%m-%d")
        if (commit.branch, slot) in taken:
            found.append(commit)
        taken.add((commit.branch, slot))
    return found


def thin(
    repository: Repository,
    rule: Retention,
    kept: Collection[str] = (),
    *,
    dry_run: bool = False,
    grace: int | None = None,
) -> Thinned:
    """Free the content of automatic commits that ``rule`` hides, except tips, tagged ones and ``kept``.

    With ``dry_run`` nothing is changed. ``grace`` (microseconds) is that of the collection that follows.
    """
    head = repository.sync()
    stay = {*kept, *repository.branches.values(), *repository.tags.values()}
    chosen = [
        commit
        for commit in hidden(repository.all_commits(), rule, now(), stay)
        if bytes.fromhex(commit.id) not in head.thinned
    ]
    names = tuple(commit.id for commit in chosen)
    if dry_run or not chosen:
        return Thinned(names, 0)

    def plan(current: Head) -> Changes:
        tips = {*current.branches.values(), *current.tags.values()}
        return Changes(thinned=tuple(name for name in map(bytes.fromhex, names) if name not in tips))

    repository.store.publish(plan)
    collected = collect(repository) if grace is None else collect(repository, grace)
    return Thinned(names, collected.bytes)
