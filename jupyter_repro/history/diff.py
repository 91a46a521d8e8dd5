"""What differs between two trees, directory by directory; equal ids are not descended into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_repro.history.trees import EntryType, GetTree, TreeEntry


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One path that differs: ``old`` is None when it was added, ``new`` when it was deleted.

    Directories appear only where there is nothing else to tell of them: an empty one that came or
    went, or permission bits that changed.
    """

    path: bytes
    old: TreeEntry | None
    new: TreeEntry | None

    @property
    def change(self) -> str:
        """ "added", "deleted", "modified", "mode" or "type"."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "deleted"
        if self.old.type != self.new.type:
            return "type"
        if self.old.content != self.new.content and self.old.type != EntryType.DIRECTORY:
            return "modified"
        return "mode"

    @property
    def is_directory(self) -> bool:
        """Whether the path is a directory, before and after."""
        return all(side is None or side.type == EntryType.DIRECTORY for side in (self.old, self.new))


def diff_trees(get_tree: GetTree, old: bytes | None, new: bytes | None, prefix: bytes = b"") -> Iterator[TreeChange]:
    """Every path that differs between the trees ``old`` and ``new`` (None is no tree), sorted by directory."""
    if old == new:
        return
    before = get_tree(old) if old else []
    after = get_tree(new) if new else []
    olds = {entry.name: entry for entry in before}
    news = {entry.name: entry for entry in after}
    for name in sorted(olds.keys() | news.keys()):
        was, now = olds.get(name), news.get(name)
        if was == now:
            continue
        path = prefix + b"/" + name if prefix else name
        yield from _diff_entry(get_tree, path, was, now)


def _diff_entry(get_tree: GetTree, path: bytes, was: TreeEntry | None, now: TreeEntry | None) -> Iterator[TreeChange]:
    old_directory = was is not None and was.type == EntryType.DIRECTORY
    new_directory = now is not None and now.type == EntryType.DIRECTORY
    if old_directory and new_directory:
        assert was is not None
        assert now is not None
        if was.mode != now.mode:
            yield TreeChange(path, was, now)
        yield from diff_trees(get_tree, was.content, now.content, path)
    elif not old_directory and not new_directory:
        if was is None or now is None or (was.type, was.mode, was.content) != (now.type, now.mode, now.content):
            yield TreeChange(path, was, now)
    else:
        if was is not None:
            yield from _one_sided(get_tree, path, was, None)
        if now is not None:
            yield from _one_sided(get_tree, path, None, now)


def _one_sided(get_tree: GetTree, path: bytes, was: TreeEntry | None, now: TreeEntry | None) -> Iterator[TreeChange]:
    entry = was if was is not None else now
    assert entry is not None
    if entry.type != EntryType.DIRECTORY:
        yield TreeChange(path, was, now)
        return
    children = get_tree(entry.content)
    if not children:
        yield TreeChange(path, was, now)
    for child in children:
        inner = path + b"/" + child.name
        yield from _one_sided(get_tree, inner, child if was is not None else None, child if now is not None else None)
