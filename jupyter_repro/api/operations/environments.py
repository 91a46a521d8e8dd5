"""Environments: list, detail, create, change, share, duplicate."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_builds import begin_build, builds_of, pending_builds, pending_on_loop, settle
from jupyter_repro.api.environment_translate import (
    Pending,
    build_of,
    definition_from,
    definition_of,
    environment_of,
    first,
    revision_of,
    waiting_build,
)
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.schemas.environments import (
    CreateEnvironment,
    DuplicateEnvironment,
    Environment,
    EnvironmentChange,
    EnvironmentDetail,
    EnvironmentListQuery,
    EnvironmentPage,
    EnvironmentSaved,
    EnvironmentUse,
    SharingChange,
)
from jupyter_repro.catalog import EnvironmentRecord
from jupyter_repro.environments.definitions import read_definition
from jupyter_repro.errors import ReproError
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments.overview import EnvironmentUse as VerbUse
from jupyter_repro.verbs.environments.overview import Overview, environment_uses, overviews
from jupyter_repro.verbs.environments.restricting import allowed
from jupyter_repro.workspace.projects import read_project

_ARCHIVED: Mapping[str, bool | None] = {"no": False, "only": True, "all": None}


def page(call: Call) -> EnvironmentPage:
    """Environments that one may see."""
    query = call.asked(EnvironmentListQuery)
    pending = pending_builds(call)
    uses = _uses(call)
    with call.library() as library:

        def look() -> list[Overview]:
            found = overviews(
                library,
                uses,
                text=query.text or "",
                engines=query.engine,
                visibilities=query.visibility,
                mine=query.mine,
                archived=_ARCHIVED[query.archived],
            )
            return [one for one in found if one.used_by] if query.used else found

        found = look()
        if settle(library, [one.build for one in found if one.build is not None], pending):
            found = look()
    shown, more = page_by_key(found, lambda one: f"{one.record.name}\0{one.record.id}", query.cursor, query.limit)
    current = call.services.current_workspace()
    return EnvironmentPage(items=[_listed(one, uses, pending, current) for one in shown], next=more, total=len(found))


def environment(call: Call) -> EnvironmentDetail:
    """One environment."""
    pending = pending_builds(call)
    uses = _uses(call)
    with call.library() as library:
        record = library.seen(call["environment"])
        builds = builds_of(library, record.id, pending)
        revisions = library.catalog.environments.revisions(record.id)
        shown = next((one for one in revisions if one.number == record.active), revisions[0])
        stored = read_definition(library.places.get(shown.definition))
        newest = stored if shown is revisions[0] else read_definition(library.places.get(revisions[0].definition))
    data = call.services.configuration.data_directory
    current = call.services.current_workspace()
    names: dict[str, str] = {}
    for use in uses:
        if use.chosen.environment == record.id and use.workspace.project not in names:
            project = read_project(data, use.workspace.project)
            names[use.workspace.project] = project.name if project else use.workspace.project
    return EnvironmentDetail(
        environment=environment_for(call, record, pending=pending, uses=uses),
        revision=revision_of(shown, active=record.active, builds=builds, changed="", marked=marked_here(call)),
        definition=definition_of(stored),
        newest_definition=definition_of(newest),
        building=[build for build in builds if build.ended is None],
        uses=[
            EnvironmentUse(
                workspace=use.workspace.workspace,
                project=use.workspace.project,
                project_name=names[use.workspace.project],
                path=use.workspace.path,
                revision=use.chosen.number,
                pinned=use.pinned,
                current=use.workspace.workspace == current,
            )
            for use in uses
            if use.chosen.environment == record.id
        ],
    )


async def create(call: Call) -> EnvironmentSaved:
    """Make one."""
    body = call.sent(CreateEnvironment)

    def work() -> EnvironmentRecord:
        with call.library() as library:
            return verbs.create(
                library,
                body.name,
                definition_from(library, body.definition),
                description=body.description,
                visibility=body.visibility,
                users=body.users,
                groups=body.groups,
                message=body.message,
            )

    record = await call.services.in_thread(work)
    return await saved(call, record, 1, build=body.build, created=True)


async def change(call: Call) -> Environment:
    """Change what is no part of the definition."""
    body = call.sent(EnvironmentChange)

    def work() -> EnvironmentRecord:
        with call.library() as library:
            record = library.owned(call["environment"])
            if body.description is not None and body.description != record.description:
                record = verbs.describe_environment(library, record.id, body.description)
            if body.archived is not None and body.archived is not (record.archived is not None):
                record = verbs.archive(library, record.id, archived=body.archived)
            if body.default:
                record = verbs.set_default(library, record.id)
            elif body.default is False and record.is_default:
                record = library.catalog.environments.change(record.id, is_default=0)
                library.record("env-no-default", record.name)
            return record

    return await _told(call, await call.services.in_thread(work), "changed")


async def share(call: Call) -> Environment:
    """Say who may see and use it."""
    body = call.sent(SharingChange)

    def work() -> EnvironmentRecord:
        with call.library() as library:
            return verbs.share(library, call["environment"], body.visibility, users=body.users, groups=body.groups)

    return await _told(call, await call.services.in_thread(work), "shared")


async def duplicate(call: Call) -> EnvironmentSaved:
    """Make one's own of one that may be seen."""
    body = call.sent(DuplicateEnvironment)

    def work() -> EnvironmentRecord:
        with call.library() as library:
            return verbs.duplicate(library, call["environment"], body.name, number=body.revision)

    record = await call.services.in_thread(work)
    return await saved(call, record, 1, build=body.build, created=True)


# -- for the other operations of environments ----------------------------------------------------------


async def saved(call: Call, record: EnvironmentRecord, number: int, *, build: bool, created: bool) -> EnvironmentSaved:
    """The answer to what saved a revision, with the build that begins now."""
    task = begin_build(call, record, number) if build and record.engine != "" else None
    if created:
        call.services.notifier.environment_changed("saved", record.id, revision=number)
    pending = pending_on_loop(call)
    environment = await call.services.in_thread(environment_for, call, record, pending=pending)
    return EnvironmentSaved(
        environment=environment,
        revision=number,
        created=created,
        task=None if task is None else task_of(task),
        build=None if task is None else str(task.arguments["build"]),
    )


def environment_for(
    call: Call,
    record: EnvironmentRecord,
    *,
    pending: Mapping[str, Pending],
    uses: list[VerbUse] | None = None,
) -> Environment:
    """One environment as a list shows it."""
    known = _uses(call) if uses is None else uses
    with call.library() as library:
        (found,) = overviews(library, known, only=record, archived=None)
    return _listed(found, known, pending, call.services.current_workspace())


def marked_here(call: Call) -> frozenset[str]:
    """The ids of the definitions that the project of the server's own workspace is restricted to."""
    try:
        with call.services.rooms.project("current") as room:
            return frozenset(one.definition for one in allowed(room.opened))
    except ReproError:
        return frozenset()


def _listed(found: Overview, uses: list[VerbUse], pending: Mapping[str, Pending], current: str | None) -> Environment:
    waiting = [one for one in pending.values() if one.environment == found.record.id]
    build = None if found.build is None else build_of(found.build, pending)
    newest = max(waiting, key=lambda one: one.queued, default=None)
    if newest is not None and (found.build is None or found.build.queued < newest.queued):
        build = waiting_build(newest, socket.gethostname())
    selected = first(
        use.chosen.number
        for use in uses
        if use.workspace.workspace == current and use.chosen.environment == found.record.id
    )
    return environment_of(found, build, selected)


def _uses(call: Call) -> list[VerbUse]:
    return environment_uses(call.services.configuration.data_directory)


async def _told(call: Call, record: EnvironmentRecord, what: str) -> Environment:
    call.services.notifier.environment_changed(what, record.id)
    return await call.services.in_thread(environment_for, call, record, pending=pending_on_loop(call))
