"""Writing down what was done, for the catalogue: at once, but without opening a database.

The records go to the catalogue's outbox, and whoever opens the catalogue next takes them in. So the main
job never waits for, and never fails with, the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_repro.catalog import (
    AuditRecord,
    ProjectRecord,
    SessionRecord,
    WorkspaceRecord,
    audit_id,
    microseconds_now,
    note,
)

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import OpenedProject
    from jupyter_repro.workspace import Workspace


def record(opened: OpenedProject, action: str, subject: str = "", **details: object) -> None:
    """Note that the user did ``action`` to ``subject``; ``details`` are values that JSON can say."""
    now = microseconds_now()
    project = opened.project
    workspace: Workspace | None = getattr(opened, "workspace", None)
    place = "" if workspace is None else workspace.state.workspace
    done = AuditRecord(audit_id(now), now, opened.author, action, project.id, place, subject, details)
    known = ProjectRecord(project.id, project.name, project.store, now)
    if workspace is None:
        note(opened.data, known, done)
    else:
        note(opened.data, known, *_lives(workspace, now), done)


def _lives(workspace: Workspace, now: int) -> tuple[WorkspaceRecord, SessionRecord]:
    """The workspace, and its session, which is at least as long as until now."""
    session = workspace.session()
    state = workspace.state  # which now knows the session of the day
    # A session of the day ends with the last thing that was done in it, that of a server when it stops.
    day = session.id == state.session
    return (
        WorkspaceRecord(
            state.workspace, state.project, state.path, state.branch, session.host, state.device, state.inode, now, now
        ),
        SessionRecord(
            session.id,
            state.project,
            state.workspace,
            session.user,
            session.host,
            "day" if day else "server",
            session.start,
            now if day else None,
        ),
    )
