"""Branches, and switching between them."""

from __future__ import annotations

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.schemas.branches import Branch, BranchPage, CreateBranch, RenameBranch, SwitchRequest
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.api.translate import time_of
from jupyter_repro.errors import BranchNotFound
from jupyter_repro.verbs import OpenedProject
from jupyter_repro.workspace import WorkspaceState


def page(call: Call) -> BranchPage:
    """Branches by name."""
    query = call.asked(PageQuery)
    with call.services.rooms.project(call["project"]) as room:
        found, more = page_by_key(verbs.branches(room.opened), lambda branch: branch.name, query.cursor, query.limit)
        return BranchPage(items=_branches(call, room.opened, found), next=more)


def create(call: Call) -> Branch:
    """A new branch."""
    body = call.sent(CreateBranch)
    with call.services.rooms.project(call["project"]) as room:
        verbs.create_branch(room.opened, body.name, body.commit)
        return _named(call, room.opened, body.name)


def rename(call: Call) -> Branch:
    """Another name for a branch."""
    body = call.sent(RenameBranch)
    with call.services.rooms.project(call["project"]) as room:
        verbs.rename_branch(room.opened, call["branch"], body.name)
        return _named(call, room.opened, body.name)


def delete(call: Call) -> None:
    """Take a branch off the list."""
    with call.services.rooms.project(call["project"]) as room:
        verbs.delete_branch(room.opened, call["branch"])


async def switch(call: Call) -> Task:
    """Queue a switch."""
    body = call.sent(SwitchRequest)
    state = await call.services.in_thread(_switchable, call, body.branch)
    call.services.lifecycle.attend(state)
    record = call.services.tasks.submit(
        "switch",
        f"Switch to {body.branch}",
        {**call.order(state), "branch": body.branch},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def _switchable(call: Call, branch: str) -> WorkspaceState:
    with call.services.rooms.workspace(call["workspace"]) as room:
        room.opened.repository.tip(branch)
        return room.opened.workspace.state


def _named(call: Call, opened: OpenedProject, name: str) -> Branch:
    found = [branch for branch in verbs.branches(opened) if branch.name == name]
    if not found:
        raise BranchNotFound(f"Branch {name!r} was removed by somebody else meanwhile.")
    return _branches(call, opened, found)[0]


def _branches(call: Call, opened: OpenedProject, found: list[verbs.Branch]) -> list[Branch]:
    holders = {state.path: state.workspace for state in call.services.rooms.states()}
    here = call.services.current_workspace()
    made = []
    for branch in found:
        tip = opened.repository.commit_at(branch.commit)
        holder = holders.get(branch.held_by) if branch.held_by is not None else None
        made.append(
            Branch(
                name=branch.name,
                commit=tip.id,
                message=tip.message,
                time=time_of(tip.time),
                held_by=holder,
                held_at=branch.held_by,
                current=holder is not None and holder == here,
            )
        )
    return made
