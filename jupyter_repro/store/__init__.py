"""The store: immutable, content-addressed objects in packs, and the project log that alone moves.

It knows bytes, ids and names of branches, and nothing else: what a tree or a commit means is the
business of ``history``. Nothing here ever overwrites a key, and nothing is named before it is durable.
"""

from __future__ import annotations

from jupyter_repro.store.batch import Batch
from jupyter_repro.store.log import BranchMove, Changes, Head, Purge, Record, TagMove
from jupyter_repro.store.objects import Kind, object_id
from jupyter_repro.store.store import Store

__all__ = [
    "Batch",
    "BranchMove",
    "Changes",
    "Head",
    "Kind",
    "Purge",
    "Record",
    "Store",
    "TagMove",
    "object_id",
]
