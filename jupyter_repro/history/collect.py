"""Garbage collection and the merging of small packs, beside writers and without a lock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from jupyter_repro.errors import StoreError
from jupyter_repro.history.marking import Key, Marker
from jupyter_repro.history.repository import Repository
from jupyter_repro.store import Head
from jupyter_repro.store.repack import (
    GRACE_US,
    HeadMoved,
    delete_orphans,
    delete_retired,
    rewrite,
)

_TRIES = 10
_WASTE = 0.2
_TIERS = (64 * 1024, 512 * 1024, 4 * 1024 * 1024, 16 * 1024 * 1024)
MOST_IN_TIER = 64
"""So many packs of about one size are left alone; more are merged into one."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did: objects and bytes that nothing needs any more and that were left behind,
    packs retired and new, and files of earlier retired packs and orphans deleted."""

    objects: int
    bytes: int
    packs_retired: int
    files_deleted: int


def collect(repository: Repository, grace: int = GRACE_US, orphan_grace: int = GRACE_US) -> Collected:
    """Leave behind what no commit needs, merge small packs, and delete files that were retired more than
    ``grace`` (microseconds) ago.

    ``orphan_grace`` is that of packs no record names: a writer names its packs within minutes, and must
    never lose one before. Raises ``StoreError`` when other writers never let it through."""
    store = repository.store
    store.refresh()
    for _ in range(_TRIES):
        head = store.sync()
        try:
            result = _collect_once(repository, head)
            break
        except HeadMoved:
            continue
    else:
        raise StoreError(
            "Other writers kept moving the project while garbage was collected. Nothing was changed; try again."
        )
    deleted = delete_retired(store, grace) + delete_orphans(store, orphan_grace)
    return Collected(result.objects, result.bytes, result.packs_retired, deleted)


def _collect_once(repository: Repository, head: Head) -> Collected:
    store = repository.store
    refused = head.purged - head.allowed
    unread: list[Key] = []
    marked = Marker(repository, lambda key, path: unread.append(key)).mark_all()
    marked = {item for item in marked if item[0] not in refused}
    held = store.index.by_pack()
    if any(key[0] not in refused for key in unread):
        # What hangs on a damaged directory cannot be known, and it may be put back from a backup: all is kept.
        marked |= {(name, kind) for objects in held.values() for name, kind, _ in objects if name not in refused}
    waste: dict[bytes, list[int]] = {}
    for pack, added in head.packs.items():
        objects = held.get(pack, [])
        garbage = [stored for name, kind, stored in objects if (name, kind) not in marked]
        live = sum(stored for _, _, stored in objects) - sum(garbage)
        if not live or (garbage and added.size - live >= _WASTE * added.size):
            waste[pack] = garbage
    chosen = set(waste) | set(crowded(head)) | (set(store.index.damaged_packs()) & set(head.packs))
    if not chosen:
        return Collected(0, 0, 0, 0)
    retired = rewrite(
        store,
        sorted(chosen),
        lambda name, kind: (name, kind) in marked,
        head,
        whole_without=lambda: not unread and all(store.index.has(*item) for item in marked),
    )
    gone = [size for pack in retired for size in waste.get(pack, [])]
    return Collected(len(gone), sum(gone), len(retired), 0)


def crowded(head: Head) -> list[bytes]:
    """Packs of a size of which there are too many."""
    tiers: dict[int, list[bytes]] = defaultdict(list)
    for pack in head.packs.values():
        for number, limit in enumerate(_TIERS):
            if pack.size < limit:
                tiers[number].append(pack.id)
                break
    return [pack for packs in tiers.values() if len(packs) > MOST_IN_TIER for pack in packs]


def merge_small_packs(repository: Repository) -> int:
    """Merge packs where there are too many small ones, and replace damaged ones whose content is whole
    again; returns how many went. Costs nothing when there is nothing to do, and gives way to other writers."""
    store = repository.store
    head = store.head
    packs = crowded(head)
    packs += [pack for pack in store.index.damaged_packs() if pack in head.packs and pack not in packs]
    if not packs:
        return 0
    try:
        retired = rewrite(store, packs, lambda name, kind: True, head, whole_without=lambda: _is_whole(repository))
    except HeadMoved:
        return 0
    delete_retired(store)
    return len(retired)


def _is_whole(repository: Repository) -> bool:
    """Whether every object that a commit needs is there, as far as is known without reading all content."""
    unread: list[Key] = []
    marked = Marker(repository, lambda key, path: unread.append(key)).mark_all()
    head = repository.store.head
    refused = head.purged - head.allowed
    has = repository.store.index.has
    return all(key[0] in refused for key in unread) and all(has(*key) for key in marked if key[0] not in refused)
