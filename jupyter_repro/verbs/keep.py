"""``keep``: one file of the workspace, committed alone, and the versions of it that there are."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from itertools import islice

from jupyter_repro.errors import BranchMoved, PathNotFound, UnreadableFile
from jupyter_repro.history import Commit, EntryType, TreeEntry, find_entry
from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredEnvironment, StoredSession
from jupyter_repro.history.trees import EMPTY_TREE, edit_tree, split_path
from jupyter_repro.store import Kind
from jupyter_repro.store.project_log import ObjectsGone, now
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace.checkpoint import adopt_own_commits, count_changes, trees_of
from jupyter_repro.workspace.content import StoreSink, read_entry
from jupyter_repro.workspace.restore import finish_interrupted

_TRIES = 8
_LOOKED_AT = 200
"""Commits of a path that are looked at to find some that this workspace can use."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The commit that holds the file as it is, and whether it had to be made."""

    commit: Commit
    created: bool


def keep(opened: Opened, path: str, message: str = "", *, kind: str = "auto") -> Kept:
    """Make a commit of the newest one with only ``path`` changed to what it is in the workspace.

    Nothing else of the directory is read. When the newest version has the same bytes already, that one is
    returned. Raises ``PathNotFound``, ``UnreadableFile`` or ``HostilePath``.
    """
    raw = b"/".join(split_path(os.fsencode(path)))
    with opened.workspace.held():
        finish_interrupted(opened.workspace)
        for _ in range(_TRIES):
            try:
                kept = _attempt(opened, raw, message, kind)
                break
            except (ObjectsGone, BranchMoved):
                continue
        else:
            raise BranchMoved(f"Branch {opened.branch!r} keeps moving. Try again when the other writers are done.")
    if kept.created:
        record(opened, "checkpoint", kept.commit.id, kind=kind, message=message, path=path)
    return kept


def _attempt(opened: Opened, path: bytes, message: str, kind: str) -> Kept:
    workspace, repository = opened.workspace, opened.repository
    repository.sync()
    adopt_own_commits(workspace)
    base = workspace.base
    branch = workspace.state.branch
    with repository.store.batch() as batch:
        get_tree = trees_of(repository, batch)
        old = bytes.fromhex(base.tree) if base else batch.put(Kind.TREE, EMPTY_TREE)
        entry = _read(opened, path, StoreSink(batch))
        before = find_entry(get_tree, old, path)
        if base is not None and before is not None and _same(before, entry):
            return Kept(base, False)
        tree = edit_tree(get_tree, lambda data: batch.put(Kind.TREE, data), old, [(path, entry)])
        added, modified, deleted = count_changes(get_tree, old, tree)
        session = workspace.session()
        stored = StoredCommit(
            format=FORMAT,
            tree=tree,
            parents=[bytes.fromhex(base.id)] if base else [],
            branch=branch,
            author=workspace.author,
            time=max(now(), base.time + 1 if base else 0),
            message=message,
            kind=kind,
            session=StoredSession(session.id, session.start, session.host, session.user),
            workspace=workspace.state.workspace,
            added=added,
            modified=modified,
            deleted=deleted,
            environment=_software_of(base),
        )
        commit = repository.add_commit(batch, stored, branch, bytes.fromhex(base.id) if base else None)
    workspace.set_state(commit=commit.id)
    return Kept(commit, True)


def _software_of(base: Commit | None) -> StoredEnvironment:
    """What ``base`` says is installed: nobody looked again for the sake of one saved file."""
    if base is None:
        return StoredEnvironment()
    said = base.environment
    return StoredEnvironment(
        definition=bytes.fromhex(said.definition),
        lock=bytes.fromhex(said.lock),
        software=bytes.fromhex(said.software),
        host=bytes.fromhex(said.host),
        label=said.label,
    )


def _read(opened: Opened, path: bytes, sink: StoreSink) -> TreeEntry:
    full = os.path.join(os.fsencode(opened.workspace.root), path)
    name = path.rpartition(b"/")[2]
    try:
        if not stat.S_ISREG(os.lstat(full).st_mode):
            raise PathNotFound(f"{os.fsdecode(path)!r} is no regular file in the workspace.")
        return read_entry(full, name, sink)[0]
    except FileNotFoundError as error:
        raise PathNotFound(f"There is no {os.fsdecode(path)!r} in the workspace.") from error
    except OSError as error:
        raise UnreadableFile(f"{os.fsdecode(path)!r} cannot be read ({error.strerror}).") from error


def _same(before: TreeEntry, after: TreeEntry) -> bool:
    return (before.type, before.mode, before.content) == (after.type, after.mode, after.content)


def is_ignored(opened: Opened, path: str) -> bool:
    """Whether the rules leave ``path`` out of checkpoints."""
    raw = b"/".join(split_path(os.fsencode(path)))
    return opened.workspace.rules().ignored(raw, False) is not None


def versions(opened: Opened, path: str, limit: int) -> list[Commit]:
    """The newest commits that changed ``path`` and hold it as a file, at most ``limit``, newest first.

    Those of this branch or workspace; when there are none, those that the project has.
    """
    repository = opened.repository
    head = repository.sync()
    raw = b"/".join(split_path(os.fsencode(path)))
    state = opened.workspace.state
    changed = _newest(opened, repository.changing(raw), _LOOKED_AT)
    own = [each for each in changed if each.branch == state.branch or each.workspace == state.workspace]
    found: list[Commit] = []
    for commit in own or changed:
        if len(found) == limit:
            break
        if bytes.fromhex(commit.id) in head.thinned:
            continue
        entry = find_entry(repository.get_tree, bytes.fromhex(commit.tree), raw)
        if entry is not None and entry.type == EntryType.FILE:
            found.append(commit)
    return found


def _newest(opened: Opened, names: set[str], most: int) -> list[Commit]:
    """The newest of these commits, newest first, without reading more of them than it takes."""
    repository = opened.repository
    if len(names) <= most:
        found = [repository.commit_at(name) for name in names]
        return sorted(found, key=lambda commit: commit.time, reverse=True)
    ordered = (name for each in repository.index.newest_first() if (name := each.hex()) in names)
    return [repository.commit_at(name) for name in islice(ordered, most)]
