"""The variables that kernels, scripts and runs find set, so that code can know what it runs in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.errors import NotAWorkspace

if TYPE_CHECKING:
    from jupyter_repro.data_directory import DataDirectory
    from jupyter_repro.workspace import WorkspaceState

_OF_A_WORKSPACE = ("REPRO_PROJECT", "REPRO_COMMIT")


def injected_variables(
    own: Mapping[str, str],
    *,
    project: str = "",
    commit: str = "",
    environment: str = "",
    revision: int | None = None,
    run: str = "",
    exit_code: int | None = None,
) -> dict[str, str]:
    """The variables of a definition (``own``), and ours for what is known.

    REPRO_PROJECT is the project's name, REPRO_COMMIT the id of the commit that is run, REPRO_ENVIRONMENT the name of
    the environment, REPRO_REVISION its number, REPRO_RUN_ID the id of the run; REPRO_EXIT_CODE tells the script
    post-run how the work ended.
    """
    known = {
        "REPRO_PROJECT": project,
        "REPRO_COMMIT": commit,
        "REPRO_ENVIRONMENT": environment,
        "REPRO_REVISION": "" if revision is None else str(revision),
        "REPRO_RUN_ID": run,
        "REPRO_EXIT_CODE": "" if exit_code is None else str(exit_code),
    }
    return {**own, **{name: value for name, value in known.items() if value}}


def workspace_variables(data: DataDirectory, state: WorkspaceState) -> dict[str, str]:
    """Those of a workspace: REPRO_PROJECT and, as far as there is a commit, REPRO_COMMIT, the one it is at now."""
    from jupyter_repro.workspace.projects import read_project

    project = read_project(data, state.project)
    return injected_variables({}, project=project.name if project else "", commit=state.commit or "")


def for_directory(variables: Mapping[str, str], data: DataDirectory, directory: str) -> dict[str, str]:
    """``variables`` with those of the workspace that ``directory`` lies in, instead of any other's.

    A directory in no workspace changes nothing. In a folder with a marker that ``data`` does not know, or that is a
    copy of a workspace, none of them is set: they would be those of another. Raises ``ReproError`` for a state that is
    damaged, ``OSError`` for one that cannot be read.
    """
    from jupyter_repro.workspace.state import find_root, read_marker, read_state

    try:
        root = find_root(Path(directory))
    except NotAWorkspace:
        return dict(variables)
    marker = read_marker(root)
    state = read_state(data.workspace_directory(marker.workspace)) if marker is not None else None
    found = {name: value for name, value in variables.items() if name not in _OF_A_WORKSPACE}
    if marker is not None and state is not None and state.project == marker.project and _is_at(state, root):
        found |= workspace_variables(data, state)
    return found


def _is_at(state: WorkspaceState, root: Path) -> bool:
    here = os.stat(root)
    return (here.st_dev, here.st_ino) == (state.device, state.inode)
