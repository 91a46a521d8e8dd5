"""``gc``: free the space of what no commit needs."""

from __future__ import annotations

import contextlib
import shutil
import time

from jupyter_repro.history.collect import Collected, collect, merge_small_packs
from jupyter_repro.store.repack import GRACE_US
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record

_ABANDONED_SECONDS = 24 * 3600.0
"""No recreate takes so long."""


def gc(opened: OpenedProject, *, grace_seconds: float = GRACE_US / 1_000_000) -> Collected:
    """Leave behind what no commit needs, merge small packs, and delete files retired more than
    ``grace_seconds`` ago. Safe beside writers; no commit loses anything."""
    result = collect(opened.repository, int(grace_seconds * 1_000_000))
    _sweep(opened)
    if result.packs_retired or result.files_deleted:
        record(opened, "gc", objects=result.objects, bytes=result.bytes)
    return result


def _sweep(opened: OpenedProject) -> None:
    """Remove what a killed ``recreate`` left in the data directory."""
    from jupyter_repro.verbs.recreate import PARTS  # every checkpoint imports this module, and should not that one

    for left in opened.data.root.glob(f"{PARTS}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left)


def tidy(opened: OpenedProject) -> None:
    """Merge small packs when there are too many of them; called after checkpoints, costs nothing otherwise."""
    merge_small_packs(opened.repository)
