"""The data directory: where everything that must outlive a workspace is kept.

It is ``<jupyter data dir>/repro`` unless configured, and looks like this:

    catalog.sqlite                 what a person lists and searches; rebuilt from the rest when lost
    catalog.outbox                 what the catalogue has not taken in yet
    catalog.lock                   held while the catalogue is made or takes in the outbox
    catalog.damaged                there when catalog.sqlite was found damaged, until it is made again
    projects/<project id>/         project.json, store/ (unless the store is elsewhere), index.sqlite, cache/
    environments/                  definitions, locks and what was installed from them; see environments.places
    workspaces/<workspace id>/     state.json, lock, stat.sqlite, journal

This module knows the names and nothing of what is in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_repro.errors import HostilePath, InvalidConfiguration

# Ids come out of marker files that anyone may have written: nothing that climbs, hides or is an option.
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The data directory at ``root``, an absolute path that need not exist yet.

    ``catalog_url`` is the database of its catalogue, when that is not the file in it.

    Nothing is made by asking for a path. What a writer needs it makes with ``make``, ``make_project`` or
    ``make_workspace``, for the user alone (mode 0700).
    """

    root: Path
    # It may hold a password, which no traceback or log should show.
    catalog_url: str = field(default="", repr=False)

    @classmethod
    def resolve(cls, configured: str | os.PathLike[str] = "", catalog_url: str = "") -> DataDirectory:
        """The data directory in use.

        ``configured`` is the setting ``data_dir``, which may begin with ``~``; when empty, the place is
        ``repro`` in Jupyter's data directory, which the environment variable JUPYTER_DATA_DIR moves.
        ``catalog_url`` is the setting of that name.
        """
        place = os.fspath(configured)
        if not place:
            from jupyter_core.paths import jupyter_data_dir

            place = os.path.join(jupyter_data_dir(), "repro")
        return cls(Path(os.path.abspath(os.path.expanduser(place))), catalog_url)

    @property
    def catalog(self) -> Path:
        """The catalogue's SQLite file."""
        return self.root / "catalog.sqlite"

    @property
    def catalog_lock(self) -> Path:
        """Locked while the catalogue is made or takes in the outbox."""
        return self.root / "catalog.lock"

    @property
    def catalog_outbox(self) -> Path:
        """What the catalogue has not taken in yet."""
        return self.root / "catalog.outbox"

    @property
    def catalog_damaged(self) -> Path:
        """There when the catalogue was found damaged, until it is made again."""
        return self.root / "catalog.damaged"

    @property
    def projects(self) -> Path:
        """The folder with one folder a project."""
        return self.root / "projects"

    @property
    def workspaces(self) -> Path:
        """The folder with one folder a workspace."""
        return self.root / "workspaces"

    def project_directory(self, project: str) -> Path:
        """Everything of one project on this machine. Raises HostilePath for what is no id."""
        return self.projects / _checked(project, "project")

    def project_file(self, project: str) -> Path:
        """The project's id, name and store, as JSON."""
        return self.project_directory(project) / "project.json"

    def store(self, project: str) -> Path:
        """Where the project's store is, unless it was given another place."""
        return self.project_directory(project) / "store"

    def index(self, project: str) -> Path:
        """The store's index on this machine, a SQLite file."""
        return self.project_directory(project) / "index.sqlite"

    def cache(self, project: str) -> Path:
        """Packs of a remote store that were read here before."""
        return self.project_directory(project) / "cache"

    def workspace_directory(self, workspace: str) -> Path:
        """Everything of one workspace but its files. Raises HostilePath for what is no id."""
        return self.workspaces / _checked(workspace, "workspace")

    def workspace_state(self, workspace: str) -> Path:
        """The truth about the workspace: path, device, inode, project, branch and base commit, as JSON."""
        return self.workspace_directory(workspace) / "state.json"

    def workspace_lock(self, workspace: str) -> Path:
        """Locked by the one process that works in the workspace."""
        return self.workspace_directory(workspace) / "lock"

    def stat_cache(self, workspace: str) -> Path:
        """What the last scan saw of each file, a SQLite file."""
        return self.workspace_directory(workspace) / "stat.sqlite"

    def journal(self, workspace: str) -> Path:
        """The plan of a restore under way, for whoever must finish or undo it."""
        return self.workspace_directory(workspace) / "journal"

    def project_ids(self) -> Iterator[str]:
        """The ids of the projects that have a folder here, sorted."""
        return _ids(self.projects)

    def workspace_ids(self) -> Iterator[str]:
        """The ids of the workspaces that have a folder here, sorted."""
        return _ids(self.workspaces)

    def make(self) -> Path:
        """Make the data directory itself, and return it. Raises InvalidConfiguration when that cannot be."""
        return self._made(self.root)

    def make_project(self, project: str) -> Path:
        """Make ``project_directory(project)`` and what it lies in, and return it."""
        return self._made(self.project_directory(project))

    def make_workspace(self, workspace: str) -> Path:
        """Make ``workspace_directory(workspace)`` and what it lies in, and return it."""
        return self._made(self.workspace_directory(workspace))

    def _made(self, path: Path) -> Path:
        levels = [self.root.joinpath(*path.relative_to(self.root).parts[:depth]) for depth in range(3)]
        try:
            # What lies above belongs to Jupyter or to the user and gets the usual mode.
            self.root.parent.mkdir(parents=True, exist_ok=True)
            for level in levels:
                level.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise InvalidConfiguration(
                f"The data directory {self.root} cannot be made or written ({error.strerror}): make it writable, or "
                "choose another with the environment variable JUPYTER_DATA_DIR or the setting Repro.data_dir."
            ) from error
        return path


def _checked(name: str, noun: str) -> str:
    if _ID.fullmatch(name) is None:
        raise HostilePath(
            f"{name!r} is no {noun} id, which is letters and digits only: "
            "remove the file that says so, jupyter-repro did not write it."
        )
    return name


def _ids(folder: Path) -> Iterator[str]:
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if _ID.fullmatch(name) is not None and (folder / name).is_dir():
            yield name
