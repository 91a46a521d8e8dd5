"""Restore, track and purge."""

from __future__ import annotations

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.problems import refuse
from jupyter_repro.api.schemas.restore import PurgePlan, PurgePlanQuery, PurgeRequest, RestoreRequest, TrackRequest
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.api.translate import purge_plan_of
from jupyter_repro.errors import ReproError
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


async def track(call: Call) -> Task:
    """Queue the fetching of external data."""
    body = call.sent(TrackRequest)
    state = await call.services.in_thread(call.services.rooms.state_of, call["workspace"])
    call.services.lifecycle.attend(state)
    # A path without a scheme is meant as Lab shows it: relative to the server's root.
    source = body.source if "://" in body.source else call.services.place.anywhere(body.source)
    record = call.services.tasks.submit(
        "track",
        f"Track {body.destination}",
        {**call.order(state), "source": source, "destination": body.destination},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def purge_plan(call: Call) -> PurgePlan:
    """What a purge would do."""
    query = call.asked(PurgePlanQuery)
    with call.services.rooms.project(call["project"]) as room:
        return purge_plan_of(verbs.plan_purge(room.opened, query.path, everywhere=query.everywhere))


async def purge(call: Call) -> Task:
    """Queue a purge, if the person typed the path twice."""
    body = call.sent(PurgeRequest)
    if body.confirm != body.path:
        raise refuse(422, "To purge, type the path once more, exactly: there is no undo.", "not_confirmed")
    project, directory = await call.services.in_thread(_purged_in, call, body)
    record = call.services.tasks.submit(
        "purge",
        f"Purge {body.path}",
        {
            **call.services.order(),
            **body.model_dump(),
            "project": project,
            "directory": directory,
            "author": call.author,
        },
        project=project,
    )
    return task_of(record)


def _purged_in(call: Call, body: PurgeRequest) -> tuple[str, str | None]:
    """The project, and the workspace of this server if it belongs to it: a copy there is worth a warning."""
    services = call.services
    with services.rooms.project(call["project"]) as room:
        verbs.plan_purge(room.opened, body.path, everywhere=body.everywhere)
        project = room.opened.project.id
    try:
        here = services.rooms.current_state()
    except ReproError:
        return project, None
    return project, here.path if here.project == project else None


def resolved(call: Call, revision: str) -> tuple[WorkspaceState, str]:
    """The workspace of a call, and the id of the commit that a revision name means in it."""
    with call.services.rooms.workspace(call["workspace"]) as room:
        return room.opened.workspace.state, room.opened.resolve(revision).id
