"""Reading the content of a file of a commit, whole or in part, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import accumulate

from jupyter_repro.errors import BlobCorrupt, BlobMissing
from jupyter_repro.history.trees import EntryType, Recipe, TreeEntry, decode_recipe
from jupyter_repro.store import Kind, Store


def recipe_of(store: Store, entry: TreeEntry) -> Recipe:
    """The chunks of a file, also of one that is a single chunk."""
    if entry.recipe is None:
        return Recipe(entry.size, entry.content, [entry.size])
    return decode_recipe(store.get(Kind.RECIPE, entry.recipe))


def read_file(store: Store, entry: TreeEntry, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file or of a link's target, ``length`` of them from ``start`` on.

    Every chunk is checked against its hash. Raises ``BlobCorrupt``, ``BlobMissing`` or ``Purged``.
    """
    end = entry.size if length is None else min(entry.size, start + length)
    if entry.type == EntryType.SYMLINK:
        yield entry.content[start:end]
        return
    recipe = recipe_of(store, entry)
    offsets = accumulate(recipe.lengths, initial=0)
    for name, size, offset in zip(recipe.ids(), recipe.lengths, offsets, strict=False):
        if offset + size <= start or offset >= end:
            if entry.size == 0 and size == 0:
                store.get(Kind.BLOB, name)
            continue
        data = store.get(Kind.BLOB, name)
        yield data[max(0, start - offset) : end - offset]


def is_purged(store: Store, entry: TreeEntry) -> bool:
    """Whether a purge took the content of a file, or a part of it, so that nobody can have it back."""
    if not store.head.purged or entry.type != EntryType.FILE:
        return False
    if entry.recipe is None:
        return _taken(store, Kind.BLOB, entry.content)
    if _taken(store, Kind.RECIPE, entry.recipe):
        return True
    try:
        return any(_taken(store, Kind.BLOB, name) for name in recipe_of(store, entry).ids())
    except (BlobCorrupt, BlobMissing):
        return False  # that is damage, which whoever reads it hears of


def _taken(store: Store, kind: Kind, name: bytes) -> bool:
    return name in store.head.purged and store.index.locate(name, kind) is None


def left_out(paths: Sequence[bytes]) -> str:
    """What to tell of files that are not put back because their content was purged; "" when there are none."""
    return f"Left out, because the content was purged: {_named(paths)}." if paths else ""


def left_alone(paths: Sequence[bytes]) -> str:
    """What to tell of files that stay as they are because they cannot be read; "" when there are none."""
    return f"Left as it is, because it cannot be read: {_named(paths)}." if paths else ""


def _named(paths: Sequence[bytes]) -> str:
    more = f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
    return ", ".join(repr(os.fsdecode(path)) for path in paths[:3]) + more
