"""What differs between two trees, worked out from the plain model alone."""

from __future__ import annotations

import os
from collections.abc import Iterable

from jupyter_repro.verbs import Change
from jupyter_repro.workspace import Status
from tests.support.trees import File, Folder, Link, Tree, parents

Changes = set[tuple[str, str]]
"""Pairs of a path (a directory's ends with "/") and "added", "deleted", "modified", "mode" or "type"."""


def expected_changes(old: Tree, new: Tree) -> Changes:
    """What a diff should say: every file and link, and of directories those that have nothing else to tell of them."""
    found: Changes = set()
    for path in old.keys() | new.keys():
        was, now = old.get(path), new.get(path)
        shown = os.fsdecode(path)
        if isinstance(was, Folder) and isinstance(now, Folder):
            if was.mode != now.mode:
                found.add((shown + "/", "mode"))
        elif isinstance(was, Folder) or isinstance(now, Folder) or was is None or now is None:
            found |= _one_side(path, was, old, "deleted") | _one_side(path, now, new, "added")
        elif type(was) is not type(now):
            found.add((shown, "type"))
        elif isinstance(was, Link) and isinstance(now, Link):
            if was.target != now.target:
                found.add((shown, "modified"))
        elif isinstance(was, File) and isinstance(now, File):
            if was.data != now.data:
                found.add((shown, "modified"))
            elif was.mode != now.mode:
                found.add((shown, "mode"))
    return found


def _one_side(path: bytes, node: object, tree: Tree, change: str) -> Changes:
    if node is None:
        return set()
    if not isinstance(node, Folder):
        return {(os.fsdecode(path), change)}
    empty = not any(path in parents(other) for other in tree)
    return {(os.fsdecode(path) + "/", change)} if empty else set()


def diff_changes(changes: Iterable[Change]) -> Changes:
    """What a diff said, each rename taken apart again into a deletion and an addition."""
    found: Changes = set()
    for change in changes:
        if change.change == "renamed":
            assert change.old_path is not None
            found |= {(change.old_path, "deleted"), (change.path, "added")}
        else:
            found.add((change.path, change.change))
    return found


def status_changes(status: Status) -> Changes:
    """What a status said, as ``coarse`` has it."""
    found = {(path, "added") for path in status.added} | {(path, "deleted") for path in status.deleted}
    found |= {(path, "modified") for path in status.modified}
    for old, new in status.renamed:
        found |= {(old, "deleted"), (new, "added")}
    return found


def coarse(changes: Changes) -> Changes:
    """The changes as a status tells them: a mode or a type that changed is a modification."""
    return {(path, "modified" if change in ("mode", "type") else change) for path, change in changes}
