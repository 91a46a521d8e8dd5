"""Environments that the catalogue lost, from the commits of a project: each carries what its environment was."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from jupyter_repro.catalog import BuildRecord, Catalog, EnvironmentRecord, RevisionRecord
from jupyter_repro.environments.choices import Chosen, read_label
from jupyter_repro.environments.definitions import Definition, encode, read_definition, read_lock, text_id
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import EnvironmentNotFound, ReproError
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from jupyter_repro.verbs.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class _Seen:
    """A revision that a commit was made in, with its texts; ``lock`` is b"" where no commit carries it."""

    name: str
    number: int
    definition: bytes
    lock: bytes
    author: str
    time: int


def recover_environments(opened: OpenedProject, catalog: Catalog) -> tuple[str, ...]:
    """Put the environments that commits of the project name into the catalogue where it does not know them.

    Returns labels of the revisions that came back. They belong to whoever asks, and nobody else sees them until they
    are shared again. What the catalogue knows is never changed.
    """
    from jupyter_repro.configuration import user_name

    places = Places(opened.data.root / "environments")
    found: dict[tuple[str, int], _Seen] = {}
    for seen in _seen(opened, opened.repository.all_commits()):
        key = (seen.name, seen.number)
        if key not in found or (seen.lock and not found[key].lock):
            found[key] = seen
    added = []
    for seen in sorted(found.values(), key=lambda one: (one.name, one.number)):
        if _put(catalog, places, seen, user_name(), opened.project.name):
            added.append(f"{seen.name} r{seen.number}")
    return tuple(added)


def _seen(opened: OpenedProject, commits: Iterable[Commit]) -> Iterator[_Seen]:
    store = opened.repository.store
    known: set[tuple[str, str, str]] = set()
    for commit in commits:
        environment = commit.environment
        key = (environment.label, environment.definition, environment.lock)
        name, number, applied = read_label(environment.label)
        if not environment.definition or not number or key in known:
            continue
        known.add(key)
        try:
            text = store.get(Kind.NOTE, bytes.fromhex(environment.definition))
            definition = read_definition(text)
            lock = store.get(Kind.NOTE, bytes.fromhex(environment.lock)) if environment.lock else b""
        except ReproError:
            continue  # 'verify' tells of the damage
        if not applied:
            yield _Seen(name, number, text, lock, commit.author, commit.time)
        yield from _parents(definition, commit)


def _parents(definition: Definition, commit: Commit) -> Iterator[_Seen]:
    """The revisions that a definition is based on: it holds them whole, but for their locks."""
    parent = definition.parent
    if parent is not None:
        yield _Seen(parent.name, parent.number, encode(parent.definition), b"", commit.author, commit.time)
        yield from _parents(parent.definition, commit)


def _put(catalog: Catalog, places: Places, seen: _Seen, user: str, project: str) -> bool:
    revision = RevisionRecord("", seen.number, text_id(seen.definition), seen.author, seen.time, "")
    try:
        record = catalog.environments.find(seen.name)
    except EnvironmentNotFound:
        active = _active(places, seen.name)
        identity = active.environment if active is not None else os.urandom(16).hex()
        engine = read_definition(seen.definition).engine
        description = f"Found again in the history of {project}"
        record = EnvironmentRecord(identity, seen.name, description, user, engine, "private", {}, None, 0, seen.time)
        catalog.environments.add(record, replace(revision, environment_id=identity))
    else:
        if any(one.number == seen.number for one in catalog.environments.revisions(record.id)):
            return False
        catalog.environments.put_revision(replace(revision, environment_id=record.id))
    places.keep(seen.definition)
    if seen.lock:
        _put_build(catalog, places, record, seen)
    return True


def _put_build(catalog: Catalog, places: Places, record: EnvironmentRecord, seen: _Seen) -> None:
    lock = read_lock(seen.lock)
    packages = len(engine_of(lock.engine, places).packages(lock))
    catalog.environments.put_build(
        BuildRecord(
            os.urandom(12).hex(),
            record.id,
            seen.number,
            "ready",
            "",
            seen.author,
            seen.time,
            seen.time,
            seen.time,
            places.keep(seen.lock),
            packages,
        )
    )
    active = _active(places, seen.name)
    if active is None or active.number == seen.number:
        catalog.environments.change(record.id, active=seen.number)


def _active(places: Places, name: str) -> Chosen | None:
    """What the files of this machine say of the active revision of an environment of that name."""
    for file in sorted(Path(places.root / "active").glob("*.json")):
        try:
            chosen = msgspec.json.decode(file.read_bytes(), type=Chosen)
        except (OSError, msgspec.DecodeError):
            continue
        if chosen.name == name and chosen.environment == file.stem:
            return chosen
    return None
