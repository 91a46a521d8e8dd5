"""What lists of environments and revisions say of each: newest build, size, where it is used, what changed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jupyter_repro.catalog import BuildRecord, EnvironmentRecord, RevisionRecord
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.environments.choices import Chosen, read_choice
from jupyter_repro.environments.comparing import compare_packages, summary
from jupyter_repro.environments.definitions import read_definition, read_lock
from jupyter_repro.environments.differing import definition_changes
from jupyter_repro.environments.locked import packages_of_lock
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import Package
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.workspace import WorkspaceState
from jupyter_repro.workspace.state import read_state


@dataclass(frozen=True, slots=True)
class EnvironmentUse:
    """A workspace and the revision that it uses."""

    workspace: WorkspaceState
    chosen: Chosen
    pinned: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """An environment in a list.

    ``newest`` is the number of its newest revision, ``build`` its newest build, ``packages`` how many the active
    revision has, ``used_by`` the number of workspaces that use it.
    """

    record: EnvironmentRecord
    newest: int
    build: BuildRecord | None
    packages: int | None
    used_by: int
    mine: bool


def environment_uses(data: DataDirectory) -> list[EnvironmentUse]:
    """Every workspace of the data directory that uses an environment."""
    found = []
    for name in data.workspace_ids():
        directory = data.workspace_directory(name)
        choice = read_choice(data.root / "environments", directory)
        state = read_state(directory) if choice is not None else None
        if choice is not None and state is not None:
            found.append(EnvironmentUse(state, *choice))
    return found


def overviews(
    library: Library,
    uses: Iterable[EnvironmentUse],
    *,
    text: str = "",
    engines: Collection[str] = (),
    visibilities: Collection[str] = (),
    mine: bool | None = None,
    archived: bool | None = False,
    only: EnvironmentRecord | None = None,
) -> list[Overview]:
    """The environments that the user may see, by name; filters combine. ``archived`` None means either."""
    wanted = text.casefold()
    known = library.catalog.environments
    newest, builds, packages = known.newest_revisions(), known.newest_builds(), known.active_packages()
    used = Counter(use.chosen.environment for use in uses)
    records = [only] if only is not None else known.all(archived=True)
    return [
        Overview(
            one,
            newest.get(one.id, 0),
            builds.get(one.id),
            packages.get(one.id),
            used[one.id],
            one.owner == library.user,
        )
        for one in records
        if library.may_see(one)
        and (not engines or one.engine in engines)
        and (not visibilities or one.visibility in visibilities)
        and (mine is None or (one.owner == library.user) is mine)
        and (archived is None or (one.archived is not None) is archived)
        and (
            not wanted or any(wanted in said.casefold() for said in (one.name, one.description, one.owner, one.engine))
        )
    ]


def locked_packages(places: Places, lock: str) -> tuple[Package, ...]:
    """What the lock of that id holds, by name."""
    return _locked_packages(places, lock)


@lru_cache(maxsize=256)
def _locked_packages(places: Places, lock: str) -> tuple[Package, ...]:
    read = read_lock(places.get(lock))
    return tuple(packages_of_lock(read, places))


def revision_summaries(
    library: Library, revisions: Sequence[RevisionRecord], locks: Mapping[int, str]
) -> dict[int, str]:
    """What differs in each revision from the one before, in one line, by number.

    ``revisions`` are the newest first; ``locks`` are the ids of locks of those that were built, by number. Packages are
    compared where both were built, else the lines of the definitions. The last one of ``revisions`` has no line.
    """
    found = {}
    for new, old in itertools.pairwise(revisions):
        if locks.get(new.number) and locks.get(old.number):
            found[new.number] = _packages_changed(library.places, locks[old.number], locks[new.number])
        if not found.get(new.number):
            found[new.number] = _definition_changed(library.places, old.definition, new.definition)
    return found


_MAIN_TEXTS = ("requirements", "conda", "dockerfile")
"""Parts of a definition whose lines say by themselves what they are."""


@lru_cache(maxsize=4096)
def _packages_changed(places: Places, old: str, new: str) -> str:
    return summary(compare_packages(locked_packages(places, old), locked_packages(places, new)))


@lru_cache(maxsize=4096)
def _definition_changed(places: Places, old: str, new: str) -> str:
    changes = definition_changes(read_definition(places.get(old)), read_definition(places.get(new)))
    if len(changes) == 1:
        (change,) = changes
        said = change.text if change.part in _MAIN_TEXTS else f"{change.part.replace('_', ' ')} {change.text}"
        return f"{'+' if change.added else '-'} {said.removesuffix(' True')}"
    added = sum(change.added for change in changes)
    counts = [f"{sign}{number}" for sign, number in (("+", added), ("-", len(changes) - added)) if number]
    return f"{' '.join(counts)} lines" if counts else ""


def free_name(library: Library, wanted: str) -> str:
    """A name for a new environment like ``wanted`` that nobody took."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", wanted).strip("-._")[:90] or "environment"
    taken = {one.name for one in library.catalog.environments.all(archived=True)}
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name
