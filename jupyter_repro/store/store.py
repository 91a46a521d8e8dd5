"""One project's store: objects in packs, and the log, over a backend and with an index."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_repro.errors import BlobCorrupt, BlobMissing, Purged, StoreUnsuitable
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend, KeyNotFound
from jupyter_repro.store.batch import Batch
from jupyter_repro.store.log import FORMAT, Changes, Head
from jupyter_repro.store.objects import Kind, decode
from jupyter_repro.store.packs import pack_key
from jupyter_repro.store.project_log import MARKER, ProjectLog
from jupyter_repro.store.salvage import whole_copy

_SEARCHES = 8


class Store(ProjectLog):
    """Objects and log of one project; see ``ProjectLog`` for what it is made with and raises."""

    def __init__(self, backend: Backend, index_path: Path, *, actor: str = "") -> None:
        super().__init__(backend, index_path, actor=actor)
        self._searches = _SEARCHES

    @classmethod
    def create(cls, backend: Backend, index_path: Path, project: str, name: str, *, actor: str = "") -> Store:
        """Make a store where there is none, for project id ``project``."""
        from jupyter_repro.store.backends.probe import probe_put_if_absent

        probe_put_if_absent(backend)
        marker = json.dumps({"format": FORMAT, "project": project}).encode()
        try:
            backend.put(MARKER, marker)
        except AlreadyExists:
            raise StoreUnsuitable(
                f"{backend.url} already holds the store of a project. Give another URL, or attach to that project."
            ) from None
        store = cls(backend, index_path, actor=actor)
        store.publish(lambda head: Changes(settings={"name": name, "project": project}))
        return store

    def close(self) -> None:
        """Close index and backend."""
        self.index.close()
        self.backend.close()

    def forget(self) -> None:
        """Begin with an empty index; the next ``sync`` makes it again from log and packs."""
        with self._lock:
            self.index.reset()
            self._head = None

    def refresh(self) -> Head:
        """Make the table of objects again from the packs: what the index says decides next what is removed.

        What it knows of a pack whose own table is damaged stays.
        """
        with self._lock:
            tables = self._tables(self.sync().packs)
            with self.index.writing():
                head = self._cached_head_inside()
                whole = {pack: table for pack, table in tables.items() if table is not None and pack in head.packs}
                self.index.drop_packs(whole)
                self.index.drop_strays()
                for pack, table in whole.items():
                    self.index.add_pack(pack, table, stored_again=False)
                self.index.drop_objects(head.purged - head.allowed)
            return head

    def batch(self) -> Batch:
        """Begin to write objects."""
        return Batch(self)

    def has(self, kind: int, name: bytes) -> bool:
        """Whether the store holds the object, as far as this machine's index knows."""
        return self.index.has(name, kind)

    def get(self, kind: int, name: bytes) -> bytes:
        """The plain bytes of an object, checked against its name.

        Raises ``Purged``, ``BlobMissing`` or ``BlobCorrupt``.
        """
        try:
            return self._get(kind, name)
        except (BlobCorrupt, BlobMissing):
            data = self._elsewhere(kind, name)
            if data is None:
                raise
            return data

    def _get(self, kind: int, name: bytes) -> bytes:
        for attempt in (1, 2):
            location = self.index.locate(name, kind)
            if location is not None:
                try:
                    payload = self.backend.get(pack_key(location.pack), location.offset, location.stored)
                    return decode(location.codec, payload, location.plain, name)
                except KeyNotFound:
                    pass
                except BlobCorrupt:
                    if attempt == 2 or not self._drop_cached(location.pack):
                        raise
                    continue
            if attempt == 1:
                self.sync()
        raise self.missing(name, kind)

    def _elsewhere(self, kind: int, name: bytes) -> bytes | None:
        """The object from any live pack that holds a whole copy of it, which the index then takes over.

        The index is only a cache, and SQLite has no checksums: before an object is called missing or damaged,
        the tables of the packs are asked. They may be many, so this is done for the first few objects only.
        """
        head = self.head
        if self._searches == 0 or name in head.purged - head.allowed:
            return None
        found = whole_copy(self.backend, head, kind, name)
        if found is None:
            self._searches -= 1
            return None
        with self.index.writing():
            self.index.add_pack(found.pack, found.table, stored_again=False)
            self.index.drop_objects(head.purged - head.allowed)
        return found.data

    def missing(self, name: bytes, kind: int) -> Purged | BlobMissing:
        """The error that says why an object is not to be had."""
        head = self.head
        for purge in head.purges if name in head.purged else ():
            if name in purge.objects:
                return Purged(
                    f"This content was purged by {purge.actor or 'its owner'} ({purge.reason}); it cannot be had back."
                )
        if head.thinned and kind != Kind.COMMIT:
            return Purged(
                "This content belonged to automatic checkpoints that were thinned out; only their records remain. "
                "Named checkpoints around it are whole."
            )
        return BlobMissing(
            f"The {Kind(kind).name.lower()} {name.hex()} is not in the store at {self.backend.url}. Run "
            "'jupyter-repro verify' to see which files and commits it touches."
        )
