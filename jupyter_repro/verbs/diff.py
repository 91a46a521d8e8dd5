"""``diff``: compare two commits, or one with the directory."""

from __future__ import annotations

import os
from collections.abc import Sequence

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.history import EntryType, TreeEntry, diff_trees
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.changes import Change, as_changes
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.workspace.status import working_changes
from jupyter_repro.workspace.workspace import ScanOptions

TEXT_LIMIT = 8 * 1024 * 1024
"""Files larger than this (bytes) are compared by hash alone."""


def diff(opened: OpenedProject, a: str = "@", b: str | None = None, paths: Sequence[str] = ()) -> list[Change]:
    """What differs from commit ``a`` to commit ``b`` (None: to the working directory), sorted by path.

    ``paths`` leaves what is at or below them. Raises ``CommitNotFound``; ``InvalidRequest`` when there is
    no working directory.
    """
    below = [b"/".join(split_path(os.fsencode(path))) for path in paths]
    before = opened.resolve(a)
    if b is not None:
        after = opened.resolve(b)
        changes = list(diff_trees(opened.repository.get_tree, bytes.fromhex(before.tree), bytes.fromhex(after.tree)))
    elif isinstance(opened, Opened):
        changes, _ = working_changes(opened.workspace, bytes.fromhex(before.tree), ScanOptions(skip_unreadable=True))
    else:
        raise InvalidRequest("There is no working directory to compare with. Name two commits.")
    return as_changes(opened.repository, changes, below, stored=b is not None)


def text_diff(opened: OpenedProject, change: Change, *, working: bool = False) -> str | None:
    """The unified diff of one change; None when a side is no text or too large.

    ``working`` says that the new side is the file in the working directory.
    """
    from jupyter_repro.history.textdiff import unified_diff

    old = _content(opened, change.old, None)
    new = _content(opened, change.new, change.path if working else None)
    if (old is None and change.old is not None) or (new is None and change.new is not None):
        return None
    return unified_diff(old, new, change.old_path or change.path, change.path)


def _content(opened: OpenedProject, entry: TreeEntry | None, working: str | None) -> bytes | None:
    if entry is None:
        return None
    if entry.type == EntryType.SYMLINK:
        return entry.content
    if entry.type == EntryType.DIRECTORY or entry.size > TEXT_LIMIT:
        return None
    if working is not None and isinstance(opened, Opened):
        try:
            with open(os.path.join(opened.workspace.root, working), "rb") as file:
                return file.read(TEXT_LIMIT + 1)
        except OSError:
            return None
    return b"".join(opened.repository.read(entry))
