"""Reading the content of a file of a commit, whole or in part, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

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
