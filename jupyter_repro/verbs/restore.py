"""``restore``: put files back as they were in a commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from jupyter_repro.progress import OnProgress
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace import Restored
from jupyter_repro.workspace import restore as restore_workspace
from jupyter_repro.workspace.restore import finish_interrupted


def restore(
    opened: Opened, commit: str, paths: Sequence[str] = (), *, on_progress: OnProgress | None = None
) -> Restored:
    """Put the whole commit, or only ``paths`` of it, into the workspace.

    What is replaced or removed is in a commit of its own first, which ``Restored.undo`` names. Files whose content was
    purged, and those that cannot be read, are left as they are and named in the notice. Raises ``CommitNotFound``,
    ``PathNotFound``, ``CannotSave``, ``UnreadableFile`` for what would have to be replaced, or ``Purged`` for a file
    asked for by name; then nothing was changed.
    """
    workspace = opened.workspace
    with workspace.held(on_progress):
        target = opened.resolve(commit)
        notice = finish_interrupted(workspace)
        result = restore_workspace(workspace, target, [os.fsencode(path) for path in paths], on_progress)
    record(opened, "restore", target.id, paths=list(paths), safety=result.safety.id if result.safety else "")
    return replace(result, notice=f"{notice} {result.notice}".strip()) if notice else result
