"""What a word of a comparison stands for: a commit, this moment, a snapshot, or a revision of an environment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_repro.environments.definitions import read_definition, read_lock
from jupyter_repro.environments.locked import packages_of_lock
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import Package, Software, read_software
from jupyter_repro.environments.snapshots.texts import software
from jupyter_repro.errors import (
    CommitNotFound,
    EnvironmentNotFound,
    EnvironmentNotReady,
    InvalidRequest,
    ReproError,
)
from jupyter_repro.store import Kind
from jupyter_repro.verbs.environments.library import Library, Revision, revision_named
from jupyter_repro.verbs.environments.snapshot import NOW, Snapshot, snapshot, snapshot_of
from jupyter_repro.verbs.opened import Opened, OpenedProject

_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*@(active|\d+)?")
_SNAPSHOT = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what it is called, what is installed, and the text of the definition (b"" when it is
    not known). ``ecosystems`` are those that it speaks of, None for all; of those that are ``partly`` known it names
    what was asked for on top of the others, and not what those bring."""

    called: str
    snapshot: Snapshot
    definition: bytes
    ecosystems: frozenset[str] | None
    partly: frozenset[str] = frozenset()

    def seen_by(self, other: Side) -> list[Package]:
        """What is installed on this side, of that which ``other`` can know."""
        names = {(one.ecosystem, one.name) for one in other.snapshot.software.packages}
        blind = other.partly - self.partly
        return [
            one
            for one in self.snapshot.software.packages
            if one.ecosystem not in blind or (one.ecosystem, one.name) in names
        ]


def side(opened: OpenedProject | None, name: str, library: Library | None = None) -> Side:
    """What ``name`` stands for: ``NOW``, "environment@3", a commit, or the id (8 digits or more) of a snapshot.

    Without ``opened`` only revisions can be named, without ``library`` everything else. Raises what finding it raises.
    """
    if library is not None and _REVISION.fullmatch(name):
        try:
            return _revision(library, name)
        except EnvironmentNotFound:
            if opened is None or not _is_commit(opened, name):
                raise
    if opened is None:
        raise InvalidRequest(f"{name!r} is named in a project, and this is none. Go to a workspace, or name --project.")
    if name == NOW:
        return Side(NOW, snapshot(opened, NOW), _definition_now(opened), None)
    try:
        commit = opened.resolve(name)
    except CommitNotFound:
        found = _by_snapshot(opened, name) if _SNAPSHOT.fullmatch(name) else None
        if found is None:
            raise
        return Side(name, found, b"", None)
    definition = commit.environment.definition
    text = opened.repository.store.get(Kind.NOTE, bytes.fromhex(definition)) if definition else b""
    return Side(name, snapshot_of(opened, commit), text, None)


def packages_of(library: Library, revision: Revision) -> Software:
    """What the lock of a revision holds. Raises ``EnvironmentNotReady`` when it has none yet."""
    if not revision.lock:
        raise EnvironmentNotReady(
            f"Revision {revision.record.number} has no build that worked, so nobody knows its packages. Build it with "
            "'jupyter-repro env build NAME --revision N'."
        )
    lock = read_lock(library.places.get(revision.lock))
    if lock.engine == "host":
        return read_software(lock.text.encode())
    implementation, _, version = lock.python.partition(" ")
    found = [Package("runtime", "python", version, origin=implementation)] if version else []
    return software([*found, *packages_of_lock(lock, library.places)])


def _revision(library: Library, name: str) -> Side:
    environment, number = revision_named(name)
    revision = library.show(environment).revision(number)
    found = packages_of(library, revision)
    label = f"{environment} r{revision.record.number}"
    text = library.places.get(revision.record.definition)
    engine = read_definition(text).engine
    partly = frozenset({"python"}) if engine == "conda" else frozenset[str]()
    ecosystems = None if engine == "host" else partly.union(found.by_ecosystem)
    return Side(label, Snapshot("", label, "", found, None), text, ecosystems, partly)


def _is_commit(opened: OpenedProject, name: str) -> bool:
    try:
        opened.resolve(name)
    except ReproError:
        return False
    return True


def _definition_now(opened: OpenedProject) -> bytes:
    from jupyter_repro.environments.choices import read_choice

    if not isinstance(opened, Opened):
        return b""
    root = opened.data.root / "environments"
    choice = read_choice(root, opened.workspace.directory)
    try:
        return Places(root).get(choice[0].definition) if choice is not None else b""
    except ReproError:
        return b""


def _by_snapshot(opened: OpenedProject, name: str) -> Snapshot | None:
    """The newest snapshot whose id begins so."""
    for commit in opened.repository.all_commits():
        if commit.environment.software.startswith(name):
            return snapshot_of(opened, commit)
    return None
