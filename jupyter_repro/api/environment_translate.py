"""From what the verbs of environments return to what travels, and from what is sent to a definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from jupyter_repro.api.schemas.environments import (
    Definition,
    Environment,
    EnvironmentDefinition,
    Parent,
    RevisionRow,
    Sharing,
)
from jupyter_repro.api.schemas.environments_builds import Build, BuildState, Visibility
from jupyter_repro.api.schemas.environments_software import PackageChange
from jupyter_repro.api.translate import time_of
from jupyter_repro.catalog import BuildRecord, RevisionRecord
from jupyter_repro.environments.definitions import Definition as StoredDefinition
from jupyter_repro.environments.definitions import encode, text_id
from jupyter_repro.verbs.environments import Library, based_on
from jupyter_repro.verbs.environments import PackageChange as VerbPackageChange
from jupyter_repro.verbs.environments.overview import Overview

_VISIBILITY: TypeAdapter[Visibility] = TypeAdapter(Visibility)
_STATE: TypeAdapter[BuildState] = TypeAdapter(BuildState)


@dataclass(frozen=True, slots=True)
class Pending:
    """A build that a task of this server carries out, or will."""

    task: str
    build: str
    environment: str
    revision: int
    author: str
    queued: int
    running: bool


def definition_of(stored: StoredDefinition) -> Definition:
    """A definition as it travels."""
    parent = stored.parent
    return Definition(
        id=text_id(encode(stored)),
        engine=stored.engine,
        parent=None if parent is None else Parent(name=parent.name, revision=parent.number),
        base=stored.base,
        python=stored.python,
        requirements=stored.requirements,
        conda=stored.conda,
        dockerfile=stored.dockerfile,
        build_arguments=stored.build_arguments,
        files=stored.files,
        network=stored.network,
        cpus=stored.cpus,
        memory=stored.memory,
        variables=stored.variables,
        scripts=stored.scripts,
        project_files=stored.project_files,
    )


def definition_from(library: Library, sent: EnvironmentDefinition) -> StoredDefinition:
    """The definition that was sent. For the parent, raises ``EnvironmentNotFound`` or ``EnvironmentNotReady``."""
    parent = None if sent.parent is None else based_on(library, sent.parent.environment, sent.parent.revision).parent
    return StoredDefinition(
        engine=sent.engine,
        parent=parent,
        base=sent.base,
        python=sent.python,
        requirements=sent.requirements,
        conda=sent.conda,
        dockerfile=sent.dockerfile,
        build_arguments=sent.build_arguments,
        files=sent.files,
        network=sent.network,
        cpus=sent.cpus,
        memory=sent.memory,
        variables=sent.variables,
        scripts=sent.scripts,
        project_files=sent.project_files,
    )


def build_of(record: BuildRecord, pending: Mapping[str, Pending]) -> Build:
    """A build as it travels."""
    known = pending.get(record.id)
    return Build(
        id=record.id,
        revision=record.number,
        state=_STATE.validate_python(record.state),
        author=record.author,
        host=record.host,
        queued=time_of(record.queued),
        started=None if record.started is None else time_of(record.started),
        ended=None if record.ended is None else time_of(record.ended),
        lock=record.lock or None,
        packages=record.packages,
        problem=record.problem or None,
        task=known.task if known else None,
    )


def waiting_build(pending: Pending, host: str) -> Build:
    """A build whose task has not begun: nothing is recorded of it yet."""
    return Build(
        id=pending.build,
        revision=pending.revision,
        state="queued",
        author=pending.author,
        host=host,
        queued=time_of(pending.queued),
        started=None,
        ended=None,
        lock=None,
        packages=0,
        problem=None,
        task=pending.task,
    )


def environment_of(found: Overview, build: Build | None, selected: int | None) -> Environment:
    """An environment in a list. Whom it is shared with is the business of its owner alone."""
    record = found.record
    shared = record.shared if found.mine else {}
    return Environment(
        id=record.id,
        name=record.name,
        description=record.description,
        owner=record.owner,
        mine=found.mine,
        engine=record.engine,
        sharing=Sharing(
            visibility=_VISIBILITY.validate_python(record.visibility),
            users=shared.get("users", []),
            groups=shared.get("groups", []),
        ),
        default=bool(record.is_default),
        created=time_of(record.created),
        archived=None if record.archived is None else time_of(record.archived),
        newest=found.newest,
        active=record.active,
        packages=found.packages,
        build=build,
        selected=selected,
        used_by=found.used_by,
    )


def revision_of(
    record: RevisionRecord,
    *,
    active: int | None,
    builds: Iterable[Build],
    changed: str,
    marked: frozenset[str],
) -> RevisionRow:
    """A revision in a list; ``builds`` are those of the environment, the newest first."""
    own = [build for build in builds if build.revision == record.number]
    return RevisionRow(
        number=record.number,
        author=record.author,
        time=time_of(record.time),
        message=record.message,
        definition=record.definition,
        active=record.number == active,
        build=own[0] if own else None,
        ready=any(build.state == "ready" for build in own),
        changed=changed,
        marked=record.definition in marked,
    )


def package_change_of(change: VerbPackageChange) -> PackageChange:
    """A changed package."""
    return PackageChange(
        ecosystem=change.ecosystem,
        name=change.name,
        change=change.change,
        old=change.old,
        new=change.new,
        old_origin=change.old_origin,
        new_origin=change.new_origin,
    )


Item = TypeVar("Item")


def first(items: Iterable[Item]) -> Item | None:
    """The first of some items; None when there is none."""
    return next(iter(items), None)
