"""The working directory: what is tracked, what changed, and how a commit is put on the disk.

A ``Workspace`` is a directory attached to one branch of one project. It reads and writes files, asks
``history`` for trees and commits, and keeps its own small state in the data directory; it knows nothing
of Jupyter, of the catalogue or of the command line.
"""

from __future__ import annotations

from jupyter_repro.workspace.checkpoint import CheckpointResult, Skipped, checkpoint
from jupyter_repro.workspace.recreate import hydrate_new
from jupyter_repro.workspace.restore import Restored, restore, switch
from jupyter_repro.workspace.state import Marker, WorkspaceState, find_root, read_marker
from jupyter_repro.workspace.status import Status, status
from jupyter_repro.workspace.workspace import Workspace

__all__ = [
    "CheckpointResult",
    "Marker",
    "Restored",
    "Skipped",
    "Status",
    "Workspace",
    "WorkspaceState",
    "checkpoint",
    "find_root",
    "hydrate_new",
    "read_marker",
    "restore",
    "status",
    "switch",
]
