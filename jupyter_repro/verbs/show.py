"""``show``: everything about one commit."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.history import Commit
from jupyter_repro.verbs.changes import Change, changes_between
from jupyter_repro.verbs.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class Shown:
    """A commit, what it changed against its first parent, and the branches and tags that point at it."""

    commit: Commit
    changes: tuple[Change, ...]
    branches: tuple[str, ...]
    tags: tuple[str, ...]


def show(opened: OpenedProject, commit: str = "@") -> Shown:
    """Tell everything about the commit that the revision name means. Raises ``CommitNotFound``."""
    found = opened.resolve(commit)
    repository = opened.repository
    parent = repository.parent_of(found)
    return Shown(
        found,
        tuple(changes_between(repository, parent, found)),
        tuple(name for name, tip in repository.branches.items() if tip == found.id),
        tuple(name for name, tip in repository.tags.items() if tip == found.id),
    )
