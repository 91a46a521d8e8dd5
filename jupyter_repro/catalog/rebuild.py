"""Makes the lists of the catalogue again from what the data directory says of itself."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, delete, select

from jupyter_repro.catalog.projects import checked_name, put_project
from jupyter_repro.catalog.records import ProjectRecord, WorkspaceRecord
from jupyter_repro.catalog.schema import projects, workspaces
from jupyter_repro.catalog.workspaces import put_workspace, workspace_by_id
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import InvalidRequest, ReproError


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: how many projects and workspaces, and the files that it could not read."""

    projects: int
    workspaces: int
    unreadable: tuple[Path, ...]


def rebuild(connection: Connection, data: DataDirectory, *, forget: bool = True) -> Rebuilt:
    """Make projects and workspaces what ``data`` says; sessions and audit stay.

    What only the catalogue knows of a project that is still there (its archiving) is kept. With ``forget`` what is
    no longer there leaves the lists.
    """
    unreadable: list[Path] = []
    found_projects = list(_projects(data, unreadable))
    for project in found_projects:
        put_project(connection, project)
    found_workspaces = list(_workspaces(connection, data, unreadable))
    for workspace in found_workspaces:
        put_workspace(connection, workspace)
    # A file that cannot be read is no proof that what it speaks of is gone.
    tables = ((projects, set(data.project_ids())), (workspaces, set(data.workspace_ids()))) if forget else ()
    for table, present in tables:
        gone = [row.id for row in connection.execute(select(table.c.id)) if row.id not in present]
        for identity in gone:
            connection.execute(delete(table).where(table.c.id == identity))
    return Rebuilt(len(found_projects), len(found_workspaces), tuple(unreadable))


def _projects(data: DataDirectory, unreadable: list[Path]) -> Iterator[ProjectRecord]:
    for project in data.project_ids():
        file = data.project_file(project)
        try:
            said = json.loads(file.read_bytes())
            yield msgspec.convert(
                {
                    "id": project,
                    "name": _name(said["name"], project),
                    "store": said.get("store") or "",
                    "created": said.get("created") or _modified(file),
                },
                ProjectRecord,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            unreadable.append(file)


def _name(said: str, project: str) -> str:
    try:
        return checked_name(said)
    except InvalidRequest:
        return project[:12]


def _workspaces(connection: Connection, data: DataDirectory, unreadable: list[Path]) -> Iterator[WorkspaceRecord]:
    from jupyter_repro.workspace.state import read_state

    for workspace in data.workspace_ids():
        file = data.workspace_state(workspace)
        known = workspace_by_id(connection, workspace)
        try:
            state = read_state(file.parent)
            used = _modified(file)
            if state is None:
                raise FileNotFoundError(file)
            yield msgspec.convert(
                {
                    "id": workspace,
                    "project_id": state.project,
                    "path": state.path,
                    "branch": state.branch,
                    "host": known.host if known else socket.gethostname(),
                    "device": state.device,
                    "inode": state.inode,
                    "created": used,
                    # The state is the truth, however late the catalogue heard of the workspace.
                    "last_used": max(used, known.last_used) if known else used,
                },
                WorkspaceRecord,
            )
        except (OSError, ValueError, TypeError, ReproError):
            unreadable.append(file)


def _modified(file: Path) -> int:
    return file.stat().st_mtime_ns // 1000
