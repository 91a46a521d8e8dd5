"""``gc``: free the space of what no commit needs."""

from __future__ import annotations

from jupyter_repro.history.collect import Collected, collect, merge_small_packs
from jupyter_repro.store.repack import GRACE_US
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record


def gc(opened: OpenedProject, *, grace_seconds: float = GRACE_US / 1_000_000) -> Collected:
    """Leave behind what no commit needs, merge small packs, and delete files retired more than
    ``grace_seconds`` ago. Safe beside writers; no commit loses anything."""
    result = collect(opened.repository, int(grace_seconds * 1_000_000))
    if result.packs_retired or result.files_deleted:
        record(opened, "gc", objects=result.objects, bytes=result.bytes)
    return result


def tidy(opened: OpenedProject) -> None:
    """Merge small packs when there are too many of them; called after checkpoints, costs nothing otherwise."""
    merge_small_packs(opened.repository)
