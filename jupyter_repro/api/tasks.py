"""The tasks of this server: a queue, one line for each workspace, progress, cancel, and results kept for a while."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from logging import Logger

from jupyter_repro.api.problems import Failure, RequestRefused, failure_of, refuse
from jupyter_repro.api.work.worker import Worker

KEPT_SECONDS = 3600
KEPT_TASKS = 200
IDLE_SECONDS = 300

ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(eq=False)
class TaskRecord:
    """One task. ``lane``: tasks of one lane run one after the other. Times are microseconds since the epoch."""

    id: str
    kind: str
    title: str
    arguments: Mapping[str, object]
    lane: str
    project: str | None
    workspace: str | None
    automatic: bool
    created: int
    state: str = "queued"
    progress: Mapping[str, object] | None = None
    started: int | None = None
    ended: int | None = None
    cancelling: bool = False
    result: Mapping[str, object] | None = None
    failure: Failure | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """It is done, failed or cancelled."""
        return self.state in ENDED


Listener = Callable[[TaskRecord], None]
Around = Callable[[TaskRecord], AbstractAsyncContextManager[None]]


class TaskManager:
    """Runs tasks in at most ``workers`` processes. All methods belong to the event loop's thread.

    ``environment`` is added to that of the workers; ``on_change`` hears of every change of a task; what ``around``
    gives is entered before a task is carried out, and left when that is done.
    """

    def __init__(
        self, workers: int, environment: Mapping[str, str], on_change: Listener, log: Logger, around: Around
    ) -> None:
        self._around = around
        self._limit = workers
        self._environment = environment
        self._on_change = on_change
        self._log = log
        self._records: dict[str, TaskRecord] = {}
        self._running: dict[str, Worker] = {}
        self._idle: list[Worker] = []
        self._jobs: set[asyncio.Task[None]] = set()
        self._closed = False
        self._idle_timer: asyncio.TimerHandle | None = None

    def submit(
        self,
        kind: str,
        title: str,
        arguments: Mapping[str, object],
        *,
        project: str | None = None,
        workspace: str | None = None,
        automatic: bool = False,
    ) -> TaskRecord:
        """Queue a task. Raises ``RequestRefused`` when the server is stopping."""
        if self._closed:
            raise refuse(503, "The server is stopping and takes no new work.")
        self._forget()
        name = "t-" + secrets.token_hex(8)
        record = TaskRecord(
            id=name,
            kind=kind,
            title=title,
            arguments=arguments,
            lane=workspace or name,
            project=project,
            workspace=workspace,
            automatic=automatic,
            created=_now(),
        )
        self._records[name] = record
        self._changed(record)
        self._pump()
        return record

    def get(self, name: str) -> TaskRecord:
        """The task of that id. Raises ``RequestRefused`` with 404."""
        record = self._records.get(name)
        if record is None:
            raise refuse(404, f"There is no task {name!r}: it may have ended a while ago.", "task_not_found")
        return record

    def all(self) -> list[TaskRecord]:
        """Every task that is remembered, newest first."""
        self._forget()
        return list(reversed(self._records.values()))

    def active(self, workspace: str | None = None) -> list[TaskRecord]:
        """Queued and running tasks, oldest first; of one workspace, or all."""
        return [
            record
            for record in self._records.values()
            if not record.is_over and (workspace is None or record.workspace == workspace)
        ]

    def worker_of(self, name: str) -> Worker:
        """The process that carries out a running task. Raises ``KeyError`` for one that does not run."""
        return self._running[name]

    def cancel(self, name: str) -> TaskRecord:
        """Ask a task to stop; one that has not begun ends at once, one that is over stays as it is."""
        record = self.get(name)
        if record.is_over or record.cancelling:
            return record
        record.cancelling = True
        if (worker := self._running.get(name)) is not None:
            worker.cancel(name)
            self._changed(record)
        else:
            self._end(record, "cancelled", failure=Failure(409, "cancelled", "Cancelled before it began."))
        return record

    async def wait(self, record: TaskRecord, seconds: float | None) -> bool:
        """Wait until the task is over, at most so long. Returns whether it is."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(record.over.wait(), seconds)
        return record.is_over

    async def close(self, seconds: float) -> None:
        """Take no more, cancel what is under way, and end the workers; those that linger are killed."""
        self._closed = True
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        for record in self.active():
            self.cancel(record.id)
        workers = [*self._running.values(), *self._idle]
        for worker in workers:
            worker.dismiss()
        deadline = time.monotonic() + seconds
        for worker in workers:
            if not await worker.gone(max(0.0, deadline - time.monotonic())):
                self._log.warning("A worker process did not stop in time and was killed.")
                worker.kill()
                await worker.gone(5)
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=5)

    def _pump(self) -> None:
        lanes = {self._records[name].lane for name in self._running}
        for record in self.active():
            if len(self._running) >= self._limit:
                return
            if record.state == "queued" and record.lane not in lanes:
                lanes.add(record.lane)
                self._start(record)

    def _start(self, record: TaskRecord) -> None:
        try:
            worker = self._worker()
        except OSError as error:
            self._log.error("No worker process could be started: %s", error)
            message = f"No worker process could be started ({error.strerror}). Free some memory and try again."
            self._end(record, "failed", failure=Failure(503, "no_worker", message))
            return
        self._running[record.id] = worker
        record.state, record.started = "running", _now()
        self._changed(record)
        job = asyncio.get_running_loop().create_task(self._run(record, worker))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
        return Worker(self._environment)

    async def _run(self, record: TaskRecord, worker: Worker) -> None:
        def on_progress(progress: Mapping[str, object]) -> None:
            record.progress = progress
            self._changed(record)

        try:
            async with self._around(record):
                if record.cancelling:
                    raise refuse(409, "Cancelled before it began.", "cancelled")
                result = await worker.carry_out(record.id, record.kind, record.arguments, on_progress)
        except RequestRefused as refused:
            state = "cancelled" if refused.failure.code == "cancelled" else "failed"
            self._end(record, state, failure=refused.failure)
        except Exception as error:  # noqa: BLE001
            self._log.exception("Task %s failed", record.id)
            self._end(record, "failed", failure=failure_of(error))
        else:
            self._end(record, "done", result=result)
        finally:
            self._running.pop(record.id, None)
            if worker.alive and not self._closed:
                self._idle.append(worker)
                self._dismiss_later()
            self._pump()

    def _dismiss_later(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        self._idle_timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._dismiss_idle)

    def _dismiss_idle(self) -> None:
        while self._idle:
            self._idle.pop().dismiss()

    def _end(
        self,
        record: TaskRecord,
        state: str,
        *,
        result: Mapping[str, object] | None = None,
        failure: Failure | None = None,
    ) -> None:
        record.state, record.result, record.failure = state, result, failure
        record.ended = _now()
        record.over.set()
        self._changed(record)

    def _changed(self, record: TaskRecord) -> None:
        try:
            self._on_change(record)
        except Exception:  # noqa: BLE001
            self._log.exception("A listener of task %s failed", record.id)

    def _forget(self) -> None:
        over = [record for record in self._records.values() if record.is_over]
        old = _now() - KEPT_SECONDS * 1_000_000
        for place, record in enumerate(over):
            if len(over) - place > KEPT_TASKS or (record.ended or 0) < old:
                del self._records[record.id]


def _now() -> int:
    return time.time_ns() // 1000
