"""Rewriting packs: what is to be kept goes into new packs, and the old ones are retired.

The way of every operation that frees space. Nothing is locked: the record that retires packs is put
only if nothing else moved since the decision was made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

from jupyter_repro.errors import BlobCorrupt
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.store.log import Changes, Head, PackRetired
from jupyter_repro.store.objects import Codec, decode
from jupyter_repro.store.packs import Entry, PackBuilder, pack_key, read_table
from jupyter_repro.store.project_log import now
from jupyter_repro.store.store import Store

GRACE_US = 24 * 3600 * 1_000_000
"""Retired packs and orphans are deleted when they are older than this, so that slow readers finish."""

Keep = Callable[[bytes, int], bool]
"""Whether the object of this id and kind is to be kept."""


class HeadMoved(Exception):
    """Another writer was faster: the decision is made again."""


def rewrite(
    store: Store,
    packs: Iterable[bytes],
    keep: Keep,
    expected: Head,
    changes: Changes | None = None,
    *,
    whole_without: Callable[[], bool] = lambda: False,
) -> list[bytes]:
    """Retire ``packs``; what ``keep`` wants of them goes into new ones, checked on the way.

    ``expected`` is the head that the decision was made at, ``changes`` what the same record says besides.
    Returns the packs that were retired: one that cannot be read stays, unless nothing is known to be read from it
    and ``whole_without`` says that every commit is whole without it. Raises ``HeadMoved``.
    """
    number = expected.number
    with store.batch() as batch:
        builder = PackBuilder()
        retired: list[bytes] = []
        for pack in packs:
            try:
                payloads = _payloads(store, pack, keep, whole_without)
            except (BlobCorrupt, KeyNotFound):
                if any(keep(*item) for item in store.index.in_pack(pack)) or not whole_without():
                    continue
                payloads = []  # nothing is read from it any more
            for name, kind, codec, payload, plain in payloads:
                builder.add(name, kind, codec, payload, plain)
                if builder.full:
                    batch.add_pack(builder.finish())
                    builder = PackBuilder()
            retired.append(pack)
        if len(builder):
            batch.add_pack(builder.finish())
        replacements = [pack.id for pack in batch.packs]

        def plan(head: Head) -> Changes:
            if head.number != number:
                raise HeadMoved
            said = changes or Changes()
            return Changes(
                said.branches,
                said.tags,
                tuple(PackRetired(pack, replacements) for pack in retired),
                said.purges,
                said.allowed,
                said.thinned,
                said.settings,
            )

        if retired or changes:
            store.publish(plan, batch)
    return retired


def _payloads(
    store: Store, pack: bytes, keep: Keep, whole: Callable[[], bool]
) -> list[tuple[bytes, int, Codec, bytes, int]]:
    """The stored bytes of the wanted objects of this pack, each checked against its name; without those that
    another pack holds as well."""
    found: list[tuple[bytes, int, Codec, bytes, int]] = []
    data: bytes | None = None
    for entry in _entries(store, pack, whole):
        if not keep(entry.id, entry.kind) or _is_elsewhere(store, pack, entry):
            continue
        if data is None:
            data = store.backend.get(pack_key(pack))
        payload = data[entry.offset : entry.offset + entry.stored]
        decode(entry.codec, payload, entry.plain, entry.id)
        found.append((entry.id, entry.kind, Codec(entry.codec), payload, entry.plain))
    return found


def _entries(store: Store, pack: bytes, whole: Callable[[], bool]) -> Iterable[Entry]:
    """The table of a pack; where that is damaged, what the index knows of it, if nothing is missing with that."""
    try:
        return list(read_table(store.backend, pack).entries())
    except (BlobCorrupt, KeyNotFound):
        if not whole():
            raise
    places = ((name, kind, store.index.locate(name, kind)) for name, kind in store.index.in_pack(pack))
    return [
        Entry(name, kind, place.codec, place.offset, place.stored, place.plain)
        for name, kind, place in places
        if place is not None
    ]


def _is_elsewhere(store: Store, pack: bytes, entry: Entry) -> bool:
    # The index is a cache: what it says of another copy is believed when that copy has been read.
    place = store.index.locate(entry.id, entry.kind)
    if place is None or place.pack == pack or place.pack not in store.head.packs:
        return False
    try:
        decode(place.codec, store.backend.get(pack_key(place.pack), place.offset, place.stored), place.plain, entry.id)
    except (BlobCorrupt, KeyNotFound):
        return False
    return True


def delete_retired(store: Store, grace: int = GRACE_US) -> int:
    """Delete the files of packs retired more than ``grace`` (microseconds) ago; returns how many there were."""
    head = store.sync()
    limit = now() - grace
    count = 0
    for pack, when in head.retired.items():
        if when <= limit:
            count += _delete_if_there(store, pack_key(pack))
    return count


def delete_packs(store: Store, packs: Iterable[bytes]) -> None:
    """Delete the files of retired packs at once."""
    for pack in packs:
        store.backend.delete(pack_key(pack))


def delete_orphans(store: Store, grace: int = GRACE_US) -> int:
    """Delete packs that no record names: a writer was stopped before it could say so. Returns how many."""
    head = store.sync()
    limit = (now() - grace) / 1_000_000
    known = {pack_key(pack) for pack in (*head.packs, *head.retired)}
    count = 0
    for listed in list(store.backend.list("packs/")):
        if listed.key not in known and listed.modified <= limit:
            store.backend.delete(listed.key)
            count += 1
    collect = getattr(store.backend, "collect_temporary", None)
    if callable(collect):
        with contextlib.suppress(OSError):
            collect(grace / 1_000_000)
    return count


def _delete_if_there(store: Store, key: str) -> int:
    try:
        store.backend.get(key, 0, 1)
    except KeyNotFound:
        return 0
    store.backend.delete(key)
    return 1
