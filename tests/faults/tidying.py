"""Collecting and merging everything there is, at once."""

from __future__ import annotations

from jupyter_repro.history import collect
from jupyter_repro.store.repack import delete_retired
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.gc import gc


def collect_everything(ws: Opened) -> None:
    """Collect what nothing refers to, with no grace for readers."""
    gc(ws, grace_seconds=0)


def merge_everything(ws: Opened) -> None:
    """Merge packs, however few they are."""
    before = collect.MOST_IN_TIER
    collect.MOST_IN_TIER = 0
    try:
        collect.merge_small_packs(ws.repository)
        delete_retired(ws.repository.store, 0)
    finally:
        collect.MOST_IN_TIER = before
