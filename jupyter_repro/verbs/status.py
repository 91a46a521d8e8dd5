"""``status``: what has changed since the last checkpoint."""

from __future__ import annotations

from jupyter_repro.verbs.opened import Opened
from jupyter_repro.workspace import Status
from jupyter_repro.workspace import status as workspace_status


def status(opened: Opened, *, ignored: bool = False) -> Status:
    """Paths that a checkpoint would record; with ``ignored``, also what is left out and by which rule."""
    return workspace_status(opened.workspace, ignored=ignored)
