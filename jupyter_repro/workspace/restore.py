"""Restore and switch: a commit is put into the workspace, and what it replaces is saved first."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jupyter_repro.errors import BlobCorrupt, BlobMissing, NotPossible, PathNotFound, Purged, UnreadableFile
from jupyter_repro.history import Commit, EntryType, TreeChange, TreeEntry, diff_trees, find_entry
from jupyter_repro.history.files import is_purged, left_alone, left_out
from jupyter_repro.history.trees import edit_tree, split_path
from jupyter_repro.progress import Meter, OnProgress
from jupyter_repro.workspace.applying import Applier, LateEdit
from jupyter_repro.workspace.checkpoint import Skipped, Wanted, checkpoint
from jupyter_repro.workspace.journal import Journal, clear_journal, read_journal, write_journal
from jupyter_repro.workspace.placing import refuse_marker
from jupyter_repro.workspace.scan import UNREADABLE
from jupyter_repro.workspace.workspace import Workspace

_TRIES = 6


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore or switch did: ``commit`` the folder is now the same as, ``safety`` the commit
    that holds what was there before, ``written`` and ``removed`` counts of files and links, ``undo``
    the command that takes it back. ``notice`` says what else there is to know."""

    commit: Commit
    safety: Commit | None
    written: int
    removed: int
    undo: str
    branch: str
    notice: str = ""


def restore(
    workspace: Workspace, commit: Commit, paths: Sequence[bytes] = (), on_progress: OnProgress | None = None
) -> Restored:
    """Put ``commit`` (or only ``paths`` of it) into the workspace. The caller holds the workspace.

    Everything that is replaced or removed is in the safety commit first. Where the content of a file was purged, the
    workspace keeps what it has there, as it does where it has what cannot be read. Raises ``PathNotFound``,
    ``CannotSave``, ``UnreadableFile`` for what would have to be replaced, or ``Purged`` for a file that was asked for
    by name; then nothing was changed.
    """
    names = tuple(b"/".join(split_path(path)) for path in paths)
    if b"" in names:
        names = ()
    for name in names:
        entry = find_entry(workspace.repository.get_tree, bytes.fromhex(commit.tree), name)
        if entry is None:
            raise PathNotFound(
                f"Commit {commit.id[:12]} has no {os.fsdecode(name)!r}. "
                f"'jupyter-repro ls {commit.id[:12]}' lists what it has."
            )
        if is_purged(workspace.repository.store, entry):
            raise Purged(f"The content of {os.fsdecode(name)!r} was purged; it cannot be had back.")
    journal = Journal("restore", commit.id, tuple(os.fsdecode(name) for name in names), workspace.state.branch, None)
    return _carry_out(workspace, journal, on_progress)


def switch(workspace: Workspace, branch: str, on_progress: OnProgress | None = None) -> Restored:
    """Put the newest commit of ``branch`` into the workspace and attach it to that branch."""
    tip = workspace.repository.tip(branch)
    if branch == workspace.state.branch:
        raise NotPossible(f"This workspace is on branch {branch!r} already.")
    return _carry_out(workspace, Journal("switch", tip, (), branch, None), on_progress)


def finish_interrupted(workspace: Workspace, on_progress: OnProgress | None = None) -> str:
    """Finish a restore or switch that was cut short; returns a sentence for the user, or "".

    What is in the folder now, edits made since included, is saved first. Where the file system refuses to have it
    finished, it is undone, so that no command is held up for ever.
    """
    journal = read_journal(workspace.journal_path)
    if journal is None:
        return ""
    first = journal.safety
    try:
        done = _carry_out(workspace, journal, on_progress)
    except OSError as error:
        return _undo_unfinished(workspace, journal, error)
    found = done.safety.id if done.safety else None
    undo = f"jupyter-repro restore {(first or found or done.commit.id)[:12]}"
    return f"An interrupted {journal.action} was finished first.{_found(found, first)} To undo it: {undo}"


def _undo_unfinished(workspace: Workspace, journal: Journal, error: OSError) -> str:
    where = f" at {os.fsdecode(error.filename)!r}" if isinstance(error.filename, (str, bytes)) else ""
    what = f"An interrupted {journal.action} could not be finished ({error.strerror}{where})"
    safety, found = journal.safety, workspace.state.commit  # the second was made when it was tried to finish
    if safety is None:
        clear_journal(workspace.journal_path)
        return f"{what}."
    try:
        if journal.action == "undo":
            raise error
        undo = Journal("undo", safety, (), workspace.state.branch, safety, journal.token)
        _carry_out(workspace, undo, None)
    except OSError:
        clear_journal(workspace.journal_path)
        return (
            f"{what} nor undone. When it can be written, put back what was there: jupyter-repro restore {safety[:12]}"
        )
    return f"{what} and was undone.{_found(found, safety)}"


def _found(found: str | None, before: str | None) -> str:
    """Where to find what was edited between an interrupted restore and its end."""
    return f" What was in the directory just now is commit {found[:12]}." if found and found != before else ""


def _carry_out(workspace: Workspace, journal: Journal, on_progress: OnProgress | None) -> Restored:
    target = workspace.repository.commit_at(journal.target)
    refuse_marker(workspace.repository.get_tree(bytes.fromhex(target.tree)))
    first_safety: Commit | None = None
    gone: list[bytes] = []
    unreadable: list[bytes] = []
    before = workspace.state.branch
    written = removed = 0
    for attempt in range(_TRIES):
        found = checkpoint(workspace, Wanted(_before(journal, target), "auto", skip_unreadable=True))
        safety = found.commit
        first_safety = first_safety or safety
        plan, gone = _plan(workspace, safety, target, journal)
        unreadable = _unreadable(found.skipped, plan, journal)
        obstacles = _obstacles(workspace, plan)
        if obstacles:
            wanted = Wanted(_before(journal, target), "auto", skip_unreadable=True, forced=tuple(obstacles))
            saved = checkpoint(workspace, wanted).commit
            if first_safety is safety:
                first_safety = saved
            safety = saved
        if journal.safety is None:
            journal = replace(journal, safety=safety.id)
        write_journal(workspace.journal_path, journal)
        try:
            done = _apply(workspace, plan, obstacles, journal, on_progress)
        except LateEdit:
            if attempt == _TRIES - 1:
                raise
            continue
        except (BlobCorrupt, BlobMissing, Purged) as error:
            _give_up(workspace, journal, safety)
            raise type(error)(f"{error} Nothing was restored; the directory is as it was.") from error
        written, removed = written + done[0], removed + done[1]
        break
    commit = _conclude(workspace, journal, target)
    clear_journal(workspace.journal_path)
    assert first_safety is not None
    undo = (
        f"jupyter-repro switch {before}"
        if journal.action == "switch"
        else f"jupyter-repro restore {first_safety.id[:12]}"
    )
    notice = f"{left_out(gone)} {left_alone(unreadable)}".strip()
    return Restored(commit, first_safety, written, removed, undo, workspace.state.branch, notice)


def _give_up(workspace: Workspace, journal: Journal, safety: Commit) -> None:
    """Put back what was there: content that cannot be read will not be readable for the next command either."""
    if journal.action == "undo":
        clear_journal(workspace.journal_path)
    else:
        undo = Journal("undo", safety.id, (), workspace.state.branch, safety.id, journal.token)
        _carry_out(workspace, undo, None)


def _before(journal: Journal, target: Commit) -> str:
    if journal.action == "switch":
        return f"Before switching to {journal.branch}"
    return f"Before restoring {target.id[:12]}"


def _unreadable(skipped: Sequence[Skipped], plan: list[TreeChange], journal: Journal) -> list[bytes]:
    """The paths that cannot be read and so not be saved: they stay, and nothing is done that would replace them.

    The bits of a directory among them are left out of ``plan``: it stays as it is, too.
    """
    found = [os.fsencode(item.path) for item in skipped if item.reason.startswith(UNREADABLE)]
    if not found:
        return []
    plan[:] = [change for change in plan if change.path not in found or not _only_bits(change)]
    touched = [change.path for change in plan] + [os.fsencode(name) for name in journal.paths]
    for path in found:
        if any((other + b"/").startswith(path + b"/") for other in touched):
            raise UnreadableFile(
                f"{os.fsdecode(path)!r} would be replaced but cannot be read, so nothing was changed. Make it "
                "readable, move it away, or restore other paths by name."
            )
    return found


def _only_bits(change: TreeChange) -> bool:
    return change.change == "mode" and change.is_directory


def _plan(
    workspace: Workspace, safety: Commit, target: Commit, journal: Journal
) -> tuple[list[TreeChange], list[bytes]]:
    """The changes from ``safety`` to ``target`` that can be made, and the paths of files that were purged."""
    store, changes = workspace.repository.store, _changes(workspace, safety, target, journal)
    if not store.head.purged:
        return changes, []
    plan, gone = [], []
    for change in changes:
        if change.new is not None and is_purged(store, change.new):
            gone.append(change.path)
        else:
            plan.append(change)
    return plan, gone


def _changes(workspace: Workspace, safety: Commit, target: Commit, journal: Journal) -> list[TreeChange]:
    repository = workspace.repository
    current = bytes.fromhex(safety.tree)
    wanted = bytes.fromhex(target.tree)
    if not journal.paths:
        return list(diff_trees(repository.get_tree, current, wanted))
    trees: dict[bytes, list[TreeEntry]] = {}

    def get_tree(name: bytes) -> list[TreeEntry]:
        return trees[name] if name in trees else repository.get_tree(name)

    def keep_tree(data: bytes) -> bytes:
        from jupyter_repro.history.trees import decode_tree
        from jupyter_repro.store import object_id

        name = object_id(data)
        trees[name] = decode_tree(data)
        return name

    edits = []
    for path in journal.paths:
        raw = os.fsencode(path)
        edits.append((raw, find_entry(repository.get_tree, wanted, raw)))
    return list(diff_trees(get_tree, current, edit_tree(get_tree, keep_tree, current, edits)))


def _obstacles(workspace: Workspace, plan: list[TreeChange]) -> list[bytes]:
    """Paths in the way that no commit holds, because they are ignored: they are saved by force."""
    root = os.fsencode(workspace.root)
    leaving = {change.path for change in plan if change.new is None}
    found: dict[bytes, None] = {}
    looked: dict[bytes, bool] = {}

    def blocked(parent: bytes) -> bool:
        if not parent or looked.setdefault(parent, False):
            return looked.get(parent, False)
        if blocked(parent.rpartition(b"/")[0]):
            return True
        try:
            mode = os.lstat(os.path.join(root, parent)).st_mode
        except OSError:
            return False
        if not stat.S_ISDIR(mode):
            # What lies behind a link is not in the way, and is not ours to save or to remove.
            looked[parent] = True
            if parent not in leaving:
                found[parent] = None
        return looked[parent]

    for change in plan:
        if change.new is None or blocked(change.path.rpartition(b"/")[0]):
            continue
        try:
            mode = os.lstat(os.path.join(root, change.path)).st_mode
        except OSError:
            continue
        wants_directory = change.new.type == EntryType.DIRECTORY
        if stat.S_ISDIR(mode):
            if not wants_directory and _holds_more(root, change.path, leaving):
                found[change.path] = None
        elif change.old is None and change.path not in leaving:
            found[change.path] = None
    return list(found)


def _holds_more(root: bytes, path: bytes, leaving: set[bytes]) -> bool:
    for folder, directories, files in os.walk(os.path.join(root, path)):
        inside = os.path.relpath(folder, root)
        links = [name for name in directories if os.path.islink(os.path.join(folder, name))]
        if any(inside + b"/" + name not in leaving for name in (*files, *links)):
            return True
        # An ignored directory is in the way even when it is empty.
        if not directories and not files and inside not in leaving and inside != path:
            return True
    return False


def _apply(
    workspace: Workspace,
    plan: list[TreeChange],
    obstacles: list[bytes],
    journal: Journal,
    on_progress: OnProgress | None,
) -> tuple[int, int]:
    cache = workspace.stat_cache()
    try:
        files = [change.new for change in plan if change.new is not None and not change.is_directory]
        size = sum(file.size for file in files if file.type == EntryType.FILE)
        target = workspace.repository.commit_at(journal.target)
        earlier: list[TreeChange] = []
        if journal.safety is not None:
            earlier, _ = _plan(workspace, workspace.repository.commit_at(journal.safety), target, journal)
        applier = Applier(workspace, cache, journal.token, bytes.fromhex(target.tree))
        return applier.run(plan, obstacles, Meter("write", on_progress, len(files), size), earlier)
    finally:
        cache.close()


def _conclude(workspace: Workspace, journal: Journal, target: Commit) -> Commit:
    if journal.action == "switch":
        workspace.set_state(branch=journal.branch, commit=target.id)
        return target
    labels = [("restored_from", target.id)]
    if journal.paths:
        # A label is text: of a name that is no UTF-8 it shows the bytes.
        names = "\n".join(journal.paths[:100]).encode("utf-8", "backslashreplace").decode("utf-8")
        labels.append(("restored_paths", names))
    what = f"{len(journal.paths)} path{'s' if len(journal.paths) > 1 else ''} of " if journal.paths else ""
    message = f"Restored {what}{target.id[:12]}" + (f": {target.message.splitlines()[0]}" if target.message else "")
    return checkpoint(workspace, Wanted(message, "restore", skip_unreadable=True, labels=tuple(labels))).commit
