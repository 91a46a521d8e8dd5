"""``checkpoint``: keep the whole directory as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.history.commits import KINDS
from jupyter_repro.progress import OnProgress
from jupyter_repro.verbs.gc import tidy
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace import CheckpointResult
from jupyter_repro.workspace import checkpoint as make_checkpoint
from jupyter_repro.workspace.checkpoint import Wanted
from jupyter_repro.workspace.restore import finish_interrupted


def checkpoint(
    opened: Opened,
    message: str = "",
    *,
    kind: str = "checkpoint",
    allow_empty: bool = False,
    full: bool = False,
    skip_unreadable: bool = False,
    labels: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> CheckpointResult:
    """Make a commit of the workspace.

    ``allow_empty`` makes one even if nothing changed; ``full`` reads every file, whatever its times say;
    ``skip_unreadable`` keeps the last known version of files that cannot be read, instead of raising
    ``UnreadableFile``. After an error no commit was made, and every earlier one is whole.
    """
    if kind not in KINDS:
        raise InvalidRequest(f"{kind!r} is no kind of commit. The kinds are {', '.join(KINDS)}.")
    workspace = opened.workspace
    with workspace.held(on_progress):
        notice = finish_interrupted(workspace)
        all_labels = {**(labels or {}), **_refusal(opened)}
        wanted = Wanted(message, kind, allow_empty, full, skip_unreadable, tuple(all_labels.items()))
        result = make_checkpoint(workspace, wanted, on_progress)
    if result.created:
        record(opened, "checkpoint", result.commit.id, kind=kind, message=message)
    tidy(opened)
    if notice:
        result = replace(result, notice=" ".join(filter(None, (notice, result.notice))))
    return result


def _refusal(opened: Opened) -> dict[str, str]:
    """The label of a commit made in software that its project does not allow: the work is kept all the same."""
    if not opened.repository.store.head.settings.get("environments"):
        return {}
    from jupyter_repro.verbs.environments.restricting import REFUSED, refused

    label = refused(opened)
    return {REFUSED: label} if label else {}
