"""``thin``: free the content of automatic checkpoints, by an explicit rule."""

from __future__ import annotations

from jupyter_repro.history.thin import Retention, Thinned
from jupyter_repro.history.thin import thin as thin_repository
from jupyter_repro.verbs.init import held_branches
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record


def thin(
    opened: OpenedProject,
    rule: Retention | None = None,
    *,
    dry_run: bool = False,
    grace_seconds: float | None = None,
) -> Thinned:
    """Free the content of automatic checkpoints that ``rule`` no longer keeps; their records stay.

    By default all of a day are kept, the last of each hour for a week, the last of each day after. Named,
    tagged and newest commits, and those that a workspace is at, are always kept. ``dry_run`` changes
    nothing. Deleted files go after a grace of ``grace_seconds``, by default a day.
    """
    held = held_branches(opened.data, opened.project.id).values()
    kept = {state.commit for state in held if state.commit}
    grace = None if grace_seconds is None else int(grace_seconds * 1_000_000)
    result = thin_repository(opened.repository, rule or Retention(), kept, dry_run=dry_run, grace=grace)
    if result.commits and not dry_run:
        record(opened, "thin", commits=list(result.commits[:1000]), count=len(result.commits), bytes=result.bytes)
    return result
