"""A batch: objects on their way into packs.

The caller's thread reads and hashes; worker threads compress; one thread puts finished packs. Queues
between them are bounded by bytes, so memory stays bounded however much is written.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from jupyter_repro.errors import PurgedContent
from jupyter_repro.store.backends.protocol import AlreadyExists
from jupyter_repro.store.log import PackAdded
from jupyter_repro.store.objects import Codec, Compressor, Data, Kind, object_id
from jupyter_repro.store.packs import FinishedPack, PackBuilder, Table, pack_key

if TYPE_CHECKING:
    from jupyter_repro.store.store import Store

_GROUP_BYTES = 1024 * 1024
_GROUP_COUNT = 512
_SMALL = 64 * 1024
_NAMED_AFTER_PACKS = 8
_NAMED_AFTER_SECONDS = 30.0
_STRUCTURE = frozenset((Kind.TREE, Kind.RECIPE, Kind.COMMIT, Kind.NOTE))

Item = tuple[bytes, int, Data]


class Encoded(NamedTuple):
    """A blob as it goes into a pack: its id, its codec, its bytes there, and how many bytes it has plain."""

    id: bytes
    codec: int
    payload: bytes
    plain: int


class Batch:
    """Writes objects of one store. Use as a context manager: leaving it without ``flush`` throws away
    what was not yet put.

    ``put`` may be called from one thread only. ``reused`` are objects found in the store already;
    ``written`` those that this batch added.
    """

    def __init__(self, store: Store, compressors: int | None = None) -> None:
        self._store = store
        head = store.head
        self._refused = head.purged - head.allowed
        self._known_empty = store.index.empty()
        self._retired_before = head.last_retired
        self.written: set[bytes] = set()
        self.reused: set[bytes] = set()
        self.packs: list[PackAdded] = []
        self.tables: dict[bytes, Table] = {}
        self.published: set[bytes] = set()
        self._last_named = time.monotonic()
        self.structure: dict[bytes, Data] = {}
        self.bytes_stored = 0
        self._group: list[Item] = []
        self._group_bytes = 0
        self._builder = PackBuilder()
        self._builder_lock = threading.Lock()
        self._error: BaseException | None = None
        self._stopped = False
        count = compressors or max(1, min(4, os.cpu_count() or 2))
        self._to_compress: queue.Queue[list[Item] | None] = queue.Queue(maxsize=4 * count)
        self._to_put: queue.Queue[FinishedPack | None] = queue.Queue(maxsize=1)
        self._count = count
        self._threads: list[threading.Thread] = []
        self._putter: threading.Thread | None = None

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def put(self, kind: int, data: Data, name: bytes | None = None) -> bytes:
        """Add an object unless the store has it; ``name`` is its id when the caller knows it.

        ``data`` must not change afterwards. Returns the id. Raises ``PurgedContent`` for content that
        was purged and not allowed again, and whatever stopped the writing of an earlier object.
        """
        if name is None:
            name = object_id(data)
        key = name if kind == Kind.BLOB else name + bytes((kind,))
        if key in self.written:
            return name
        if self._refused and name in self._refused:
            raise PurgedContent(
                f"content {name.hex()[:12]} was purged from this project and may not come back. Remove it from the "
                "workspace, ignore it, or allow it again with 'jupyter-repro purge PATH --allow-again'."
            )
        if kind in _STRUCTURE:
            self.structure[key] = data
        if not self._known_empty and self._store.index.has(name, kind):
            self.reused.add(key)
            return name
        self.written.add(key)
        if len(data) >= _SMALL:
            self._send([(name, kind, data)])
        else:
            self._group.append((name, kind, data))
            self._group_bytes += len(data)
            if self._group_bytes >= _GROUP_BYTES or len(self._group) >= _GROUP_COUNT:
                self._send(self._group)
                self._group, self._group_bytes = [], 0
        return name

    @property
    def fresh(self) -> bool:
        """Whether the store was empty when the batch began, and refuses nothing."""
        return self._known_empty and not self._refused

    def put_encoded(self, objects: Iterable[Encoded]) -> None:
        """As ``put``, for blobs of a ``fresh`` batch that another process has named and compressed."""
        self._raise()
        if not self._threads:
            self._start()
        with self._builder_lock:
            for name, codec, payload, plain in objects:
                if name not in self.written:
                    self.written.add(name)
                    self._builder.add(name, Kind.BLOB, Codec(codec), payload, plain)
            finished = self._full_pack()
        if finished is not None:
            self._hand_over(finished.finish())

    def get(self, kind: int, name: bytes) -> bytes:
        """An object, from this batch if it is a structure that was just put, else from the store."""
        data = self.structure.get(name + bytes((kind,)))
        return bytes(data) if data is not None else self._store.get(kind, name)

    def flush(self) -> None:
        """Make everything put so far durable. ``packs`` then lists every pack of the batch."""
        if self._group:
            self._send(self._group)
            self._group, self._group_bytes = [], 0
        self._drain()
        with self._builder_lock:
            builder, self._builder = self._builder, PackBuilder()
        if len(builder):
            self._put_pack(builder.finish())
        self._raise()

    def add_pack(self, pack: FinishedPack) -> None:
        """Put a pack that was built elsewhere, durably."""
        self._put_pack(pack)
        self.written.update(
            entry.id if entry.kind == Kind.BLOB else entry.id + bytes((entry.kind,)) for entry in pack.table.entries()
        )

    def unpublished(self) -> list[PackAdded]:
        """Durable packs that no record names yet."""
        return [pack for pack in list(self.packs) if pack.id not in self.published]

    def lost(self) -> bool:
        """Whether a pack left the store since the batch began and took along something that this batch
        counts on. The caller then begins anew."""
        head = self._store.head
        refused = head.purged - head.allowed
        if refused - self._refused and any(key[:32] in refused for key in self.written | self.reused):
            return True  # begun anew, it is refused with the name of the file
        if head.last_retired == self._retired_before:
            return False
        has = self._store.index.has
        fresh = {entry.id for pack in self.unpublished() for entry in self.tables[pack.id].entries()}
        for key in self.written | self.reused:
            name, kind = (key, Kind.BLOB) if len(key) == 32 else (key[:32], Kind(key[32]))
            if name not in fresh and not has(name, kind):
                return True
        return False

    # -- threads ---------------------------------------------------------------------------------

    def _send(self, group: list[Item]) -> None:
        self._raise()
        if not self._threads:
            self._start()
        while True:
            try:
                self._to_compress.put(group, timeout=0.5)
                return
            except queue.Full:
                self._raise()

    def _start(self) -> None:
        self._threads = [
            threading.Thread(target=self._compress, name=f"repro-compress-{i}", daemon=True) for i in range(self._count)
        ]
        self._putter = threading.Thread(target=self._put_packs, name="repro-put", daemon=True)
        for thread in (*self._threads, self._putter):
            thread.start()

    def _failed(self, error: BaseException) -> None:
        """Keep the first error for the caller's thread; the threads go on to empty their queues."""
        self._error = self._error or error

    def _compress(self) -> None:
        compressor = Compressor()
        while (group := self._to_compress.get()) is not None:
            if self._stopped or self._error:
                continue
            try:
                self._compress_group(compressor, group)
            except BaseException as error:  # noqa: BLE001  # handed to the caller's thread
                self._failed(error)

    def _compress_group(self, compressor: Compressor, group: list[Item]) -> None:
        if len(group) == 1:
            encoded = [compressor.one(group[0][2])]
        else:
            encoded = compressor.many([item[2] for item in group])
        with self._builder_lock:
            add = self._builder.add
            for (name, kind, data), (codec, payload) in zip(group, encoded, strict=True):
                add(name, kind, Codec(codec), payload, len(data))
            finished = self._full_pack()
        if finished is not None:
            self._hand_over(finished.finish())

    def _full_pack(self) -> PackBuilder | None:
        """The pack that was being built, once it is large enough; the caller holds the lock."""
        if not self._builder.full:
            return None
        finished, self._builder = self._builder, PackBuilder()
        return finished

    def _hand_over(self, pack: FinishedPack) -> None:
        while not (self._stopped or self._error):
            try:
                self._to_put.put(pack, timeout=0.5)
                return
            except queue.Full:
                continue

    def _put_packs(self) -> None:
        while (pack := self._to_put.get()) is not None:
            if self._stopped or self._error:
                continue
            try:
                self._put_pack(pack)
                self._name_early()
            except BaseException as error:  # noqa: BLE001  # handed to the caller's thread
                self._failed(error)

    def _name_early(self) -> None:
        """Record packs of a long batch before it is complete: if it breaks off, a later one finds them."""
        waiting = self.unpublished()
        late = time.monotonic() - self._last_named > _NAMED_AFTER_SECONDS
        if len(waiting) >= _NAMED_AFTER_PACKS or (late and waiting):
            self._store.publish_packs(self)
            self._last_named = time.monotonic()

    def _put_pack(self, pack: FinishedPack) -> None:
        # The salt makes every pack another: one that is there already is a retried put that had arrived.
        with contextlib.suppress(AlreadyExists):
            self._store.backend.put(pack_key(pack.id), pack.data)
        self.tables[pack.id] = pack.table
        self.bytes_stored += len(pack.data)
        self.packs.append(PackAdded(pack.id, len(pack.data), len(pack.table)))

    def _drain(self) -> None:
        for _ in self._threads:
            self._to_compress.put(None)
        for thread in self._threads:
            thread.join()
        if self._putter is not None:
            self._to_put.put(None)
            self._putter.join()
        self._threads, self._putter = [], None
        self._raise()

    def _stop(self) -> None:
        self._stopped = True
        if self._threads:
            # The block is being left for a reason of its own, which is the one to tell.
            with contextlib.suppress(BaseException):
                self._drain()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
