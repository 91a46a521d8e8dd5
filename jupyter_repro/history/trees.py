"""Trees: one object a directory, its entries sorted by name.

A tree is a MessagePack array of entries; an entry is an array
``[name, type, mode, size, content, recipe]``:

========== ==========================================================================================
name       the bytes of the file name
type       "f" file, "l" symbolic link, "d" directory (as an integer: 1, 2, 3)
mode       permission bits (0o777)
size       bytes of a file; length of a link's target; 0 for a directory
content    BLAKE3 of the whole file; target of a link; id of a directory's tree
recipe     id of the recipe object of a file of more than one chunk, else nil
========== ==========================================================================================

A recipe is a MessagePack array ``[size, [chunk id, ...] joined, [chunk length, ...]]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import msgspec

from jupyter_repro.errors import BlobCorrupt, HostilePath


class EntryType(IntEnum):
    """What a tree entry is."""

    FILE = 1
    SYMLINK = 2
    DIRECTORY = 3


class TreeEntry(NamedTuple):
    """One name in a directory; the fields are told in the module's docstring."""

    name: bytes
    type: int
    mode: int
    size: int
    content: bytes
    recipe: bytes | None = None


class Recipe(msgspec.Struct, frozen=True, array_like=True):
    """The chunks of a file in order: total size in bytes, ids (32 bytes each, joined), lengths."""

    size: int
    chunks: bytes
    lengths: list[int]

    def ids(self) -> list[bytes]:
        """The chunk ids, one by one."""
        return [self.chunks[i : i + 32] for i in range(0, len(self.chunks), 32)]


EMPTY_TREE = b"\x90"

# Whatever walks directories descends with them, and a path of 4096 bytes has room for 2000 levels.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))

_SYMLINK = int(EntryType.SYMLINK)
_FILE_OR_DIRECTORY = (int(EntryType.FILE), int(EntryType.DIRECTORY))
_TARGET_LIMIT = 4096

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[TreeEntry])
_recipe_decoder = msgspec.msgpack.Decoder(Recipe)

GetTree = Callable[[bytes], "list[TreeEntry]"]
"""From the id of a tree to its entries."""


def encode_tree(entries: Sequence[TreeEntry]) -> bytes:
    """The stored bytes of a directory. ``entries`` must be sorted by name."""
    return _encoder.encode(entries)


def decode_tree(data: bytes) -> list[TreeEntry]:
    """The entries of a stored directory.

    Raises ``BlobCorrupt`` for bytes that are no tree and ``HostilePath`` for a name that could leave
    the directory: a commit is not trusted, whoever wrote it.
    """
    try:
        entries = _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise BlobCorrupt(
            f"A directory of this commit cannot be decoded ({error}). Run 'jupyter-repro verify'."
        ) from error
    previous = b""
    for name, form, mode, size, content, recipe in entries:
        if not name or name in (b".", b"..") or b"/" in name or b"\0" in name or len(name) > 255:
            raise HostilePath(f"The commit holds the impossible file name {name!r}; nothing was written.")
        if name <= previous and previous:
            raise HostilePath(f"The commit lists the file name {name!r} out of order or twice; nothing was written.")
        if form == _SYMLINK:
            possible = 0 < len(content) < _TARGET_LIMIT and b"\0" not in content
        else:
            possible = form in _FILE_OR_DIRECTORY and len(content) == 32 and (recipe is None or len(recipe) == 32)
        # No bits above these: a commit must not hand out set-user-id programs.
        if not possible or mode & ~0o777 or size < 0:
            raise HostilePath(f"What the commit says of {name!r} cannot be so on a disk; nothing was written.")
        previous = name
    return entries


def encode_recipe(recipe: Recipe) -> bytes:
    """The stored bytes of a recipe."""
    return _encoder.encode(recipe)


def decode_recipe(data: bytes) -> Recipe:
    """A stored recipe. Raises ``BlobCorrupt`` when it does not add up."""
    try:
        recipe = _recipe_decoder.decode(data)
    except msgspec.DecodeError as error:
        raise BlobCorrupt("The list of chunks of a file cannot be decoded. Run 'jupyter-repro verify'.") from error
    if len(recipe.chunks) != 32 * len(recipe.lengths) or sum(recipe.lengths) != recipe.size:
        raise BlobCorrupt("The list of chunks of a file does not add up. Run 'jupyter-repro verify'.")
    return recipe


def split_path(path: bytes) -> list[bytes]:
    """The names of a relative path; the empty list is the root.

    Raises ``HostilePath`` for a path that is absolute, climbs, or holds NUL.
    """
    if path in (b"", b"."):
        return []
    names = path.rstrip(b"/").split(b"/")
    if names and names[0] == b".":
        names = names[1:]
    if b"\0" in path or path.startswith(b"/") or any(name in (b"", b".", b"..") for name in names):
        raise HostilePath(f"The path {path!r} does not stay inside the workspace. Give a path relative to its root.")
    return names


def find_entry(get_tree: GetTree, root: bytes, path: bytes) -> TreeEntry | None:
    """The entry at ``path`` under the tree ``root``; for the root itself, one that stands for it."""
    entry = TreeEntry(b"", EntryType.DIRECTORY, 0o755, 0, root)
    for name in split_path(path):
        if entry.type != EntryType.DIRECTORY:
            return None
        for child in get_tree(entry.content):
            if child.name == name:
                entry = child
                break
        else:
            return None
    return entry


def walk(get_tree: GetTree, root: bytes, prefix: bytes = b"") -> Iterator[tuple[bytes, TreeEntry]]:
    """Every path and entry below the tree ``root``, a directory before what it holds."""
    stack = [(prefix, iter(get_tree(root)))]
    while stack:
        parent, entries = stack[-1]
        for entry in entries:
            path = parent + b"/" + entry.name if parent else entry.name
            yield path, entry
            if entry.type == EntryType.DIRECTORY:
                stack.append((path, iter(get_tree(entry.content))))
                break
        else:
            stack.pop()


def edit_tree(
    get_tree: GetTree,
    put_tree: Callable[[bytes], bytes],
    root: bytes,
    edits: Iterable[tuple[bytes, TreeEntry | None]],
) -> bytes:
    """The tree ``root`` with some paths replaced (or removed, for None); returns the id of the new root.

    Missing parents are made; a parent that is a file gives way. ``put_tree`` stores encoded trees.
    """
    here: dict[bytes, TreeEntry | None] = {}
    below: dict[bytes, list[tuple[bytes, TreeEntry | None]]] = {}
    for path, new in edits:
        first, _, rest = path.partition(b"/")
        if rest:
            below.setdefault(first, []).append((rest, new))
        else:
            here[first] = new
    entries = {entry.name: entry for entry in get_tree(root)} if root else {}
    for name, new in here.items():
        if new is None:
            entries.pop(name, None)
        else:
            entries[name] = new._replace(name=name)
    for name, nested in below.items():
        old = entries.get(name)
        if old is not None and old.type == EntryType.DIRECTORY:
            child = edit_tree(get_tree, put_tree, old.content, nested)
            entries[name] = old._replace(content=child)
        elif any(new is not None for _, new in nested):
            child = edit_tree(get_tree, put_tree, b"", nested)
            entries[name] = TreeEntry(name, EntryType.DIRECTORY, 0o755, 0, child)
    return put_tree(encode_tree(sorted(entries.values())))
