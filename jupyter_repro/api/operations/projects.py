"""Projects."""

from __future__ import annotations

import os
from collections import Counter
from urllib.parse import urlsplit, urlunsplit

from jupyter_repro.api.calls import Call
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.projects import Project, ProjectPage
from jupyter_repro.api.translate import time_of
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.verbs import Project as VerbProject
from jupyter_repro.verbs.opened import known_projects


def project_of(data: DataDirectory, project: VerbProject, branches: int | None, workspaces: int) -> Project:
    """A project as it travels."""
    return Project(
        id=project.id,
        name=project.name,
        store=_without_secret(project.store) if project.store else str(data.store(project.id)),
        created=time_of(os.stat(data.project_file(project.id)).st_mtime_ns // 1000),
        branches=branches,
        workspaces=workspaces,
    )


def page(call: Call) -> ProjectPage:
    """Projects by name."""
    query = call.asked(PageQuery)
    rooms = call.services.rooms
    data = rooms.configuration.data_directory
    counts = Counter(state.project for state in rooms.states())
    found, more = page_by_key(
        known_projects(data), lambda project: f"{project.name}\0{project.id}", query.cursor, query.limit
    )
    return ProjectPage(items=[project_of(data, each, None, counts[each.id]) for each in found], next=more)


def project(call: Call) -> Project:
    """One project."""
    rooms = call.services.rooms
    with rooms.project(call["project"]) as room:
        opened = room.opened
        workspaces = sum(state.project == opened.project.id for state in rooms.states())
        return project_of(opened.data, opened.project, len(opened.repository.branches), workspaces)


def _without_secret(store: str) -> str:
    if "://" not in store:
        return store
    parts = urlsplit(store)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=place, query="", fragment=""))
