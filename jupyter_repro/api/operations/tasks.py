"""Tasks: list, look, cancel."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from jupyter_repro.api.calls import Call
from jupyter_repro.api.paging import make_cursor, read_cursor
from jupyter_repro.api.problems import Failure
from jupyter_repro.api.schemas.errors import FieldProblem, Problem
from jupyter_repro.api.schemas.tasks import (
    Task,
    TaskKind,
    TaskListQuery,
    TaskPage,
    TaskProgress,
    TaskQuery,
    TaskResult,
    TaskState,
)
from jupyter_repro.api.tasks import TaskRecord
from jupyter_repro.api.translate import time_of

_KIND: TypeAdapter[TaskKind] = TypeAdapter(TaskKind)
_STATE: TypeAdapter[TaskState] = TypeAdapter(TaskState)
_RESULT: TypeAdapter[TaskResult] = TypeAdapter(TaskResult)


def task_of(record: TaskRecord) -> Task:
    """A task as it travels."""
    return Task(
        id=record.id,
        kind=_KIND.validate_python(record.kind),
        state=_STATE.validate_python(record.state),
        title=record.title,
        automatic=record.automatic,
        project=record.project,
        workspace=record.workspace,
        progress=None if record.progress is None else _progress(record.progress),
        created=time_of(record.created),
        started=None if record.started is None else time_of(record.started),
        ended=None if record.ended is None else time_of(record.ended),
        cancelling=record.cancelling,
        result=None if record.result is None else _RESULT.validate_python(dict(record.result)),
        error=None if record.failure is None else _problem(record.failure),
    )


async def page(call: Call) -> TaskPage:
    """Tasks, newest first."""
    query = call.asked(TaskListQuery)
    records = [
        record
        for record in call.services.tasks.all()
        if (not query.state or record.state in query.state)
        and (query.workspace is None or record.workspace == query.workspace)
    ]
    place = read_cursor(query.cursor, int, str)
    if place is not None:
        records = [record for record in records if (record.created, record.id) < place]
    shown = records[: query.limit]
    more = make_cursor(shown[-1].created, shown[-1].id) if len(records) > query.limit else None
    return TaskPage(items=[task_of(record) for record in shown], next=more)


async def task(call: Call) -> Task:
    """One task; waits for its end when asked to."""
    record = call.services.tasks.get(call["task"])
    wait = call.asked(TaskQuery).wait
    if wait and not record.is_over:
        await call.services.tasks.wait(record, wait)
    return task_of(record)


async def cancel(call: Call) -> Task:
    """Ask a task to stop."""
    return task_of(call.services.tasks.cancel(call["task"]))


def _progress(given: Mapping[str, object]) -> TaskProgress:
    def count(name: str) -> int:
        value = given.get(name)
        return max(0, value) if isinstance(value, int) else 0

    def maybe(name: str) -> int | None:
        return None if given.get(name) is None else count(name)

    fraction = None
    for done, total in ((count("bytes"), maybe("total_bytes")), (count("files"), maybe("total_files"))):
        if total:
            fraction = min(1.0, done / total)
            break
    return TaskProgress(
        phase=str(given.get("phase", "")),
        files=count("files"),
        total_files=maybe("total_files"),
        bytes=count("bytes"),
        total_bytes=maybe("total_bytes"),
        fraction=fraction,
    )


def _problem(failure: Failure) -> Problem:
    return Problem(
        code=failure.code,
        message=failure.message,
        problems=[FieldProblem(where=where, message=message) for where, message in failure.problems],
    )
