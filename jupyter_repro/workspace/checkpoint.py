"""Checkpoint: the folder as it is now becomes a commit of its branch."""

from __future__ import annotations

import os
import re
import socket
import stat as stat_module
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_repro.errors import BlobCorrupt, BlobMissing, BranchMoved, CannotSave, CommitNotFound, Purged
from jupyter_repro.history import Commit, Repository, TreeEntry, diff_trees
from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredEnvironment, StoredSession
from jupyter_repro.history.trees import EntryType, GetTree, decode_tree, edit_tree
from jupyter_repro.progress import OnProgress
from jupyter_repro.store import Batch, Changes, Kind, object_id
from jupyter_repro.store.project_log import ObjectsGone, now
from jupyter_repro.workspace.content import StoreSink, read_entry
from jupyter_repro.workspace.gitstate import git_labels
from jupyter_repro.workspace.scan import Scan
from jupyter_repro.workspace.workspace import Described, ScanOptions, Workspace

_TRIES = 8
FULL_EVERY_US = 7 * 24 * 3600 * 1_000_000
"""An automatic checkpoint reads everything when the last full reading is longer ago than this."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that a checkpoint left out or kept as it was, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckpointResult:
    """What a checkpoint did. ``created`` is False, and ``commit`` the current one, when nothing had
    changed; the counts are of files and links; ``notice`` is a sentence the user should see, or empty."""

    commit: Commit
    created: bool
    added: int
    modified: int
    deleted: int
    skipped: tuple[Skipped, ...]
    branch: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a checkpoint is to be: see ``verbs.checkpoint``; ``forced`` are paths to save whatever the
    ignore rules say."""

    message: str = ""
    kind: str = "checkpoint"
    allow_empty: bool = False
    full: bool = False
    skip_unreadable: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    forced: tuple[bytes, ...] = ()


def checkpoint(workspace: Workspace, wanted: Wanted, on_progress: OnProgress | None = None) -> CheckpointResult:
    """Make a checkpoint; see ``Wanted`` for what can be asked.

    The caller holds the workspace. Raises ``UnreadableFile``, ``PurgedContent``, ``CannotSave`` and
    whatever the store raises; then no commit was made and every earlier one is whole.
    """
    for _ in range(_TRIES):
        try:
            return _attempt(workspace, wanted, on_progress)
        except (ObjectsGone, BranchMoved):
            continue  # the store moved under this checkpoint: it is built again on what is there now
    raise BranchMoved(f"Branch {workspace.state.branch!r} keeps moving. Try again when the other writers are done.")


def _attempt(workspace: Workspace, wanted: Wanted, on_progress: OnProgress | None) -> CheckpointResult:
    repository = workspace.repository
    repository.sync()
    adopt_own_commits(workspace)
    base = workspace.base
    full = wanted.full or (wanted.kind == "auto" and now() - workspace.state.last_full > FULL_EVERY_US)
    options = ScanOptions(full=full, skip_unreadable=wanted.skip_unreadable)
    cache = workspace.stat_cache()
    try:
        with repository.store.batch() as batch:
            scan = workspace.scan(StoreSink(batch), cache, options, on_progress)
            get_tree = trees_of(repository, batch)
            tree = _forced(workspace, batch, get_tree, scan.tree, wanted.forced)
            skipped = tuple(Skipped(os.fsdecode(path), reason) for path, reason in scan.skipped)
            described = workspace.describe() if workspace.describe is not None else None
            same = base is not None and tree.hex() == base.tree and not _other_software(base, described)
            if base is not None and same and not wanted.allow_empty:
                if batch.written:  # content that the store had lost is there again
                    repository.store.publish(lambda head: Changes(), batch)
                cache.store(scan.changed, scan.seen)
                _note_full(workspace, full)
                return CheckpointResult(base, False, 0, 0, 0, skipped, workspace.state.branch)
            branch, expected, notice = _branch(workspace)
            environment = _environment(batch, described)
            stored = _stored(workspace, wanted, tree, base, scan, get_tree, branch, environment)
            commit = repository.add_commit(batch, stored, branch, expected)
        workspace.set_state(branch=branch, commit=commit.id)
        cache.store(scan.changed, scan.seen)
        _note_full(workspace, full)
    finally:
        cache.close()
    return CheckpointResult(commit, True, commit.added, commit.modified, commit.deleted, skipped, branch, notice)


def _note_full(workspace: Workspace, full: bool) -> None:
    if full or not workspace.state.last_full:
        workspace.set_state(last_full=now())


def _stored(
    workspace: Workspace,
    wanted: Wanted,
    tree: bytes,
    base: Commit | None,
    scan: Scan,
    get_tree: GetTree,
    branch: str,
    environment: StoredEnvironment,
) -> StoredCommit:
    if base is None and not wanted.forced:
        added, modified, deleted = scan.files, 0, 0
    else:
        try:
            added, modified, deleted = count_changes(get_tree, bytes.fromhex(base.tree) if base else None, tree)
        except (BlobCorrupt, BlobMissing, Purged):
            added, modified, deleted = scan.files, 0, 0  # what it was before cannot be read any more
    session = workspace.session()
    return StoredCommit(
        format=FORMAT,
        tree=tree,
        parents=[bytes.fromhex(workspace.state.commit)] if workspace.state.commit else [],
        branch=branch,
        author=workspace.author,
        time=max(now(), base.time + 1 if base else 0),
        message=wanted.message,
        kind=wanted.kind,
        session=StoredSession(session.id, session.start, session.host, session.user),
        workspace=workspace.state.workspace,
        added=added,
        modified=modified,
        deleted=deleted,
        labels={**git_labels(workspace.root, scan.repositories), **dict(wanted.labels)},
        notes=scan.notes + scan.skipped,
        environment=environment,
    )


def _other_software(base: Commit, described: Described | None) -> bool:
    """Whether the software has changed since ``base``; not when it is unknown on either side."""
    if described is None or not described.software or not base.environment.software:
        return False
    return object_id(described.software).hex() != base.environment.software


def _environment(batch: Batch, described: Described | None) -> StoredEnvironment:
    """Keep the texts that describe the environment, and say where they are."""
    if described is None:
        return StoredEnvironment()

    def keep(text: bytes) -> bytes:
        return batch.put(Kind.NOTE, text) if text else b""

    return StoredEnvironment(
        keep(described.definition),
        keep(described.lock),
        keep(described.software),
        keep(described.host()),
        described.label,
    )


def count_changes(get_tree: GetTree, old: bytes | None, new: bytes) -> tuple[int, int, int]:
    """How many files and links were added, modified (also in mode or type) and deleted."""
    counts = {"added": 0, "deleted": 0, "modified": 0, "mode": 0, "type": 0}
    for change in diff_trees(get_tree, old, new):
        if not change.is_directory:
            counts[change.change] += 1
    return counts["added"], counts["modified"] + counts["mode"] + counts["type"], counts["deleted"]


def trees_of(repository: Repository, batch: Batch) -> GetTree:
    """Reads trees of the store, and those of ``batch`` that are not there yet."""

    def get_tree(name: bytes) -> list[TreeEntry]:
        fresh = batch.structure.get(name + bytes((Kind.TREE,)))
        return decode_tree(bytes(fresh)) if fresh is not None else repository.get_tree(name)

    return get_tree


# -- which branch --------------------------------------------------------------------------------


def adopt_own_commits(workspace: Workspace) -> None:
    """Move the state on to the branch's tip when every commit since is this workspace's own: a process
    that was killed after its commit was recorded had no time to say so."""
    tip = workspace.repository.branches.get(workspace.state.branch)
    if tip is None or tip == workspace.state.commit:
        return
    try:
        for commit in workspace.repository.first_parents(workspace.repository.commit_at(tip)):
            if commit.id == workspace.state.commit:
                workspace.set_state(commit=tip)
                return
            if commit.workspace != workspace.state.workspace:
                return
    except (BlobCorrupt, CommitNotFound):
        return  # the branch goes through a commit that was lost
    if workspace.state.commit is None:
        workspace.set_state(commit=tip)


def _branch(workspace: Workspace) -> tuple[str, bytes | None, str]:
    """The branch to commit to, the id it must be at, and a notice when it is another than before."""
    branches = workspace.repository.store.head.branches
    mine = bytes.fromhex(workspace.state.commit) if workspace.state.commit else None
    name = workspace.state.branch
    tip = branches.get(name)
    if tip == mine or tip is None:
        return name, tip, ""
    host = re.sub(r"[^A-Za-z0-9_-]+", "-", socket.gethostname()).strip("-") or "other"
    apart, number = f"{name}-{host}", 2
    while apart in branches:
        apart, number = f"{name}-{host}-{number}", number + 1
    notice = (
        f"Branch {name!r} was moved from another machine, so this checkpoint went to the new branch {apart!r}; "
        "nothing was merged. 'jupyter-repro diff' compares the two."
    )
    return apart, None, notice


# -- paths saved whatever the rules say ----------------------------------------------------------


def _forced(workspace: Workspace, batch: Batch, get_tree: GetTree, tree: bytes, paths: Iterable[bytes]) -> bytes:
    edits = [(path, entry) for top in paths for path, entry in _read_all(workspace, batch, top)]
    if not edits:
        return tree
    return edit_tree(get_tree, lambda data: batch.put(Kind.TREE, data), tree, edits)


def _read_all(workspace: Workspace, batch: Batch, path: bytes) -> list[tuple[bytes, TreeEntry]]:
    full = os.path.join(os.fsencode(workspace.root), path)
    name = os.path.basename(path)
    try:
        st = os.lstat(full)
        if stat_module.S_ISLNK(st.st_mode):
            target = os.readlink(full)
            return [(path, TreeEntry(name, EntryType.SYMLINK, 0o777, len(target), target))]
        if stat_module.S_ISREG(st.st_mode):
            return [(path, read_entry(full, name, StoreSink(batch))[0])]
        if stat_module.S_ISDIR(st.st_mode):
            found = [
                item for child in sorted(os.listdir(full)) for item in _read_all(workspace, batch, path + b"/" + child)
            ]
            empty = batch.put(Kind.TREE, b"\x90")
            return found or [(path, TreeEntry(name, EntryType.DIRECTORY, st.st_mode & 0o777, 0, empty))]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CannotSave(
            f"{os.fsdecode(path)!r} would be overwritten but cannot be read ({error.strerror}), so nothing was "
            "changed. Make it readable or move it away."
        ) from error
    raise CannotSave(
        f"{os.fsdecode(path)!r} would be overwritten and is no file that can be saved, so nothing was changed. "
        "Move it away."
    )
