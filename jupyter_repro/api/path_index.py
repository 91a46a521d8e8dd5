"""Which checkpoint changed which file, entered before somebody asks: by a worker process, so nobody waits for it.

The command line and imports leave that to the first question, which for ten thousand checkpoints takes seconds and,
in a thread of the server, would slow everybody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_repro.api.problems import RequestRefused
from jupyter_repro.errors import ReproError

if TYPE_CHECKING:
    from jupyter_repro.api.services import Services
    from jupyter_repro.api.tasks import TaskRecord

FEW = 100
"""Commits that a question enters by itself, in milliseconds."""


class PathIndex:
    """One task for each project that lacks much. Belongs to the event loop's thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: dict[str, TaskRecord] = {}
        self._left: dict[str, int] = {}

    async def begin(self, project: str) -> TaskRecord | None:
        """Have a project (by name or id) entered, if much is missing; the task, or None when nothing is to be done."""
        identity, missing = await self._services.in_thread(self._missing, project)
        running = self._tasks.get(identity)
        if running is not None and not running.is_over:
            return running
        if running is not None:
            # What a task could not enter is damaged, and the next one could not either.
            del self._tasks[identity]
            if running.state == "done":
                self._left[identity] = missing
        if missing - self._left.get(identity, 0) <= FEW:
            return None
        record = self._services.tasks.submit(
            "index",
            "Look which checkpoint changed which file",
            {**self._services.order(), "project": identity},
            project=identity,
            automatic=True,
        )
        self._tasks[identity] = record
        return record

    async def ready(self, project: str) -> None:
        """Wait until a project is entered. Raises ``RequestRefused`` when that fails or is cancelled."""
        record = await self.begin(project)
        if record is not None:
            await self._services.tasks.wait(record, None)
            if record.failure is not None:
                raise RequestRefused(record.failure)

    async def begin_quietly(self, project: str) -> None:
        """As ``begin``, for whoever did not ask for it: what is wrong is told to those who do."""
        try:
            await self.begin(project)
        except (OSError, ReproError, RequestRefused) as error:
            self._services.log.debug("Changed files are not entered beforehand: %s", error)

    def _missing(self, project: str) -> tuple[str, int]:
        from jupyter_repro.verbs.changed_paths import commits_without_paths

        with self._services.rooms.project(project) as room:
            return room.opened.project.id, commits_without_paths(room.opened)
