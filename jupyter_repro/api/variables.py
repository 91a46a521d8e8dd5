"""Variables of this server's process that its kernels inherit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_repro.data_directory import DataDirectory
    from jupyter_repro.workspace import WorkspaceState


def variables_in(data: DataDirectory, state: WorkspaceState) -> dict[str, str]:
    """As ``verbs.environments.session_variables``, for a workspace that need not be opened for it."""
    from jupyter_repro.environments.injected import injected_variables
    from jupyter_repro.verbs.opened import read_project

    project = read_project(data, state.project)
    return injected_variables({}, project=project.name if project else "", commit=state.commit or "")


def set_variables(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    """Set them, or take away those that are None; returns what puts everything back."""
    before = {name: os.environ.get(name) for name in variables}
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before
