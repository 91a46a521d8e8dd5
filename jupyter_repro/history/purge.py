"""Purge: content removed for ever, from every commit, with a record of who, when and why."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_repro.errors import BlobCorrupt, BlobMissing, PathNotFound, Purged, StoreError
from jupyter_repro.history.repository import Repository
from jupyter_repro.history.trees import EntryType, TreeEntry, decode_recipe, find_entry, walk
from jupyter_repro.store import Changes, Head, Kind
from jupyter_repro.store import Purge as PurgeRecord
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.store.packs import pack_key, read_table
from jupyter_repro.store.project_log import now
from jupyter_repro.store.repack import HeadMoved, Keep, delete_packs, rewrite

_TRIES = 10


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge of ``path`` would do.

    ``objects`` are the ids to be removed and ``bytes`` what they take in the store; ``same`` the other
    paths with the same content; ``sharing`` the other paths whose files share a part of it; ``remains``
    those of both that keep their content, because only the path itself is purged.
    """

    path: str
    objects: tuple[bytes, ...]
    bytes: int
    files: int
    commits: int
    same: tuple[str, ...]
    sharing: tuple[str, ...]
    remains: tuple[str, ...]


def plan_purge(repository: Repository, path: bytes, everywhere: bool = False) -> PurgePlan:
    """Find out what purging ``path`` (a file, or a directory with all it ever held) would remove.

    Without ``everywhere``, content that another path needs stays. Raises ``PathNotFound``.
    """
    users: dict[bytes, set[bytes]] = defaultdict(set)  # object -> paths of files that need it
    contents: dict[bytes, set[bytes]] = defaultdict(set)  # whole-file hash -> paths
    mine: set[bytes] = set()
    my_hashes: set[bytes] = set()
    touched = 0
    seen: set[tuple[bytes, bytes]] = set()
    for commit in repository.all_commits():
        root = bytes.fromhex(commit.tree)
        inside = False
        try:
            target = find_entry(repository.get_tree, root, path)
            for name, entry in walk(repository.get_tree, root):
                if entry.type != EntryType.FILE or entry.size == 0:
                    continue
                below = name == path or name.startswith(path + b"/")
                inside = inside or below
                if (name, entry.content) in seen:
                    continue
                seen.add((name, entry.content))
                contents[entry.content].add(name)
                objects = _objects(repository, entry)
                for item in objects:
                    users[item].add(name)
                if below:
                    mine.update(objects)
                    my_hashes.add(entry.content)
        except (BlobMissing, BlobCorrupt, Purged):
            continue
        touched += inside and target is not None
    if not mine:
        raise PathNotFound(
            f"No commit holds content at {os.fsdecode(path)!r}. 'jupyter-repro log --path' shows where a file was."
        )

    def outside(names: set[bytes]) -> set[bytes]:
        return {name for name in names if name != path and not name.startswith(path + b"/")}

    same = set().union(*(outside(contents[name]) for name in my_hashes))
    sharing = set().union(*(outside(users[item]) for item in mine)) - same
    chosen = mine if everywhere else {item for item in mine if not outside(users[item])}
    places = [repository.store.index.locate(item, kind) for item in chosen for kind in (Kind.BLOB, Kind.RECIPE)]
    remains: set[bytes] = set() if everywhere else same | sharing
    return PurgePlan(
        os.fsdecode(path),
        tuple(sorted(chosen)),
        sum(place.stored for place in places if place is not None),
        len(my_hashes),
        touched,
        _shown(same),
        _shown(sharing),
        _shown(remains),
    )


def _objects(repository: Repository, entry: TreeEntry) -> list[bytes]:
    if entry.recipe is None:
        return [entry.content]
    recipe = decode_recipe(repository.store.get(Kind.RECIPE, entry.recipe))
    return [entry.recipe, *recipe.ids()]


def _shown(paths: set[bytes]) -> tuple[str, ...]:
    return tuple(os.fsdecode(path) for path in sorted(paths))


def purge(repository: Repository, path: bytes, reason: str, everywhere: bool = False) -> PurgePlan:
    """Remove the content at ``path`` from every commit, and its bytes from the store, at once.

    Ids of commits and trees stay; readers are told who purged and why. Raises ``PathNotFound``, or
    ``StoreError`` when other writers never let it through.
    """
    store = repository.store
    store.refresh()
    for _ in range(_TRIES):
        head = store.sync()
        plan = plan_purge(repository, path, everywhere)
        if not plan.objects:
            return plan
        ids = set(plan.objects)
        record = PurgeRecord(list(plan.objects), path, store.actor, now(), reason)
        packs = sorted(pack for pack, held in store.index.by_pack().items() if any(item[0] in ids for item in held))
        try:
            retired = rewrite(store, packs, _all_but(ids), head, Changes(purges=(record,)))
        except HeadMoved:
            continue
        store.index.new_generation()
        delete_packs(store, {*retired, *_left_over(repository, ids)})
        if set(packs) - set(retired):
            raise StoreError(
                "The purge is recorded and the content can no longer be read, but some packs are damaged and still "
                "hold its bytes. Run 'jupyter-repro verify', then purge again."
            )
        return plan
    raise StoreError("Other writers kept moving the project during the purge. Nothing was removed; try again.")


def _left_over(repository: Repository, ids: set[bytes]) -> Iterator[bytes]:
    """Packs that no reader needs any more, but whose files are still there and hold some of the objects: retired
    ones that wait for slow readers, and those of writers that died. A writer at work begins anew without them."""
    store = repository.store
    live = {pack_key(pack) for pack in store.head.packs}
    for listed in list(store.backend.list("packs/")):
        if listed.key in live:
            continue
        pack = bytes.fromhex(listed.key.rpartition("/")[2])
        try:
            if any(entry.id in ids for entry in read_table(store.backend, pack).entries()):
                yield pack
        except (BlobCorrupt, KeyNotFound):
            yield pack  # what cannot be looked into goes too


def _all_but(ids: set[bytes]) -> Keep:
    return lambda name, kind: name not in ids


def allow(repository: Repository, path: bytes) -> int:
    """Let content that was purged at ``path`` come back with a later checkpoint; returns how many objects."""
    ids = [item for purged in repository.sync().purges if purged.path == path for item in purged.objects]
    if not ids:
        raise PathNotFound(f"Nothing was purged at {os.fsdecode(path)!r}.")

    def plan(head: Head) -> Changes:
        return Changes(allowed=tuple(ids))

    repository.store.publish(plan)
    repository.store.index.new_generation()
    return len(ids)
