"""What the data directory knows of a project before its history is opened: id, name and store."""

from __future__ import annotations

import json
from dataclasses import dataclass

from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.workspace.state import write_json


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its id, its name, and the URL or path of its store."""

    id: str
    name: str
    store: str


def read_project(data: DataDirectory, project: str) -> Project | None:
    """What the data directory says of a project; None when it does not know it."""
    try:
        value = json.loads(data.project_file(project).read_text("utf-8"))
        return Project(str(value["id"]), str(value["name"]), str(value["store"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write_project(data: DataDirectory, project: Project) -> None:
    """Keep what is to be known of a project."""
    data.make_project(project.id)
    write_json(data.project_file(project.id), {"id": project.id, "name": project.name, "store": project.store})
