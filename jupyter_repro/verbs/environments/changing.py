"""Making environments and changing them: every saved definition is a new revision, and none is ever changed."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_repro.catalog import EnvironmentRecord, RevisionRecord, microseconds_now
from jupyter_repro.environments.comparing import PackageChange, compare_packages
from jupyter_repro.environments.definitions import Definition, checked, encode, read_lock
from jupyter_repro.environments.differing import definition_difference
from jupyter_repro.environments.locked import packages_of_lock
from jupyter_repro.environments.snapshots import Package
from jupyter_repro.errors import EnvironmentNotReady, InvalidRequest
from jupyter_repro.verbs.environments import deriving
from jupyter_repro.verbs.environments.library import Library, Revision

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
VISIBILITIES = ("private", "shared", "everyone")


@dataclass(frozen=True, slots=True)
class RevisionComparison:
    """Two revisions of an environment: the definitions as a unified diff, and the packages of their locks.

    ``locked`` is False when one of them has no good build: then the packages are not known.
    """

    definition: str
    changes: tuple[PackageChange, ...]
    locked: bool


def create(
    library: Library,
    name: str,
    definition: Definition,
    *,
    description: str = "",
    visibility: str = "private",
    users: Sequence[str] = (),
    groups: Sequence[str] = (),
    message: str = "",
) -> EnvironmentRecord:
    """Make an environment with its first revision, which is not built yet.

    Raises ``InvalidDefinition``, ``InvalidRequest`` for a name that cannot be one, ``EnvironmentExists``.
    """
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot be the name of an environment: use letters, digits, '.', '_' and '-', at most 100."
        )
    tidy = checked(definition)
    shared = _shared(visibility, users, groups)
    now = microseconds_now()
    identity = os.urandom(16).hex()
    key = library.places.keep(encode(tidy))
    record = EnvironmentRecord(identity, name, description, library.user, tidy.engine, visibility, shared, None, 0, now)
    library.catalog.environments.add(record, RevisionRecord(identity, 1, key, library.user, now, message))
    library.record("env-create", name)
    return record


def edit(library: Library, name: str, definition: Definition, *, message: str = "") -> RevisionRecord:
    """Save a changed definition as the next revision, which is not built yet.

    The same definition as that of the newest revision makes no new one, and that revision is returned. Raises
    ``InvalidDefinition``, ``EnvironmentForbidden``, ``EnvironmentNotFound``.
    """
    found = library.owned(name)
    tidy = checked(definition)
    if tidy.engine != found.engine:
        raise InvalidRequest(
            f"Environment {found.name!r} is made by the engine {found.engine}, which stays. Make another environment."
        )
    key = library.places.keep(encode(tidy))
    newest = library.catalog.environments.revisions(found.id)[0]
    if newest.definition == key:
        return newest
    saved = library.catalog.environments.add_revision(
        RevisionRecord(found.id, 0, key, library.user, microseconds_now(), message)
    )
    library.record("env-edit", found.name, revision=saved.number)
    return saved


def share(
    library: Library,
    name: str,
    visibility: str,
    *,
    users: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> EnvironmentRecord:
    """Say who may see and use an environment: nobody else, named users and groups, or everyone."""
    found = library.owned(name)
    changed = library.catalog.environments.change(
        found.id, visibility=visibility, shared=_shared(visibility, users, groups)
    )
    library.record("env-share", found.name, visibility=visibility, users=list(users), groups=list(groups))
    return changed


def describe_environment(library: Library, name: str, description: str) -> EnvironmentRecord:
    """Change the description of an environment."""
    return library.catalog.environments.change(library.owned(name).id, description=description)


def duplicate(library: Library, name: str, new_name: str, *, number: int | None = None) -> EnvironmentRecord:
    """Make an environment of one's own from a revision (the active one without ``number``) of one that may be seen."""
    found = library.show(name)
    revision = found.revision(number)
    label = f"{found.record.name} r{revision.record.number}"
    return create(library, new_name, revision.definition, description=found.record.description, message=f"From {label}")


def archive(library: Library, name: str, *, archived: bool = True) -> EnvironmentRecord:
    """Put an environment away so that lists leave it out, or take it back; those who use it go on as before."""
    found = library.owned(name)
    changed = library.catalog.environments.change(found.id, archived=microseconds_now() if archived else None)
    library.record("env-archive" if archived else "env-unarchive", found.name)
    return changed


def set_default(library: Library, name: str) -> EnvironmentRecord:
    """Make an environment the one that new workspaces are proposed."""
    found = library.owned(name)
    changed = library.catalog.environments.change(found.id, is_default=1)
    library.record("env-default", found.name)
    return changed


def compare_revisions(library: Library, name: str, a: int, b: int) -> RevisionComparison:
    """What changed from revision ``a`` to revision ``b`` of an environment."""
    found = library.show(name)
    old, new = found.revision(a), found.revision(b)
    diff = definition_difference(old.definition, new.definition, (f"r{a}", f"r{b}"))
    packages = [_packages(library, one) for one in (old, new)]
    locked = bool(old.lock and new.lock)
    return RevisionComparison(diff, compare_packages(*packages) if locked else (), locked)


def based_on(library: Library, name: str, number: int | None = None) -> Definition:
    """A definition that adds nothing yet to a revision (the active one without ``number``) of an environment.

    It holds that revision whole, so that it can be built where nobody knows the environment. Raises
    ``EnvironmentNotFound``, and ``EnvironmentNotReady`` for one that has no build that worked.
    """
    found = library.show(name)
    revision = found.revision(number)
    label = f"{found.record.name} r{revision.record.number}"
    if not revision.lock:
        raise EnvironmentNotReady(
            f"{label} has no build that worked, so nothing can be based on it. Build it with 'jupyter-repro env build "
            f"{found.record.name} --revision {revision.record.number}'."
        )
    return deriving.based_on(
        library.places, found.record.name, revision.record.number, revision.record.definition, revision.lock
    )


def _packages(library: Library, revision: Revision) -> list[Package]:
    if not revision.lock:
        return []
    lock = read_lock(library.places.get(revision.lock))
    return packages_of_lock(lock, library.places)


def _shared(visibility: str, users: Sequence[str], groups: Sequence[str]) -> dict[str, list[str]]:
    if visibility not in VISIBILITIES:
        raise InvalidRequest(f"{visibility!r} is no visibility. Choose one of {', '.join(VISIBILITIES)}.")
    if (users or groups) and visibility != "shared":
        raise InvalidRequest("Users and groups are named for an environment that is shared: choose that visibility.")
    return {"users": sorted(set(users)), "groups": sorted(set(groups))} if visibility == "shared" else {}
