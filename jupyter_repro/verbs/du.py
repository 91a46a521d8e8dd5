"""``du``: what takes the space, and since which commit."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass

from jupyter_repro.errors import BlobCorrupt, BlobMissing, Purged
from jupyter_repro.history import Commit, EntryType, Repository, TreeEntry, diff_trees
from jupyter_repro.history.files import recipe_of
from jupyter_repro.store import Kind
from jupyter_repro.verbs.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class PathUse:
    """What the versions of one path take: bytes as the user sees them, bytes stored that no older path
    already held, how many versions, and the id and time (us) of the commit that brought the first."""

    path: str
    logical_bytes: int
    stored_bytes: int
    versions: int
    since: str
    since_time: int


@dataclass(frozen=True, slots=True)
class Use:
    """The whole project: bytes of every version of every file, bytes that the packs take, and the paths
    that take most."""

    logical_bytes: int
    stored_bytes: int
    packs: int
    objects: int
    commits: int
    largest: tuple[PathUse, ...]


def du(opened: OpenedProject, *, most: int = 20) -> Use:
    """Account for the space of the project; ``most`` is how many of the largest paths are listed.

    A part that several files share counts for the one that brought it first.
    """
    repository = opened.repository
    head = repository.sync()
    commits = sorted(repository.all_commits(), key=lambda commit: (commit.time, commit.id))
    account = _Account(repository)
    for commit in commits:
        account.add(commit)
    return Use(
        account.logical,
        sum(pack.size for pack in head.packs.values()),
        len(head.packs),
        repository.store.index.count(),
        len(commits),
        account.largest(most),
    )


class _Account:
    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._counted: set[bytes] = set()
        self._stored: dict[bytes, int] = defaultdict(int)
        self._sizes: dict[bytes, int] = defaultdict(int)
        self._versions: dict[bytes, int] = defaultdict(int)
        self._since: dict[bytes, Commit] = {}
        self.logical = 0

    def add(self, commit: Commit) -> None:
        """Count what ``commit`` brought."""
        parent = self._repository.commit_at(commit.parents[0]) if commit.parents else None
        old = bytes.fromhex(parent.tree) if parent else None
        try:
            for change in diff_trees(self._repository.get_tree, old, bytes.fromhex(commit.tree)):
                entry = change.new
                if entry is None or entry.type != EntryType.FILE or change.change == "mode":
                    continue
                self.logical += entry.size
                self._sizes[change.path] += entry.size
                self._versions[change.path] += 1
                self._since.setdefault(change.path, commit)
                self._stored[change.path] += self._fresh(entry)
        except (BlobMissing, BlobCorrupt, Purged):
            return  # what cannot be read takes no space that could be told

    def _fresh(self, entry: TreeEntry) -> int:
        if entry.content in self._counted:
            return 0
        self._counted.add(entry.content)
        total = 0
        keys = [(chunk, Kind.BLOB) for chunk in recipe_of(self._repository.store, entry).ids()]
        if entry.recipe is not None:
            keys.append((entry.recipe, Kind.RECIPE))
        for name, kind in keys:
            if (name, kind) == (entry.content, Kind.BLOB) or name not in self._counted:
                self._counted.add(name)
                place = self._repository.store.index.locate(name, kind)
                total += place.stored if place is not None else 0
        return total

    def largest(self, most: int) -> tuple[PathUse, ...]:
        """The paths that take most of the store."""
        paths = sorted(self._stored, key=lambda path: (-self._stored[path], -self._sizes[path], path))[:most]
        return tuple(
            PathUse(
                os.fsdecode(path),
                self._sizes[path],
                self._stored[path],
                self._versions[path],
                self._since[path].id,
                self._since[path].time,
            )
            for path in paths
        )
