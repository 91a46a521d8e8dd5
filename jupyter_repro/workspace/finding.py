"""Whether the files of a workspace still have content that the store has lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from blake3 import blake3

from jupyter_repro.history.marking import Key
from jupyter_repro.store import Kind
from jupyter_repro.store.chunks import ChunkSizes
from jupyter_repro.workspace.content import cut_up
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
        return cut_up(blocks, sizes, self._note)

    def tree(self, data: bytes) -> bytes:
        return self._note(Kind.TREE, data)

    def _note(self, kind: Kind, data: bytes) -> bytes:
        name = blake3(data).digest()
        if (name, int(kind)) in self._wanted:
            self.found.add((name, int(kind)))
        return name
