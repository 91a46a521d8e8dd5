"""History: trees, commits, branches and tags - a ``Repository`` over one store.

It knows nothing of working directories: what is on the disk is the business of ``workspace``.
"""

from __future__ import annotations

from jupyter_repro.history.commits import KINDS, Commit, Environment, Session
from jupyter_repro.history.diff import TreeChange, diff_trees
from jupyter_repro.history.repository import Repository
from jupyter_repro.history.trees import EntryType, Recipe, TreeEntry, find_entry, walk

__all__ = [
    "KINDS",
    "Commit",
    "EntryType",
    "Environment",
    "Recipe",
    "Repository",
    "Session",
    "TreeChange",
    "TreeEntry",
    "diff_trees",
    "find_entry",
    "walk",
]
