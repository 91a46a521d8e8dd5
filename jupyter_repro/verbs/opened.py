"""Opening a project or a workspace: everything a verb works on, closed again at the end."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import AmbiguousProject, NotAWorkspace, ProjectNotFound, StoreNotFound
from jupyter_repro.history import Commit, Repository, Session
from jupyter_repro.store import Store
from jupyter_repro.store.backends import Backend, open_backend
from jupyter_repro.workspace import Workspace, find_root, read_marker
from jupyter_repro.workspace.projects import Project, read_project
from jupyter_repro.workspace.state import read_state
from jupyter_repro.workspace.workspace import Described

REMOTE = ("s3://", "gs://", "az://")


class OpenedProject:
    """The history of a project, without a directory. A context manager.

    ``repository`` is the history, ``project`` what it is called, ``data`` the data directory.
    """

    def __init__(self, data: DataDirectory, configuration: Configuration, project: Project) -> None:
        self.data = data
        self.configuration = configuration
        self.project = project
        backend = open_store_backend(data, configuration, project)
        index = data.index(project.id)
        store = Store(backend, index, actor=configuration.author_name)
        self.repository = Repository(store, index.with_name("history.sqlite"))

    @property
    def author(self) -> str:
        """Who acts."""
        return self.configuration.author_name

    @property
    def branch(self) -> str:
        """The branch that ``@`` stands for."""
        branches = self.repository.branches
        return "main" if "main" in branches or not branches else next(iter(branches))

    def resolve(self, name: str) -> Commit:
        """The commit that a revision name means here."""
        return self.repository.resolve(name, branch=self.branch)

    def close(self) -> None:
        """Close the files of the project."""
        self.repository.close()

    def __enter__(self) -> OpenedProject:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Opened(OpenedProject):
    """A workspace with its project. A context manager."""

    def __init__(
        self,
        data: DataDirectory,
        configuration: Configuration,
        project: Project,
        root: Path,
        workspace_id: str,
        *,
        session: Session | None = None,
        author: str | None = None,
    ) -> None:
        super().__init__(data, configuration, project)
        self._author = author or configuration.author_name
        self.repository.store.actor = self._author
        try:
            self.workspace = Workspace(
                root,
                data.workspace_directory(workspace_id),
                self.repository,
                author=self._author,
                session=session,
                use_gitignore=configuration.use_gitignore,
            )
        except BaseException:
            self.close()
            raise
        self._server = session is not None
        self.workspace.describe = self._describe

    def _describe(self) -> Described | None:
        from jupyter_repro.verbs.describing import describe

        return describe(self, server=self._server)

    @property
    def author(self) -> str:
        """Who acts."""
        return self._author

    @property
    def branch(self) -> str:
        """The branch that the workspace is attached to."""
        return self.workspace.state.branch

    def resolve(self, name: str) -> Commit:
        """The commit that a revision name means in this workspace."""
        return self.workspace.resolve(name)

    def __enter__(self) -> Opened:
        return self


def open_workspace(
    directory: str | os.PathLike[str] = ".",
    *,
    session: Session | None = None,
    author: str | None = None,
    configuration: Configuration | None = None,
) -> Opened:
    """Open the workspace at or above ``directory``.

    ``session`` is that of a server; without one, commits belong to a session of the day. ``author`` is
    who commits, by default the configured author. Raises ``NotAWorkspace`` or ``WorkspaceMoved``.
    """
    root = find_root(Path(directory))
    marker = read_marker(root)
    configuration = configuration or load_configuration()
    data = configuration.data_directory
    state = read_state(data.workspace_directory(marker.workspace)) if marker else None
    if marker is None or state is None or state.project != marker.project:
        raise NotAWorkspace(
            f"{root} carries the marker of a workspace that the data directory {data.root} does not know. "
            "Run 'jupyter-repro init' there to protect it anew, or set JUPYTER_DATA_DIR to where its history is."
        )
    project = read_project(data, state.project) or Project(state.project, root.name, state.store)
    return Opened(data, configuration, project, root, marker.workspace, session=session, author=author)


def open_project(name_or_id: str, *, configuration: Configuration | None = None) -> OpenedProject:
    """Open a project by name, id, or a prefix of 4 or more digits of its id.

    Raises ``ProjectNotFound`` or ``AmbiguousProject``.
    """
    configuration = configuration or load_configuration()
    data = configuration.data_directory
    known = known_projects(data)
    exact = [project for project in known if name_or_id in (project.id, project.name)]
    found = exact or [project for project in known if len(name_or_id) >= 4 and project.id.startswith(name_or_id)]
    if not found:
        raise ProjectNotFound(f"There is no project {name_or_id!r} here. 'jupyter-repro projects' lists them.")
    if len(found) > 1:
        raise AmbiguousProject(f"More than one project is meant by {name_or_id!r}: give more digits of its id.")
    return OpenedProject(data, configuration, found[0])


def known_projects(data: DataDirectory) -> list[Project]:
    """The projects of this data directory, by name."""
    found = [project for name in data.project_ids() if (project := read_project(data, name)) is not None]
    return sorted(found, key=lambda project: (project.name, project.id))


def open_store_backend(data: DataDirectory, configuration: Configuration, project: Project) -> Backend:
    """The place where the project's bytes lie; a remote one with retries and a bounded local cache."""
    if not project.store:
        place = data.store(project.id)
        if not place.is_dir():
            raise StoreNotFound(
                f"The store of project {project.name!r} is gone from {place}. Put the directory back from a backup."
            )
        return open_backend(place)
    if project.store.startswith(REMOTE) and configuration.cache_limit_bytes:
        return open_backend(project.store, cache=data.cache(project.id), cache_bytes=configuration.cache_limit_bytes)
    return open_backend(project.store)
