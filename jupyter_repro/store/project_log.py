"""The project log, followed and appended to: the only thing of a store that moves.

What the records say is kept in the index, so that a reader asks the backend only for what came since.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_repro.errors import BlobCorrupt, StoreNotFound, StoreUnsuitable
from jupyter_repro.store.backends.protocol import AlreadyExists, Backend, KeyNotFound
from jupyter_repro.store.batch import Batch
from jupyter_repro.store.index import Index
from jupyter_repro.store.log import (
    FORMAT,
    SNAPSHOT_EVERY,
    Changes,
    Head,
    Record,
    open_head,
    open_record,
    record_key,
    seal,
    snapshot_key,
)
from jupyter_repro.store.packs import Table, pack_key, read_table
from jupyter_repro.store.salvage import replay_what_is_there

MARKER = "repro.json"


class ObjectsGone(Exception):
    """Objects that a batch counted on were collected meanwhile; the batch is begun anew."""


def now() -> int:
    """The present time in microseconds since the epoch."""
    return time.time_ns() // 1000


class ProjectLog:
    """The log of one project, and the index that follows it.

    ``backend`` is where the bytes lie, ``index_path`` the SQLite file on this machine. Raises
    ``StoreNotFound`` when the backend holds no store and ``StoreUnsuitable`` for an unknown format.
    """

    def __init__(self, backend: Backend, index_path: Path, *, actor: str = "") -> None:
        self.backend = backend
        self.actor = actor
        self.index = Index(index_path)
        self._lock = threading.RLock()
        self._head: Head | None = None
        self._project: str | None = None

    @property
    def project(self) -> str:
        """The id of the project that this store belongs to."""
        if self._project is None:
            try:
                marker = json.loads(self.backend.get(MARKER))
            except KeyNotFound:
                raise StoreNotFound(
                    f"There is no store at {self.backend.url}. Check the URL, or make one with 'jupyter-repro init'."
                ) from None
            if marker["format"] != FORMAT:
                raise StoreUnsuitable(
                    f"The store at {self.backend.url} has format {marker['format']}; this version reads format "
                    f"{FORMAT}. Upgrade jupyter-repro."
                )
            self._project = marker["project"]
        return self._project

    @property
    def head(self) -> Head:
        """What the log says, as of the last ``sync`` of this machine."""
        with self._lock:
            if self._head is None or self._head.number < self.index.number():
                self._head = self._cached_head()
            if self._head.number < 0:
                self.sync()
            return self._head

    def sync(self) -> Head:
        """Read the records that came since, and enter their packs in the index."""
        with self._lock:
            head = self._head
            if head is None or head.number < self.index.number():
                head = self._head = self._cached_head()
            if head.number >= 0 and not self._still_there(head):
                self.index.reset()
                head = self._head = Head()
            if head.number < 0 or self._next(head) is not None:
                self._catch_up()
            assert self._head is not None
            return self._head

    def _cached_head(self) -> Head:
        try:
            return self.index.head()
        except (BlobCorrupt, ValueError):
            self.index.reset()
            return Head()

    def _still_there(self, head: Head) -> bool:
        key = record_key(head.number)
        try:
            if self.backend.get(key, -32) == head.digest:
                return True
            open_record(self.backend.get(key), key)
        except KeyNotFound:
            return self._put_back(head)
        except BlobCorrupt:
            return True  # the record is damaged, but this machine still knows what it said
        return False

    def _put_back(self, head: Head) -> bool:
        """Put the newest record again if it is all that the log lost, and this machine has it."""
        data = self.index.last_record()
        if data is None or data[-32:] != head.digest:
            return False
        record, _ = open_record(data, "the kept record")
        try:
            if head.number and self.backend.get(record_key(head.number - 1), -32) != record.previous:
                return False
            self.backend.put(record_key(head.number), data)
        except (KeyNotFound, AlreadyExists):
            return False
        return True

    def _next(self, head: Head) -> bytes | None:
        try:
            return self.backend.get(record_key(head.number + 1))
        except KeyNotFound:
            return None

    def _catch_up(self) -> None:
        with self.index.writing():
            head = self._cached_head_inside()
            before = set(head.packs)
            if head.number < 0:
                head = self._newest_snapshot()
            for listed in list(self.backend.list("log/", record_key(head.number) if head.number >= 0 else "")):
                data = self.backend.get(listed.key)
                self._apply(head, data, listed.key)
                self.index.keep_record(data)
            if head.number < 0:
                _ = self.project  # says so plainly when there is no store at all
                raise StoreNotFound(f"The store at {self.backend.url} has no log. Restore it from a backup.")
            self._enter(head, before, {})
        self._head = head

    def _cached_head_inside(self) -> Head:
        return self.index.head()

    def _newest_snapshot(self) -> Head:
        for listed in sorted(self.backend.list("snapshots/"), key=lambda item: item.key, reverse=True):
            try:
                return open_head(self.backend.get(listed.key), listed.key)
            except BlobCorrupt:
                continue  # an older one, or the log from its beginning, says the same
        return Head()

    def salvage(self, *, torn: bool = False) -> bool:
        """Make the index again also when records of the log are damaged or missing; returns whether any were.

        ``torn`` says that something is known to be missing, even if the log looks whole: its end may be gone.
        A damaged record is passed over: later ones still say where branches went, and the packs it named
        are found by listing them. The head is then kept as a snapshot, so that others need not do the same.
        """
        with self._lock:
            self.index.reset()
            with self.index.writing():
                head, torn = replay_what_is_there(self.backend, torn)
                self._enter(head, set(), {})
            self._head = head
            if torn:
                self._keep_snapshot(head.number)
            return torn

    def snapshot_number(self) -> int:
        """The record after which the newest readable snapshot was taken; -1 when there is none."""
        return self._newest_snapshot().number

    def _apply(self, head: Head, data: bytes, key: str) -> None:
        record, digest = open_record(data, key)
        if record.number != head.number + 1 or record.previous != head.digest:
            raise BlobCorrupt(
                f"{key} does not follow the record before it: a record of the project log is missing or was replaced. "
                "Put the log back from a backup of the store, or run 'jupyter-repro rebuild' to go on without it."
            )
        head.apply(record, digest)

    def _enter(self, head: Head, before: set[bytes], known: dict[bytes, Table]) -> None:
        """Bring the index from the packs ``before`` to those of ``head``; inside ``index.writing()``."""
        added = [pack for pack in head.packs if pack not in before]
        unknown = [pack for pack in added if pack not in known]
        tables = self._tables(unknown)
        for pack in added:
            table = known.get(pack) or tables.get(pack)
            if table is not None:
                self.index.add_pack(pack, table)
        gone = before - set(head.packs)
        self.index.drop_packs(gone)
        for pack in gone:
            self._drop_cached(pack)
        if head.purged:
            self.index.drop_objects(head.purged - head.allowed)
        self.index.set_head(head)

    def _drop_cached(self, pack: bytes) -> bool:
        """Let a local cache forget a pack that left, for it may hold what was purged, or that reads as
        damaged; returns whether there is a cache."""
        drop = getattr(self.backend, "drop", None)
        if callable(drop):
            drop(pack_key(pack))
            return True
        return False

    def _tables(self, packs: Collection[bytes]) -> dict[bytes, Table | None]:
        if len(packs) < 2:
            return {pack: self._table_or_none(pack) for pack in packs}
        with ThreadPoolExecutor(8) as pool:
            return dict(zip(packs, pool.map(self._table_or_none, packs), strict=True))

    def _table_or_none(self, pack: bytes) -> Table | None:
        # A lost or damaged pack must not hide the others: 'verify' names what it takes along.
        try:
            return read_table(self.backend, pack)
        except (KeyNotFound, BlobCorrupt):
            return None

    def publish(self, plan: Callable[[Head], Changes], batch: Batch | None = None) -> Record:
        """Append one record: the packs of ``batch``, and what ``plan`` makes of the newest head.

        ``plan`` is asked again whenever another writer was faster; it raises to give up. Raises
        ``ObjectsGone`` when the batch must begin anew.
        """
        if batch is not None:
            batch.flush()
        return self._append(plan, batch, checked=True)

    def publish_packs(self, batch: Batch) -> Record:
        """Append a record that names what ``batch`` has made durable so far, and nothing else."""
        return self._append(lambda head: Changes(), batch, checked=False)

    def _append(self, plan: Callable[[Head], Changes], batch: Batch | None, *, checked: bool) -> Record:
        nonce = os.urandom(16)
        with self._lock:
            while True:
                head = self._sync_or_empty()
                if checked and batch is not None and batch.lost():
                    raise ObjectsGone
                changes = plan(head)
                record = Record(
                    number=head.number + 1,
                    previous=head.digest,
                    nonce=nonce,
                    time=now(),
                    actor=self.actor,
                    host=socket.gethostname(),
                    branches=list(changes.branches),
                    tags=list(changes.tags),
                    packs=batch.unpublished() if batch is not None else [],
                    retired=list(changes.retired),
                    purges=list(changes.purges),
                    allowed=list(changes.allowed),
                    thinned=list(changes.thinned),
                    settings=changes.settings,
                )
                data, digest = seal(record)
                if self._put_record(record, data):
                    break
            self.index.keep_record(data)
            self._adopt(record, digest, batch)
        return record

    def _sync_or_empty(self) -> Head:
        if self._head is None and self.index.number() < 0 and not any(self.backend.list("log/")):
            self._head = Head()
            return self._head
        if self._head is not None and self._head.number < 0 and self._next(self._head) is None:
            return self._head
        return self.sync()

    def _put_record(self, record: Record, data: bytes) -> bool:
        key = record_key(record.number)
        try:
            self.backend.put(key, data)
        except AlreadyExists:
            stored, _ = open_record(self.backend.get(key), key)
            return stored.nonce == record.nonce  # a retried put that had arrived the first time
        return True

    def _adopt(self, record: Record, digest: bytes, batch: Batch | None) -> None:
        known = dict(batch.tables) if batch is not None else {}
        with self.index.writing():
            head = self._cached_head_inside()
            before = set(head.packs)
            if head.number == record.number - 1 and (head.digest == record.previous):
                head.apply(record, digest)
                self._enter(head, before, known)
                self._head = head
        if self._head is None or self._head.number < record.number:
            self._catch_up()
        if batch is not None:
            batch.published.update(pack.id for pack in record.packs)
        if (record.number + 1) % SNAPSHOT_EVERY == 0 and self._head is not None:
            self._keep_snapshot(record.number)

    def _keep_snapshot(self, number: int) -> None:
        assert self._head is not None
        if self._head.number != number:
            return
        data, _ = seal(self._head)
        with contextlib.suppress(AlreadyExists):
            self.backend.put(snapshot_key(number), data)

    def records(self) -> Iterator[Record]:
        """Every record of the log, oldest first: who moved what, and when."""
        for listed in self.backend.list("log/"):
            yield open_record(self.backend.get(listed.key), listed.key)[0]
