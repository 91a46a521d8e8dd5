"""What lists of environments and revisions say of each: newest build, size, where it is used, what changed."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from jupyter_repro.catalog import BuildRecord, EnvironmentRecord, RevisionRecord
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.environments.choices import Chosen, read_choice
from jupyter_repro.environments.comparing import compare_packages, summary
from jupyter_repro.environments.definitions import Definition, read_definition, read_lock
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


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """A line of a definition that differs: of which ``part`` (a field, or a field and a key in it), and how."""

    part: str
    added: bool
    text: str


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


def definition_changes(old: Definition, new: Definition) -> tuple[DefinitionChange, ...]:
    """Two definitions line by line, by their parts."""
    before, after = _parts(old), _parts(new)
    changes = []
    for part in [*before, *(name for name in after if name not in before)]:
        for line in difflib.ndiff(before.get(part, []), after.get(part, [])):
            if line[0] in "+-":
                changes.append(DefinitionChange(part, line[0] == "+", line[2:]))
    return tuple(changes)


def definition_difference(old: Definition, new: Definition, names: tuple[str, str]) -> str:
    """Two definitions as a unified difference of texts that people read; "" when they are the same."""
    before, after = ([line + "\n" for line in _lines(one)] for one in (old, new))
    return "".join(difflib.unified_diff(before, after, fromfile=names[0], tofile=names[1]))


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


@lru_cache(maxsize=4096)
def _packages_changed(places: Places, old: str, new: str) -> str:
    return summary(compare_packages(locked_packages(places, old), locked_packages(places, new)))


@lru_cache(maxsize=4096)
def _definition_changed(places: Places, old: str, new: str) -> str:
    changes = definition_changes(read_definition(places.get(old)), read_definition(places.get(new)))
    if len(changes) == 1:
        return f"{'+' if changes[0].added else '-'} {changes[0].text}"
    added = sum(change.added for change in changes)
    counts = [f"{sign}{number}" for sign, number in (("+", added), ("-", len(changes) - added)) if number]
    return f"{' '.join(counts)} lines" if counts else ""


def _lines(definition: Definition) -> list[str]:
    lines = []
    for part, held in _parts(definition).items():
        lines += [f"[{part}]", *held]
    return lines


def _parts(definition: Definition) -> dict[str, list[str]]:
    """The lines of a definition by its parts; what is empty is left out."""
    found: dict[str, list[str]] = {}
    for name, value in msgspec.to_builtins(definition).items():
        if name == "parent" and definition.parent is not None:
            found[name] = [f"{definition.parent.name} r{definition.parent.number}"]
        elif name == "format" or value in ("", {}, [], None, False):
            continue
        elif isinstance(value, dict):
            for key, text in sorted(value.items()):
                found[f"{name} {key}"] = str(text).splitlines()
        elif isinstance(value, list):
            found[name] = [str(one) for one in value]
        else:
            found[name] = str(value).splitlines()
    return found


def free_name(library: Library, wanted: str) -> str:
    """A name for a new environment like ``wanted`` that nobody took."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", wanted).strip("-._")[:90] or "environment"
    taken = {one.name for one in library.catalog.environments.all(archived=True)}
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name
