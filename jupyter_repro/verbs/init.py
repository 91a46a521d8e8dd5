"""``init``: protect a directory."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import AlreadyAWorkspace, InvalidRequest, NotAWorkspace, ProjectExists
from jupyter_repro.history.revisions import check_name
from jupyter_repro.store import Store
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.verbs.opened import (
    Opened,
    OpenedProject,
    known_projects,
    open_store_backend,
    open_workspace,
)
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace import Workspace, WorkspaceState, find_root, read_marker
from jupyter_repro.workspace.projects import Project, read_project, write_project
from jupyter_repro.workspace.state import Marker, read_state, with_place, write_marker, write_state


@dataclass(frozen=True, slots=True)
class Initialized:
    """Ids of project and workspace, the branch, and the absolute path of the directory."""

    project: str
    workspace: str
    branch: str
    path: str


def init(
    directory: str | os.PathLike[str] = ".",
    *,
    project: str | None = None,
    store: str | None = None,
    moved: bool = False,
    copy: bool = False,
    configuration: Configuration | None = None,
) -> Initialized:
    """Protect ``directory``, which is made when it is missing.

    ``project`` is the name of the project, by default the directory's; a name that this data directory
    knows attaches the directory to that project, on a branch of its own. ``store`` is the URL or path of
    the store: a new one is made, and one that holds a project is attached to. ``moved`` and ``copy`` say
    what happened to a directory that carries the marker of another place. Raises ``AlreadyAWorkspace``,
    ``ProjectExists``, ``InvalidRequest`` or what the store raises.
    """
    configuration = configuration or load_configuration()
    data = configuration.data_directory
    root = Path(os.path.abspath(directory))
    if root.exists() and not root.is_dir():
        raise InvalidRequest(f"{root} is a file. Give the directory to protect.")
    if moved or copy:
        return _replaced(data, configuration, root, moved)
    _refuse_protected(data, root)
    root.mkdir(parents=True, exist_ok=True)
    opened = _project(data, configuration, _name(project, root), project is not None, store)
    with opened:
        branch = _free_branch(data, opened, "main")
        base = None
        if branch != "main":
            base = opened.repository.branches.get("main")
            if base:
                opened.repository.create_branch(branch, opened.repository.commit_at(base))
        return attach(opened, root, branch, base)


def attach(opened: OpenedProject, root: Path, branch: str, commit: str | None) -> Initialized:
    """Make ``root`` a workspace of the project on ``branch``, the same as ``commit``."""
    workspace_id = os.urandom(16).hex()
    directory = opened.data.make_workspace(workspace_id)
    state = WorkspaceState(workspace_id, opened.project.id, opened.project.store, branch, commit, str(root), 0, 0)
    Workspace.attach(root, directory, opened.repository, state, author=opened.author)
    with Opened(opened.data, opened.configuration, opened.project, root, workspace_id, author=opened.author) as made:
        record(made, "init", branch)
    return Initialized(opened.project.id, workspace_id, branch, str(root))


def held_branches(data: DataDirectory, project: str) -> dict[str, WorkspaceState]:
    """The branches of a project that workspaces of this data directory hold, and which."""
    held: dict[str, WorkspaceState] = {}
    for name in data.workspace_ids():
        state = read_state(data.workspace_directory(name))
        if state is not None and state.project == project and _alive(state):
            held[state.branch] = state
    return held


def _alive(state: WorkspaceState) -> bool:
    # A folder that is gone holds nothing: its branch may be taken by another workspace.
    marker = read_marker(Path(state.path))
    return marker is not None and marker.workspace == state.workspace


def _refuse_protected(data: DataDirectory, root: Path) -> None:
    try:
        above = find_root(root)
    except NotAWorkspace:
        return
    marker = read_marker(above)
    state = read_state(data.workspace_directory(marker.workspace)) if marker else None
    if state is None:
        if above == root:
            return  # the data directory it belonged to is gone: it is protected anew
        raise AlreadyAWorkspace(
            f"{root} lies in {above}, which carries the marker of another workspace. "
            "Protect that directory instead, or remove the folder .repro from it first."
        )
    here = os.stat(above)
    if (here.st_dev, here.st_ino) != (state.device, state.inode) and state.path != str(above):
        raise AlreadyAWorkspace(
            f"{above} carries the marker of the workspace at {state.path}. If you moved it, run 'jupyter-repro init "
            "--moved'; if it is a copy, 'jupyter-repro init --copy' gives it a branch of its own."
        )
    where = "is" if above == root else f"lies in {above}, which is"
    raise AlreadyAWorkspace(f"{root} {where} protected already. 'jupyter-repro status' shows how it stands.")


def _name(project: str | None, root: Path) -> str:
    name = project if project is not None else root.name or "workspace"
    if not name.strip() or any(ord(character) < 32 for character in name) or len(name) > 200:
        raise InvalidRequest(f"{name!r} cannot be the name of a project. Give one with --project.")
    return name.encode("utf-8", "replace").decode("utf-8").strip()


def _project(
    data: DataDirectory, configuration: Configuration, name: str, named: bool, store: str | None
) -> OpenedProject:
    known = {project.name: project for project in known_projects(data)}
    if named and name in known:
        if store is not None and store != known[name].store:
            raise ProjectExists(
                f"There is a project {name!r} already, in another store. Choose another --project name."
            )
        return OpenedProject(data, configuration, known[name])
    project_id = os.urandom(16).hex()
    place = _store_place(store) if store is not None else configuration.store_of(project_id)
    if place and (found := _existing(data, configuration, place, name if named else None)) is not None:
        return OpenedProject(data, configuration, found)
    number, unique = 2, name
    while unique in known:
        unique, number = f"{name}-{number}", number + 1
    project = Project(project_id, unique, place)
    data.make_project(project_id)
    if not place:
        data.store(project_id).mkdir(mode=0o700)
    backend = open_store_backend(data, configuration, project)
    made = Store.create(backend, data.index(project_id), project_id, unique, actor=configuration.author_name)
    made.close()
    write_project(data, project)
    return OpenedProject(data, configuration, project)


def _store_place(store: str) -> str:
    scheme, colon, _ = store.partition(":")
    if colon and "://" not in store and scheme.lower() in ("file", "s3", "gs", "az", "memory"):
        raise InvalidRequest(
            f"{store!r} is no URL of a store. Write {scheme}://..., or ./{store} for a folder of that name."
        )
    return store if "://" in store else os.path.abspath(store)


def _existing(data: DataDirectory, configuration: Configuration, place: str, name: str | None) -> Project | None:
    """The project whose store is at ``place`` already, made known to this data directory."""
    import json

    from jupyter_repro.store.project_log import MARKER

    probe = Project("probe", "", place)
    backend = open_store_backend(data, replace(configuration, cache_limit_bytes=0), probe)
    try:
        marker = json.loads(backend.get(MARKER))
    except KeyNotFound:
        return None
    finally:
        backend.close()
    project_id = str(marker["project"])
    known = read_project(data, project_id)
    if known is not None:
        return known
    data.make_project(project_id)
    project = Project(project_id, name or "", place)
    if not name:
        with OpenedProject(data, configuration, project) as opened:
            project = replace(project, name=opened.repository.sync().settings.get("name", project_id[:12]))
    write_project(data, project)
    return project


def _free_branch(data: DataDirectory, opened: OpenedProject, wanted: str) -> str:
    held = held_branches(data, opened.project.id)
    branches = opened.repository.sync().branches
    if wanted not in held and wanted not in branches:
        return wanted
    host = "".join(c if c.isalnum() or c in "-_" else "-" for c in socket.gethostname()) or "other"
    number, name = 2, f"{wanted}-{host}"
    while name in held or name in branches:
        name, number = f"{wanted}-{host}-{number}", number + 1
    return check_name(name, "branch")


def _replaced(data: DataDirectory, configuration: Configuration, root: Path, moved: bool) -> Initialized:
    marker = read_marker(root)
    state = read_state(data.workspace_directory(marker.workspace)) if marker else None
    if marker is None or state is None:
        raise NotAWorkspace(
            f"{root} carries no marker of a workspace that is known here. Run 'jupyter-repro init' alone."
        )
    if moved:
        old = Path(state.path)
        if old != root and (other := read_marker(old)) is not None and other.workspace == marker.workspace:
            raise InvalidRequest(f"{old} is still there, so {root} is a copy of it: use --copy.")
        write_state(data.workspace_directory(state.workspace), with_place(state, root))
        write_marker(root, Marker(state.project, state.workspace))
        with open_workspace(root, configuration=configuration) as opened:
            record(opened, "move", str(root), moved_from=str(old))
        return Initialized(state.project, state.workspace, state.branch, str(root))
    project = read_project(data, state.project) or Project(state.project, root.name, state.store)
    with OpenedProject(data, configuration, project) as opened_project:
        branch = _free_branch(data, opened_project, state.branch)
        if state.commit:
            opened_project.repository.create_branch(branch, opened_project.repository.commit_at(state.commit))
        return attach(opened_project, root, branch, state.commit)
