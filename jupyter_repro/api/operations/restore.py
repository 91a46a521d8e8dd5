"""Restore."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.schemas.restore import RestoreRequest
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.workspace import WorkspaceState


async def restore(call: Call) -> Task:
    """Queue a restore."""
    body = call.sent(RestoreRequest)
    state, commit = await call.services.in_thread(resolved, call, body.commit)
    call.services.lifecycle.attend(state)
    what = f"{len(body.paths)} paths" if len(body.paths) > 1 else body.paths[0] if body.paths else "everything"
    record = call.services.tasks.submit(
        "restore",
        f"Restore {what} of {commit[:8]}",
        {**call.order(state), "commit": commit, "paths": body.paths},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def resolved(call: Call, revision: str) -> tuple[WorkspaceState, str]:
    """The workspace of a call, and the id of the commit that a revision name means in it."""
    with call.services.rooms.workspace(call["workspace"]) as room:
        return room.opened.workspace.state, room.opened.resolve(revision).id
