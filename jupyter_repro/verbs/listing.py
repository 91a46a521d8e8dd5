"""``projects``, ``workspaces``, ``sessions``: what there is on this machine and in a project.

All three are read from the data directory and from the commits themselves, so they are right even when
the catalogue is lost.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.verbs.opened import OpenedProject, known_projects
from jupyter_repro.workspace import read_marker
from jupyter_repro.workspace.projects import Project
from jupyter_repro.workspace.state import read_state


@dataclass(frozen=True, slots=True)
class WorkspacePlace:
    """A workspace of this machine: its ids, the project's name, the directory, the branch, the id of the
    commit it is at (None before the first), whether the directory is still there, and when it was last
    changed by a command (us)."""

    id: str
    project: str
    project_name: str
    path: str
    branch: str
    commit: str | None
    present: bool
    last_used: int


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One life of a workspace: who, where, from its start to its last checkpoint (us), and how many
    checkpoints were made in it."""

    id: str
    start: int
    last: int
    host: str
    user: str
    workspace: str
    branch: str
    checkpoints: int


def projects(*, configuration: Configuration | None = None) -> list[Project]:
    """The projects of this data directory, by name."""
    return known_projects((configuration or load_configuration()).data_directory)


def workspaces(project: str | None = None, *, configuration: Configuration | None = None) -> list[WorkspacePlace]:
    """The workspaces of this machine, the one used last first; only those of a project (id), if given."""
    data = (configuration or load_configuration()).data_directory
    names = {known.id: known.name for known in known_projects(data)}
    found = []
    for name in data.workspace_ids():
        state = read_state(data.workspace_directory(name))
        if state is None or (project is not None and state.project != project):
            continue
        marker = read_marker(Path(state.path))
        present = marker is not None and marker.workspace == state.workspace
        used = os.stat(data.workspace_state(name)).st_mtime_ns // 1000
        project_name = names.get(state.project, "")
        found.append(
            WorkspacePlace(
                state.workspace, state.project, project_name, state.path, state.branch, state.commit, present, used
            )
        )
    return sorted(found, key=lambda place: (-place.last_used, place.path))


def sessions(opened: OpenedProject, *, limit: int | None = None) -> list[SessionSummary]:
    """The sessions of a project, the one with the newest checkpoint first; ``limit`` how many at most."""
    opened.repository.sync()
    found: dict[str, SessionSummary] = {}
    for commit in opened.repository.all_commits():
        session = commit.session
        known = found.get(session.id)
        if known is None and limit is not None and len(found) >= limit:
            continue
        found[session.id] = SessionSummary(
            session.id,
            min(session.start, known.start) if known else session.start,
            known.last if known else commit.time,
            session.host,
            session.user,
            known.workspace if known else commit.workspace,
            known.branch if known else commit.branch,
            (known.checkpoints if known else 0) + 1,
        )
    return list(found.values())
