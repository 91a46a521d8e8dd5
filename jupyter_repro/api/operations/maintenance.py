"""Looking after a project: verify, collect, thin, export, import."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.schemas.maintenance import ExportRequest, ImportRequest, ThinRequest
from jupyter_repro.api.schemas.tasks import Task


async def verify(call: Call) -> Task:
    """Queue reading and checking everything."""
    return await _begun(call, "verify", "Check the project", {})


async def collect(call: Call) -> Task:
    """Queue freeing what no commit needs."""
    return await _begun(call, "collect", "Free space", {})


async def thin(call: Call) -> Task:
    """Queue freeing hidden automatic checkpoints."""
    body = call.sent(ThinRequest)
    title = "Look for automatic checkpoints to thin" if body.dry_run else "Thin automatic checkpoints"
    return await _begun(call, "thin", title, {"dry_run": body.dry_run})


async def export(call: Call) -> Task:
    """Queue writing the project into one file."""
    file = call.services.place.anywhere(call.sent(ExportRequest).file)
    return await _begun(call, "export", "Export the project", {"file": file})


async def import_(call: Call) -> Task:
    """Queue making a project of an export."""
    body = call.sent(ImportRequest)
    arguments = {**call.services.order(), "file": call.services.place.anywhere(body.file), "name": body.name}
    return task_of(call.services.tasks.submit("import", "Import a project", arguments))


async def _begun(call: Call, kind: str, title: str, arguments: Mapping[str, object]) -> Task:
    project = await call.services.in_thread(_project_id, call)
    order = {**call.services.order(), **arguments, "project": project}
    return task_of(call.services.tasks.submit(kind, title, order, project=project))


def _project_id(call: Call) -> str:
    with call.services.rooms.project(call["project"]) as room:
        return room.opened.project.id
