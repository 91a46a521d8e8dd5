"""``switch``: put the directory on another branch."""

from __future__ import annotations

from dataclasses import replace

from jupyter_repro.errors import BranchHeld
from jupyter_repro.progress import OnProgress
from jupyter_repro.verbs.init import held_branches
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace import Restored
from jupyter_repro.workspace import switch as switch_workspace
from jupyter_repro.workspace.restore import finish_interrupted


def switch(opened: Opened, branch: str, *, on_progress: OnProgress | None = None) -> Restored:
    """Save the workspace on its branch, and put the newest commit of ``branch`` into it.

    Raises ``BranchNotFound``, ``BranchHeld`` when another workspace is on it, and what ``restore`` raises.
    """
    workspace = opened.workspace
    with workspace.held(on_progress):
        opened.repository.sync()
        holder = held_branches(opened.data, opened.project.id).get(branch)
        if holder is not None and holder.workspace != workspace.state.workspace:
            raise BranchHeld(
                f"Branch {branch!r} is held by the workspace at {holder.path}. Make a branch of your own with "
                f"'jupyter-repro branch NAME {branch}', or work there."
            )
        notice = finish_interrupted(workspace)
        before = workspace.state.branch
        result = switch_workspace(workspace, branch, on_progress)
    record(opened, "switch", branch, before=before)
    return replace(result, notice=f"{notice} {result.notice}".strip()) if notice else result
