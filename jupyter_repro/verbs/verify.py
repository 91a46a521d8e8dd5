"""``verify``: read everything, and name what is damaged."""

from __future__ import annotations

from jupyter_repro.history.verify import Verified
from jupyter_repro.history.verify import verify as verify_repository
from jupyter_repro.progress import OnProgress
from jupyter_repro.verbs.opened import OpenedProject


def verify(opened: OpenedProject, *, on_progress: OnProgress | None = None) -> Verified:
    """Read every record, pack and object of the project, check each against its name, and tell which
    files and commits any damage touches. The next checkpoint stores again what it can still read."""
    return verify_repository(opened.repository, on_progress)
