"""Two moments compared by what was installed, and the badge of the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyter_repro.environments.comparing import PackageChange, compare_packages, summary
from jupyter_repro.environments.definitions import read_definition
from jupyter_repro.environments.differing import definition_difference
from jupyter_repro.environments.snapshots import read_software
from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound, Purged
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.verbs.environments.sides import Side, side
from jupyter_repro.verbs.environments.snapshot import NOW, Snapshot
from jupyter_repro.verbs.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two moments and what differs from the first to the second.

    ``host`` holds facts of the machine as (what, name, old value, new value), "" where a side lacks one; ``definition``
    is what changed in what the environments were asked to hold, as a unified diff, "" where that is nothing or unknown.
    """

    a: Snapshot
    b: Snapshot
    changes: tuple[PackageChange, ...]
    host: tuple[tuple[str, str, str, str], ...]
    definition: str = ""


@dataclass(frozen=True, slots=True)
class SoftwareBadge:
    """The installed software changed with this commit, against its first parent: how, in one line."""

    commit: str
    added: int
    removed: int
    changed: int
    summary: str


def compare(
    opened: OpenedProject | None, a: str = "@", b: str = NOW, *, text: str = "", library: Library | None = None
) -> Comparison:
    """Compare two of: commits by any of their names, ids of snapshots, ``NOW``, revisions ("name@3"; see ``sides``).

    ``text`` leaves only the packages with it in their name or ecosystem. A revision says what its engine installs and
    nothing of the rest of a machine: beside one, only that is compared. Raises as ``snapshot``.
    """
    first, second = side(opened, a, library), side(opened, b, library)
    known = first.ecosystems & second.ecosystems if first.ecosystems and second.ecosystems else None
    known = known or first.ecosystems or second.ecosystems
    wanted = text.casefold()
    packages = [
        [one for one in found.seen_by(other) if known is None or one.ecosystem in known]
        for found, other in ((first, second), (second, first))
    ]
    changes = tuple(
        change
        for change in compare_packages(packages[0], packages[1])
        if wanted in change.name.casefold() or wanted == change.ecosystem
    )
    hosts = _hosts(first.snapshot, second.snapshot) if known is None else ()
    return Comparison(first.snapshot, second.snapshot, changes, hosts, _definitions(first, second))


def _definitions(a: Side, b: Side) -> str:
    if not a.definition or not b.definition or a.definition == b.definition:
        return ""
    return definition_difference(read_definition(a.definition), read_definition(b.definition), (a.called, b.called))


def software_badges(opened: OpenedProject, commits: Iterable[Commit]) -> dict[str, SoftwareBadge]:
    """Of these commits, those with which the installed software changed, by their ids.

    Costs nothing for the others: only ids are compared, and texts read where those differ.
    """
    known: dict[str, Commit] = {}
    listed = list(commits)
    known.update({commit.id: commit for commit in listed})
    found = {}
    for commit in listed:
        now = commit.environment.software
        parent = _parent(opened, commit, known) if now and commit.parents else None
        before = parent.environment.software if parent is not None else ""
        if before and now and before != now:
            try:
                found[commit.id] = _badge(opened, commit.id, before, now)
            except (BlobCorrupt, BlobMissing, Purged):
                continue  # 'verify' tells of the damage; a list of commits is no place for it
    return found


def _parent(opened: OpenedProject, commit: Commit, known: Mapping[str, Commit]) -> Commit | None:
    name = commit.parents[0]
    try:
        return known[name] if name in known else opened.repository.commit_at(name)
    except CommitNotFound:
        return None


def _badge(opened: OpenedProject, commit: str, before: str, now: str) -> SoftwareBadge:
    store = opened.repository.store
    old, new = (read_software(store.get(Kind.NOTE, bytes.fromhex(name))) for name in (before, now))
    changes = compare_packages(old.packages, new.packages)
    added = sum(change.change == "added" for change in changes)
    removed = sum(change.change == "removed" for change in changes)
    return SoftwareBadge(commit, added, removed, len(changes) - added - removed, summary(changes))


def _hosts(a: Snapshot, b: Snapshot) -> tuple[tuple[str, str, str, str], ...]:
    old = {(what, name): value for what, name, value in (a.host.facts if a.host else ())}
    new = {(what, name): value for what, name, value in (b.host.facts if b.host else ())}
    return tuple(
        (*key, old.get(key, ""), new.get(key, ""))
        for key in sorted(old.keys() | new.keys())
        if old.get(key, "") != new.get(key, "")
    )
