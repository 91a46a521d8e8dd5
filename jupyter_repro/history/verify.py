"""Verify: read everything, and name what is damaged by the files and commits that it touches."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from blake3 import blake3

from jupyter_repro.errors import BlobCorrupt, BlobMissing, HostilePath, Purged
from jupyter_repro.history.marking import Key, Marker
from jupyter_repro.history.repository import Repository
from jupyter_repro.history.trees import EntryType, decode_recipe
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.store import Kind
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.store.log import FORMAT, open_record, record_key
from jupyter_repro.store.objects import decode
from jupyter_repro.store.packs import Table, pack_key, read_table
from jupyter_repro.store.project_log import MARKER

_MOST_PATHS = 10_000


@dataclass(frozen=True, slots=True)
class Damage:
    """Something damaged or missing: its kind ("blob", "recipe", "tree", "commit", "note", "pack", "log", "marker"),
    its id, the paths and commits that need it, and the file of the store that holds it or should ("" where nobody
    knows). ``workspaces`` are the folders whose files still have the content, where those were looked through."""

    kind: str
    id: str
    paths: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    file: str = ""
    workspaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome: how many objects were read, what is damaged, and how many are gone by purge."""

    ok: bool
    objects: int
    damaged: tuple[Damage, ...]
    purged: int


def verify(repository: Repository, on_progress: OnProgress | None = None) -> Verified:
    """Read every record, pack and object of the project and check it against its name.

    What is found damaged is noted in the index, so that the next checkpoint stores again what it can
    still read from the workspace.
    """
    store = repository.store
    head = store.refresh()
    damage = [*_marker_damage(repository), *_log_damage(repository)]
    bad: set[Key] = set()
    good: set[Key] = set()
    torn: list[bytes] = []
    total = sum(pack.size for pack in head.packs.values())
    done = 0
    with ThreadPoolExecutor(max(2, min(8, os.cpu_count() or 2))) as pool:
        for pack, result in zip(head.packs, pool.map(lambda p: _check_pack(repository, p), head.packs), strict=True):
            pack_good, pack_bad, whole = result
            good |= pack_good
            bad |= pack_bad
            done += head.packs[pack].size
            if not whole:
                torn.append(pack)
                damage.append(Damage("pack", pack.hex(), file=pack_key(pack)))
            if on_progress is not None:
                on_progress(Progress("verify", len(good), None, done, total))
    bad -= good  # a second copy in another pack is as good
    store.index.set_damaged(bad, torn)
    missing: set[Key] = set()
    marker = Marker(repository, lambda key, path: missing.add(key))
    needed = marker.mark_all()
    gone = {key for key in needed if key not in good and key[0] not in head.purged}
    lost = {(name, int(Kind.COMMIT)) for name in _mentioned(repository)} - good
    broken = lost | gone | (missing - {key for key in missing if key[0] in head.purged}) | (bad & needed)
    damage += _named(repository, broken)
    purged = sum(1 for key in needed if key[0] in head.purged)
    return Verified(not damage, len(good) + len(bad), tuple(damage), purged)


def _marker_damage(repository: Repository) -> Iterator[Damage]:
    try:
        marker = json.loads(repository.store.backend.get(MARKER))
        project = repository.store.head.settings.get("project", marker["project"])
        whole = marker["format"] == FORMAT and marker["project"] == project
    except (KeyNotFound, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        yield Damage("marker", MARKER, file=MARKER)


def _mentioned(repository: Repository) -> set[bytes]:
    """Every commit that a branch, a tag or another commit names."""
    head = repository.store.head
    parents = {bytes.fromhex(parent) for commit in repository.all_commits() for parent in commit.parents}
    return {*head.branches.values(), *head.tags.values(), *parents}


def _log_damage(repository: Repository) -> Iterator[Damage]:
    store = repository.store
    numbers = {listed.key for listed in store.backend.list("log/")}
    previous: bytes | None = None
    # What lies before a snapshot is no longer read by anybody: 'rebuild' keeps one after a damaged record.
    for number in range(store.snapshot_number() + 1, store.head.number + 1):
        key = record_key(number)
        if key not in numbers:
            yield Damage("log", str(number), file=key)
            previous = None
            continue
        try:
            record, digest = open_record(store.backend.get(key), key)
        except (BlobCorrupt, KeyNotFound):
            yield Damage("log", str(number), file=key)
            previous = None
            continue
        if previous is not None and record.previous != previous:
            yield Damage("log", str(number), file=key)
        previous = digest


def _check_pack(repository: Repository, pack: bytes) -> tuple[set[Key], set[Key], bool]:
    """Good objects, bad objects, and whether the pack as a whole is what its name says."""
    store = repository.store
    good: set[Key] = set()
    bad: set[Key] = set()
    try:
        data = store.backend.get(pack_key(pack))
    except KeyNotFound:
        return good, set(store.index.in_pack(pack)), False
    whole = blake3(data).digest() == pack
    view = memoryview(data)
    for name, kind, codec, offset, stored, plain in _entries(repository, pack):
        try:
            decode(codec, view[offset : offset + stored], plain, name)
            good.add((name, kind))
        except BlobCorrupt:
            bad.add((name, kind))
    return good, bad, whole


def _entries(repository: Repository, pack: bytes) -> Iterator[tuple[bytes, int, int, int, int, int]]:
    store = repository.store
    try:
        table: Table | None = read_table(store.backend, pack)
    except (BlobCorrupt, KeyNotFound):
        table = None
    if table is not None:
        for entry in table.entries():
            yield entry.id, entry.kind, entry.codec, entry.offset, entry.stored, entry.plain
        return
    for name, kind in store.index.in_pack(pack):  # this machine may still know what the damaged table said
        place = store.index.locate(name, kind)
        if place is not None:
            yield name, kind, place.codec, place.offset, place.stored, place.plain


def _named(repository: Repository, broken: set[Key]) -> list[Damage]:
    """Each broken object with the paths and commits that need it."""
    if not broken:
        return []
    paths: dict[Key, dict[bytes, None]] = defaultdict(dict)
    commits: dict[Key, dict[str, None]] = defaultdict(dict)
    inside: dict[bytes, dict[Key, set[bytes]]] = {}
    for commit in repository.all_commits():
        root = bytes.fromhex(commit.tree)
        environment = commit.environment
        for note in (environment.definition, environment.lock, environment.software, environment.host):
            if note and (bytes.fromhex(note), Kind.NOTE) in broken:
                commits[(bytes.fromhex(note), Kind.NOTE)][commit.id] = None
        for key, found in _broken_below(repository, root, broken, inside).items():
            commits[key][commit.id] = None
            for path in found:
                if len(paths[key]) < _MOST_PATHS:
                    paths[key][path] = None
    for name, kind in broken:
        if kind == Kind.COMMIT:
            commits[(name, kind)][name.hex()] = None
    return [
        Damage(
            Kind(key[1]).name.lower(),
            key[0].hex(),
            tuple(os.fsdecode(path) for path in sorted(paths[key])),
            tuple(commits[key]),
            file=pack_key(place.pack) if (place := repository.store.index.locate(*key)) is not None else "",
        )
        for key in sorted(broken)
    ]


def _broken_below(
    repository: Repository, tree: bytes, broken: set[Key], inside: dict[bytes, dict[Key, set[bytes]]]
) -> dict[Key, set[bytes]]:
    """Broken objects below a tree, with their paths relative to it; remembered for trees that are shared."""
    if tree in inside:
        return inside[tree]
    found: dict[Key, set[bytes]] = defaultdict(set)
    inside[tree] = found
    if (tree, Kind.TREE) in broken:
        found[(tree, Kind.TREE)].add(b"")
    try:
        entries = repository.get_tree(tree)
    except (BlobCorrupt, BlobMissing, Purged, HostilePath):
        return found
    for entry in entries:
        if entry.type == EntryType.DIRECTORY:
            for key, below in _broken_below(repository, entry.content, broken, inside).items():
                found[key].update(entry.name + b"/" + path if path else entry.name for path in below)
        elif entry.type == EntryType.FILE:
            for key in _keys_of_file(repository, entry.content, entry.recipe):
                if key in broken:
                    found[key].add(entry.name)
    return found


def _keys_of_file(repository: Repository, content: bytes, recipe: bytes | None) -> Iterator[Key]:
    if recipe is None:
        yield content, Kind.BLOB
        return
    yield recipe, Kind.RECIPE
    try:
        chunks = decode_recipe(repository.store.get(Kind.RECIPE, recipe)).ids()
    except (BlobCorrupt, BlobMissing, Purged):
        return
    for chunk in chunks:
        yield chunk, Kind.BLOB
