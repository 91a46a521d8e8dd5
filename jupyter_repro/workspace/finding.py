"""Whether the files of a workspace still have content that the store has lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from blake3 import blake3

from jupyter_repro.history.marking import Key
from jupyter_repro.history.trees import Recipe, encode_recipe
from jupyter_repro.store import Kind
from jupyter_repro.store.chunks import ChunkSizes, split
from jupyter_repro.workspace.workspace import ScanOptions, Workspace


def content_in(workspace: Workspace, wanted: Collection[Key]) -> set[Key]:
    """Which of the ``wanted`` objects a full checkpoint of the folder would store.

    Reads every file of it. Raises ``OSError`` for a folder that cannot be read, and what the store raises.
    """
    sink = _Finder(frozenset(wanted))
    workspace.scan(sink, None, ScanOptions(full=True, skip_unreadable=True))
    return sink.found


class _Finder:
    """Stores nothing; notes what it is given of what is wanted."""

    def __init__(self, wanted: frozenset[Key]) -> None:
        self._wanted = wanted
        self.found: set[Key] = set()

    def small(self, data: bytes) -> bytes:
        return self._note(Kind.BLOB, data)

    def large(self, blocks: Iterator[bytes], sizes: ChunkSizes) -> tuple[bytes, bytes | None, int]:
        whole = blake3()
        names: list[bytes] = []
        lengths: list[int] = []

        def hashed() -> Iterator[bytes]:
            for block in blocks:
                whole.update(block)
                yield block

        for chunk in split(hashed(), sizes):
            names.append(self._note(Kind.BLOB, chunk))
            lengths.append(len(chunk))
        if len(names) <= 1:
            return names[0] if names else self.small(b""), None, sum(lengths)
        recipe = encode_recipe(Recipe(sum(lengths), b"".join(names), lengths))
        return whole.digest(), self._note(Kind.RECIPE, recipe), sum(lengths)

    def tree(self, data: bytes) -> bytes:
        return self._note(Kind.TREE, data)

    def _note(self, kind: Kind, data: bytes | memoryview) -> bytes:
        name = blake3(data).digest()
        if (name, int(kind)) in self._wanted:
            self.found.add((name, int(kind)))
        return name
