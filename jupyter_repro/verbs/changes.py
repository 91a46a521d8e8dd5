"""Changes as people and machines see them: a path and what became of it, renames paired."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_repro.history import Commit, EntryType, Repository, TreeChange, TreeEntry, diff_trees
from jupyter_repro.workspace.status import pair_renames, shown_path


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs: "added", "deleted", "modified", "renamed", "mode" or "type".

    ``old_path`` is where a renamed file was, else None; ``old`` and ``new`` are its tree entries.
    """

    path: str
    change: str
    old_path: str | None = None
    old: TreeEntry | None = None
    new: TreeEntry | None = None


def changes_between(repository: Repository, before: Commit | None, after: Commit) -> list[Change]:
    """What differs from ``before`` (None for nothing) to ``after``, sorted by path."""
    old = bytes.fromhex(before.tree) if before else None
    return as_changes(repository, list(diff_trees(repository.get_tree, old, bytes.fromhex(after.tree))))


def as_changes(
    repository: Repository, changes: list[TreeChange], paths: Sequence[bytes] = (), *, stored: bool = True
) -> list[Change]:
    """Tree changes with their renames paired, only those at or below ``paths`` if there are any.

    ``stored`` says that both sides are in the store, so that similar text can be paired too.
    """
    if paths:
        changes = [change for change in changes if any(_within(change.path, path) for path in paths)]
    entries = {entry.content: entry for change in changes for entry in (change.old, change.new) if entry is not None}

    def read(name: bytes) -> bytes:
        entry = entries[name]
        return b"".join(repository.read(entry)) if entry.type == EntryType.FILE else b""

    alone, pairs = pair_renames(changes, read if stored else None)
    found = [Change(shown_path(change), change.change, None, change.old, change.new) for change in alone]
    found += [Change(os.fsdecode(new.path), "renamed", os.fsdecode(old.path), old.old, new.new) for old, new in pairs]
    return sorted(found, key=lambda change: os.fsencode(change.path))


def _within(path: bytes, above: bytes) -> bool:
    return not above or path == above or path.startswith(above + b"/")
