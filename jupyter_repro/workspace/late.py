"""Saving an edit that reached a file while it was being replaced."""

from __future__ import annotations

import os

from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredSession
from jupyter_repro.history.trees import EntryType, TreeEntry, edit_tree
from jupyter_repro.store import Kind
from jupyter_repro.store.project_log import now
from jupyter_repro.workspace.checkpoint import count_changes, trees_of
from jupyter_repro.workspace.content import StoreSink
from jupyter_repro.workspace.workspace import Workspace


def save_late(workspace: Workspace, path: bytes, fd: int) -> None:
    """Make a commit of the workspace's base with the content of ``fd`` at ``path``.

    ``fd`` is the replaced file, which has lost its name; without this commit its last edit would be gone.
    """
    repository = workspace.repository
    base = workspace.base
    assert base is not None
    os.lseek(fd, 0, os.SEEK_SET)
    with os.fdopen(os.dup(fd), "rb") as file:
        data = file.read()
    with repository.store.batch() as batch:
        get_tree = trees_of(repository, batch)
        name = path.rpartition(b"/")[2]
        mode = os.fstat(fd).st_mode & 0o777
        entry = TreeEntry(name, EntryType.FILE, mode, len(data), StoreSink(batch).small(data))
        old = bytes.fromhex(base.tree)
        tree = edit_tree(get_tree, lambda encoded: batch.put(Kind.TREE, encoded), old, [(path, entry)])
        added, modified, deleted = count_changes(get_tree, old, tree)
        session = workspace.session()
        stored = StoredCommit(
            format=FORMAT,
            tree=tree,
            parents=[bytes.fromhex(base.id)],
            branch=workspace.state.branch,
            author=workspace.author,
            time=max(now(), base.time + 1),
            message=f"Saved while it was being replaced: {os.fsdecode(name)}",
            kind="auto",
            session=StoredSession(session.id, session.start, session.host, session.user),
            workspace=workspace.state.workspace,
            added=added,
            modified=modified,
            deleted=deleted,
        )
        expected = repository.store.head.branches.get(workspace.state.branch)
        commit = repository.add_commit(batch, stored, workspace.state.branch, expected)
    workspace.set_state(commit=commit.id)
