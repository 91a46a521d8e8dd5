"""Builds, their logs, and the engines."""

from __future__ import annotations

from pydantic import TypeAdapter

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_builds import begin_build, builds_of, pending_builds
from jupyter_repro.api.operations.environments_revisions import revision_named
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import make_cursor, read_cursor
from jupyter_repro.api.schemas.environments_builds import (
    Build,
    BuildListQuery,
    BuildLog,
    BuildLogQuery,
    BuildPage,
    BuildStarted,
    CollectEnvironments,
    Engine,
    EngineList,
    EngineName,
    FoundLine,
    LogSearch,
    LogSearchQuery,
    StartBuild,
)
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.catalog import EnvironmentRecord
from jupyter_repro.environments.engines import check_cache
from jupyter_repro.errors import EnvironmentNotFound
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments.engine_states import engine_states
from jupyter_repro.verbs.environments.logs import read_log, search_log

_ENGINE: TypeAdapter[EngineName] = TypeAdapter(EngineName)


def page(call: Call) -> BuildPage:
    """Builds, newest first."""
    query = call.asked(BuildListQuery)
    place = read_cursor(query.cursor, str, str)
    with call.library() as library:
        record = library.seen(call["environment"])
        found = [
            build
            for build in builds_of(library, record.id, pending_builds(call))
            if (query.revision is None or build.revision == query.revision)
            and (not query.state or build.state in query.state)
            and (place is None or (build.queued, build.id) < place)
        ]
    shown = found[: query.limit]
    more = make_cursor(shown[-1].queued, shown[-1].id) if len(found) > len(shown) else None
    return BuildPage(items=shown, next=more)


async def start(call: Call) -> BuildStarted:
    """Build a revision."""
    body = call.sent(StartBuild)

    def look() -> tuple[EnvironmentRecord, int]:
        with call.library() as library:
            record = library.owned(call["environment"])
            if not body.cache:
                check_cache(record.engine)
            if body.revision is None:
                return record, library.catalog.environments.revisions(record.id)[0].number
            return record, revision_named(library, record, str(body.revision)).number

    record, number = await call.services.in_thread(look)
    task = begin_build(call, record, number, cache=body.cache)
    found = await call.services.in_thread(_build, call, record.id, str(task.arguments["build"]))
    return BuildStarted(build=found, task=task.id)


def build(call: Call) -> Build:
    """One build."""
    with call.library() as library:
        record = library.seen(call["environment"])
    return _build(call, record.id, call["build"])


async def cancel(call: Call) -> Build:
    """Ask a build to stop; one that is over stays as it is."""

    def look() -> Build:
        with call.library() as library:
            record = library.owned(call["environment"])
        return _build(call, record.id, call["build"])

    found = await call.services.in_thread(look)
    if found.task is not None:
        call.services.tasks.cancel(found.task)
    if found.ended is None:

        def ask() -> Build:
            with call.library() as library:
                record = library.owned(call["environment"])
                if any(one.id == found.id for one in library.catalog.environments.builds(record.id)):
                    verbs.cancel(library, found.id)
            try:
                return _build(call, record.id, found.id)
            except EnvironmentNotFound:
                # It only waited in the queue of this server, and left it.
                return found.model_copy(update={"state": "cancelled", "task": None})

        return await call.services.in_thread(ask)
    return found


def log(call: Call) -> BuildLog:
    """Part of a build's log."""
    query = call.asked(BuildLogQuery)
    found = build(call)
    with call.library() as library:
        part = read_log(library.places, found.id, query.offset, query.limit)
    # The state was read before the log: what was written before the end is not missed.
    return BuildLog(
        text=part.text,
        offset=part.offset,
        next=part.next,
        size=part.size,
        ended=found.ended is not None,
        state=found.state,
    )


def search(call: Call) -> LogSearch:
    """Lines of the logs."""
    query = call.asked(LogSearchQuery)
    with call.library() as library:
        record = library.seen(call["environment"])
        builds = [
            one
            for one in library.catalog.environments.builds(record.id)
            if query.build is None or one.id == query.build
        ]
        numbers = {one.id: one.number for one in builds}
        found = search_log(library.places, [one.id for one in builds], query.text, query.limit + 1)
    return LogSearch(
        lines=[
            FoundLine(build=one.build, revision=numbers[one.build], line=one.line, text=one.text)
            for one in found[: query.limit]
        ],
        more=len(found) > query.limit,
    )


def engines(call: Call) -> EngineList:
    """Which engines can be used here."""
    return EngineList(
        engines=[
            Engine(
                name=_ENGINE.validate_python(one.name),
                title=one.title,
                usable=not one.problem,
                problem=one.problem or None,
                buildable=one.name != "host",
            )
            for one in engine_states()
        ]
    )


async def collect(call: Call) -> Task:
    """Remove what is installed and nobody uses."""
    arguments = {**call.environment_order(), "days": call.sent(CollectEnvironments).days}
    return task_of(call.services.tasks.submit("collect-environments", "Collect unused environments", arguments))


def _build(call: Call, environment: str, wanted: str) -> Build:
    pending = pending_builds(call)
    with call.library() as library:
        for one in builds_of(library, environment, pending):
            if one.id == wanted:
                return one
    raise EnvironmentNotFound(f"There is no build {wanted[:40]!r} of this environment: its list has those it has.")
