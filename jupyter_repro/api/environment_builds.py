"""Builds of environments as tasks of this server: begun once for each revision, and marked when they died."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_translate import Pending, build_of, waiting_build
from jupyter_repro.api.schemas.environments_builds import Build
from jupyter_repro.api.tasks import TaskRecord
from jupyter_repro.catalog import BuildRecord, EnvironmentRecord
from jupyter_repro.verbs.environments import Library, mark_dead_builds

TASK = "build-environment"


def title_of(call: Call, verb: str, record: EnvironmentRecord, number: int) -> str:
    """The title of a task. Everybody on this server sees it, so it names only what everybody may see."""
    return f"{verb} {record.name} r{number}" if may_be_named(call, record) else f"{verb} an environment"


def may_be_named(call: Call, record: EnvironmentRecord) -> bool:
    """Whether everybody who sees the tasks of this server may see the environment."""
    return record.visibility == "everyone" or not call.services.named_users


def begin_build(call: Call, record: EnvironmentRecord, number: int, *, cache: bool = True) -> TaskRecord:
    """Begin to build a revision; one of the same revision that is under way already goes on instead.

    Belongs to the event loop's thread.
    """
    wanted = (record.id, number, cache)
    for task in call.services.tasks.active():
        said = task.arguments
        if task.kind == TASK and (said["environment"], said["revision"], said["cache"]) == wanted:
            return task
    return call.services.tasks.submit(
        TASK,
        title_of(call, "Build", record, number),
        {
            **call.environment_order(),
            "environment": record.id,
            "revision": number,
            "cache": cache,
            "build": os.urandom(12).hex(),
            "discreet": not may_be_named(call, record),
        },
    )


def pending_builds(call: Call) -> dict[str, Pending]:
    """The builds of this server's tasks that are not over, by their ids. To be called in a thread for blocking work."""
    return call.services.on_loop(lambda: _pending(call.services.tasks.active()))


def pending_on_loop(call: Call) -> dict[str, Pending]:
    """As ``pending_builds``, for the event loop's thread."""
    return _pending(call.services.tasks.active())


def _pending(active: list[TaskRecord]) -> dict[str, Pending]:
    found = {}
    for task in active:
        if task.kind == TASK:
            arguments = task.arguments
            number = arguments["revision"]
            assert isinstance(number, int)
            build = str(arguments["build"])
            found[build] = Pending(
                task.id,
                build,
                str(arguments["environment"]),
                number,
                str(arguments["user"]),
                task.created,
                task.state == "running",
            )
    return found


def builds_of(
    library: Library, environment: str, pending: Mapping[str, Pending], *, records: list[BuildRecord] | None = None
) -> list[Build]:
    """The builds of the environment of that id, the newest first, with those that only wait in the queue."""
    found = library.catalog.environments.builds(environment) if records is None else records
    if settle(library, found, pending):
        found = library.catalog.environments.builds(environment)
    known = {record.id for record in found}
    waiting = [
        waiting_build(one, socket.gethostname())
        for one in pending.values()
        if one.environment == environment and one.build not in known
    ]
    return [*reversed(waiting), *(build_of(record, pending) for record in found)]


def settle(library: Library, records: list[BuildRecord], pending: Mapping[str, Pending]) -> bool:
    """Look whether builds that claim to be under way are, and mark those that are not. Says whether any was."""
    doubtful = any(
        record.state in ("queued", "building") and record.id not in pending and record.host == socket.gethostname()
        for record in records
    )
    return doubtful and mark_dead_builds(library) > 0
