"""``branch``: list, create, rename and delete branches."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.errors import BranchExists, BranchHeld
from jupyter_repro.history import Commit
from jupyter_repro.verbs.init import held_branches
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace.state import locked, read_state, write_state


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch, the id of its newest commit, and the path of the workspace that holds it, if one does."""

    name: str
    commit: str
    held_by: str | None
    current: bool


def branches(opened: OpenedProject) -> list[Branch]:
    """The branches of the project, by name."""
    opened.repository.sync()
    held = held_branches(opened.data, opened.project.id)
    current = opened.branch if isinstance(opened, Opened) else None
    return [
        Branch(name, tip, held[name].path if name in held else None, name == current)
        for name, tip in opened.repository.branches.items()
    ]


def create_branch(opened: OpenedProject, name: str, commit: str = "@") -> Commit:
    """Let a new branch begin at a commit, which is returned. Raises ``BranchExists`` or ``CommitNotFound``."""
    found = opened.resolve(commit)
    _refuse_name_of_tag(opened, name)
    opened.repository.create_branch(name, found)
    record(opened, "branch", name, commit=found.id)
    return found


def rename_branch(opened: OpenedProject, old: str, new: str) -> None:
    """Give a branch another name; a workspace that holds it goes along.

    Raises ``BranchNotFound`` or ``BranchExists``.
    """
    from dataclasses import replace

    _refuse_name_of_tag(opened, new)
    holder = held_branches(opened.data, opened.project.id).get(old)
    if holder is None:
        opened.repository.rename_branch(old, new)
    else:
        directory = opened.data.workspace_directory(holder.workspace)
        with locked(directory):
            opened.repository.rename_branch(old, new)
            state = read_state(directory)
            if state is not None:
                write_state(directory, replace(state, branch=new))
                if isinstance(opened, Opened) and opened.workspace.state.workspace == state.workspace:
                    opened.workspace.state = replace(state, branch=new)
    record(opened, "rename-branch", new, before=old)


def delete_branch(opened: OpenedProject, name: str) -> str:
    """Take a branch off the list; returns the id of its newest commit, by which all stays reachable.

    Raises ``BranchNotFound``, and ``BranchHeld`` when a workspace is on it.
    """
    holder = held_branches(opened.data, opened.project.id).get(name)
    if holder is not None:
        raise BranchHeld(
            f"Branch {name!r} is held by the workspace at {holder.path}. Switch that one to another branch first."
        )
    tip = opened.repository.delete_branch(name)
    record(opened, "delete-branch", name, commit=tip)
    return tip


def _refuse_name_of_tag(opened: OpenedProject, name: str) -> None:
    if name in opened.repository.tags:
        raise BranchExists(f"There is a tag {name!r}, which a branch of that name would hide. Choose another name.")
