"""``ls``: the files of a commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_repro.history import EntryType, TreeEntry, walk
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.opened import OpenedProject

TYPES = {EntryType.FILE: "file", EntryType.SYMLINK: "symlink", EntryType.DIRECTORY: "directory"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One path of a commit: "file", "directory" or "symlink", size in bytes, permission bits, and the
    BLAKE3 of the whole content in hex (of a link: of its target; of a directory: of its tree)."""

    path: str
    type: str
    size: int
    mode: int
    hash: str


def ls(opened: OpenedProject, commit: str = "@", path: str = "", *, recursive: bool = True) -> list[Listed]:
    """What the commit has at and below ``path``, sorted by path; only the next level if not ``recursive``.

    Raises ``CommitNotFound`` or ``PathNotFound``.
    """
    repository = opened.repository
    found = opened.resolve(commit)
    names = b"/".join(split_path(os.fsencode(path)))
    entry = repository.entry_at(found, names)
    if entry.type != EntryType.DIRECTORY:
        return [listed(names, entry)]
    return [listed(at, child) for at, child in _below(opened, entry, names, recursive)]


def _below(opened: OpenedProject, entry: TreeEntry, path: bytes, recursive: bool) -> Iterator[tuple[bytes, TreeEntry]]:
    get_tree = opened.repository.get_tree
    if recursive:
        yield from walk(get_tree, entry.content, path)
        return
    for child in get_tree(entry.content):
        yield (path + b"/" + child.name if path else child.name), child


def listed(path: bytes, entry: TreeEntry) -> Listed:
    """A tree entry as people and machines see it."""
    from blake3 import blake3

    digest = blake3(entry.content).hexdigest() if entry.type == EntryType.SYMLINK else entry.content.hex()
    return Listed(os.fsdecode(path), TYPES[EntryType(entry.type)], entry.size, entry.mode, digest)
