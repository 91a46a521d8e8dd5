"""``tag``: list, create and delete tags."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.errors import TagExists
from jupyter_repro.history import Commit
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the id of the commit it names."""

    name: str
    commit: str


def tags(opened: OpenedProject) -> list[Tag]:
    """The tags of the project, by name."""
    opened.repository.sync()
    return [Tag(name, commit) for name, commit in opened.repository.tags.items()]


def create_tag(opened: OpenedProject, name: str, commit: str = "@") -> Commit:
    """Name a commit, which is returned. Raises ``TagExists`` or ``CommitNotFound``."""
    found = opened.resolve(commit)
    if name in opened.repository.branches:
        raise TagExists(f"There is a branch {name!r}, and a tag of that name could not be named. Choose another name.")
    opened.repository.create_tag(name, found)
    record(opened, "tag", name, commit=found.id)
    return found


def delete_tag(opened: OpenedProject, name: str) -> None:
    """Take a tag off the list; its commit stays. Raises ``TagNotFound``."""
    opened.repository.delete_tag(name)
    record(opened, "delete-tag", name)
