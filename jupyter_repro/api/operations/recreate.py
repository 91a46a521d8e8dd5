"""Recreate."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.schemas.recreate import RecreatePlan, RecreatePlanQuery, RecreateRequest
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.api.translate import Commits
from jupyter_repro.errors import NotAWorkspace
from jupyter_repro.verbs.plan import plan_recreate


def plan(call: Call) -> RecreatePlan:
    """All that the dialog proposes."""
    query = call.asked(RecreatePlanQuery)
    services = call.services
    try:
        beside = services.rooms.current_state().path
    except NotAWorkspace:
        # The server's root holds workspaces then, and is no workspace: the new one goes inside.
        beside = f"{services.place.root}/here"
    with services.rooms.project(call["project"]) as room:
        made = plan_recreate(room.opened, query.commit, beside)
        row = Commits(room.opened.repository, call.author).row(made.commit)
    inside = services.place.server_path(made.directory)
    return RecreatePlan(
        commit=row,
        branch=made.branch,
        directory=made.directory if inside is None else inside,
        files=made.extent.files,
        bytes=made.extent.bytes,
        free_bytes=made.free_bytes,
        environment=row.environment,
    )


async def recreate(call: Call) -> Task:
    """Queue it."""
    body = call.sent(RecreateRequest)
    project, commit = await call.services.in_thread(_resolved, call, body.commit)
    directory = call.services.place.anywhere(body.directory)
    record = call.services.tasks.submit(
        "recreate",
        f"Recreate {commit[:8]}",
        {
            **call.services.order(),
            "project": project,
            "commit": commit,
            "directory": directory,
            "branch": body.branch,
            "environment": body.environment,
            "author": call.author,
        },
        project=project,
    )
    return task_of(record)


def _resolved(call: Call, revision: str) -> tuple[str, str]:
    with call.services.rooms.project(call["project"]) as room:
        return room.opened.project.id, room.opened.resolve(revision).id
