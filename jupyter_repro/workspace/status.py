"""Status: what differs between the folder and the commit it was last the same as."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from jupyter_repro.history import TreeChange, TreeEntry, diff_trees
from jupyter_repro.history.renames import Side, find_renames
from jupyter_repro.history.trees import decode_tree
from jupyter_repro.workspace.content import NameSink, read_entry
from jupyter_repro.workspace.scan import Scan
from jupyter_repro.workspace.workspace import ScanOptions, Workspace


@dataclass(frozen=True, slots=True)
class Status:
    """Paths by what became of them; a directory's ends with "/". ``ignored`` pairs a path with the rule
    that leaves it out, if asked for; ``commit`` is None before the first checkpoint."""

    branch: str
    commit: str | None
    added: tuple[str, ...]
    modified: tuple[str, ...]
    deleted: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    ignored: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def clean(self) -> bool:
        """Whether a checkpoint would find nothing to do."""
        return not (self.added or self.modified or self.deleted or self.renamed)


def working_changes(workspace: Workspace, against: bytes | None, options: ScanOptions) -> tuple[list[TreeChange], Scan]:
    """The changes from the tree ``against`` (32 bytes, None for nothing) to the folder.

    A large file is read only where its size leaves open whether it changed, or whether it is one that went.
    """
    options = replace(options, postpone_large=True)
    sink = NameSink()
    cache = workspace.stat_cache()
    try:
        scan = workspace.scan(sink, cache, options)
    finally:
        cache.close()
    repository = workspace.repository

    def get_tree(name: bytes) -> list[TreeEntry]:
        fresh = sink.trees.get(name)
        return decode_tree(fresh) if fresh is not None else repository.get_tree(name)

    changes = list(diff_trees(get_tree, against, scan.tree))
    return (_settled(workspace, changes, scan) if scan.postponed else changes), scan


def _settled(workspace: Workspace, changes: list[TreeChange], scan: Scan) -> list[TreeChange]:
    """The same changes, after reading of the postponed files those that make a difference."""
    gone = {change.old.size for change in changes if change.old is not None and change.new is None}

    def settled(change: TreeChange) -> TreeChange:
        old, new = change.old, change.new
        if new is None or new.content not in scan.postponed:
            return change
        undecided = new.size in gone if old is None else (old.type, old.size) == (new.type, new.size)
        return replace(change, new=_read(workspace, scan, new)) if undecided else change

    return [change for change in map(settled, changes) if not _same(change)]


def _read(workspace: Workspace, scan: Scan, entry: TreeEntry) -> TreeEntry | None:
    path = scan.postponed[entry.content]
    try:
        return read_entry(os.path.join(os.fsencode(workspace.root), path), entry.name, NameSink())[0]
    except FileNotFoundError:
        return None
    except OSError as error:
        scan.skipped.append((path, f"cannot be read ({os.strerror(error.errno or 0)})"))
        return entry


def _same(change: TreeChange) -> bool:
    old, new = change.old, change.new
    if old is None or new is None:
        return old is new
    return not change.is_directory and (old.type, old.mode, old.content) == (new.type, new.mode, new.content)


def shown_path(change: TreeChange) -> str:
    """The path as people and machines see it; a directory's ends with "/"."""
    return os.fsdecode(change.path) + ("/" if change.is_directory else "")


def pair_renames(
    changes: list[TreeChange], read: Callable[[bytes], bytes] | None = None
) -> tuple[list[TreeChange], list[tuple[TreeChange, TreeChange]]]:
    """Split changes into those that stand alone and pairs of a deleted and an added path.

    Those of equal content are pairs; with ``read``, from a hash to its content, those of similar text too.
    """
    files: dict[str, list[TreeChange]] = {"deleted": [], "added": []}
    for change in changes:
        side = change.old or change.new
        if change.change in files and not change.is_directory and side is not None and side.size > 0:
            files[change.change].append(change)
    deleted = {change.path: change for change in files["deleted"]}
    added = {change.path: change for change in files["added"]}
    if not deleted or not added:
        return changes, []
    olds = [Side(c.path, c.old.size, c.old.content) for c in deleted.values() if c.old is not None]
    news = [Side(c.path, c.new.size, c.new.content) for c in added.values() if c.new is not None]
    pairs = [(deleted[old.path], added[new.path]) for old, new in find_renames(olds, news, read)]
    used = {id(change) for pair in pairs for change in pair}
    return [change for change in changes if id(change) not in used], pairs


def status(workspace: Workspace, *, ignored: bool = False) -> Status:
    """What a checkpoint would record now. Unreadable files are listed as ``skipped``."""
    base = workspace.base
    against = bytes.fromhex(base.tree) if base else None
    options = ScanOptions(skip_unreadable=True, collect_ignored=ignored)
    changes, scan = working_changes(workspace, against, options)
    alone, pairs = pair_renames(changes)
    by_change: dict[str, list[str]] = {"added": [], "deleted": [], "modified": [], "mode": [], "type": []}
    for change in alone:
        by_change[change.change].append(shown_path(change))
    return Status(
        branch=workspace.state.branch,
        commit=workspace.state.commit,
        added=tuple(by_change["added"]),
        modified=tuple(sorted(by_change["modified"] + by_change["mode"] + by_change["type"])),
        deleted=tuple(by_change["deleted"]),
        renamed=tuple((os.fsdecode(old.path), os.fsdecode(new.path)) for old, new in pairs),
        ignored=tuple((os.fsdecode(path), source) for path, source in scan.ignored),
        skipped=tuple((os.fsdecode(path), reason) for path, reason in scan.skipped),
    )
