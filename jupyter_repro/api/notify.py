"""Telling the server's event bus of tasks and of what they did. Events are hints; nobody relies on them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from logging import Logger
from pathlib import Path
from typing import Protocol

from jupyter_repro.api.tasks import TaskRecord

FOLDER = Path(__file__).parent / "events"
KINDS = ("checkpoint", "restore", "recreate", "switch", "environment", "kernel", "task")
_PROGRESS_SECONDS = 0.5
_ENVIRONMENT_TASKS = {
    "build-environment": "build",
    "activate-environment": "activated",
    "use-environment": "selected",
    "begin-environment": "selected",
    "restore-environment": "selected",
    "collect-environments": "collected",
}
_MOST_PATHS = 100


def schema_id(kind: str) -> str:
    """The schema id of an event: a name, no address of anybody's host."""
    return f"urn:jupyter-repro:event:{kind}:v1"


class EventBus(Protocol):
    """What is used of ``jupyter_events.EventLogger``."""

    def register_event_schema(self, schema: Path) -> None:
        """Make a kind of event known."""

    def emit(self, *, schema_id: str, data: dict[str, object]) -> object:
        """Tell whoever listens."""


class Notifier:
    """Emits events on ``bus``. Belongs to the event loop's thread."""

    def __init__(self, bus: EventBus, log: Logger) -> None:
        self._bus = bus
        self._log = log
        self._told: dict[str, tuple[str, float]] = {}
        for kind in KINDS:
            bus.register_event_schema(FOLDER / f"{kind}.yaml")

    def task_changed(self, record: TaskRecord) -> None:
        """A task has a new state, or more progress."""
        now = time.monotonic()
        state, last = self._told.get(record.id, ("", 0.0))
        if state == record.state and now - last < _PROGRESS_SECONDS:
            return
        self._told[record.id] = (record.state, now)
        if record.is_over:
            del self._told[record.id]
        progress = record.progress or {}
        self._emit(
            "task",
            {
                "task": record.id,
                "kind": record.kind,
                "state": record.state,
                "title": _printable(record.title),
                "automatic": record.automatic,
                "project": record.project,
                "workspace": record.workspace,
                **{name: progress.get(name) for name in ("phase", "files", "total_files", "bytes", "total_bytes")},
            },
        )
        self._environment_task(record)
        if record.state == "done" and record.result is not None:
            self._done(record, record.result)

    def environment_changed(
        self,
        what: str,
        environment: str | None,
        *,
        revision: int | None = None,
        build: str | None = None,
        state: str | None = None,
        project: str | None = None,
        workspace: str | None = None,
    ) -> None:
        """Something of an environment changed. Told by ids alone: who hears it may not see the environment."""
        self._emit(
            "environment",
            {
                "what": what,
                "environment": environment,
                "revision": revision,
                "build": build,
                "state": state,
                "project": project,
                "workspace": workspace,
            },
        )

    def _environment_task(self, record: TaskRecord) -> None:
        said = _ENVIRONMENT_TASKS.get(record.kind)
        if said is None:
            return
        build = record.arguments.get("build")
        revision = record.arguments.get("revision")
        told: dict[str, object] = {
            "environment": record.arguments.get("environment") or None,
            "revision": revision if isinstance(revision, int) else None,
            "build": build if isinstance(build, str) else None,
            "project": record.project,
            "workspace": record.workspace,
        }
        if record.kind == "build-environment":
            states = {"queued": "queued", "running": "building", "done": "ready"}
            what = "build-finished" if record.is_over else "build-log" if record.progress else "build-started"
            self._emit("environment", {"what": what, "state": states.get(record.state, record.state), **told})
        elif record.state == "done":
            self._emit("environment", {"what": said, "state": None, **told})

    def _done(self, record: TaskRecord, result: Mapping[str, object]) -> None:
        where: dict[str, object] = {"project": record.project, "workspace": record.workspace}
        if record.kind == "checkpoint" and result["created"]:
            counts = {name: result[name] for name in ("added", "modified", "deleted", "commit", "branch")}
            self._emit("checkpoint", {**where, **counts, "automatic": record.automatic})
        elif record.kind == "restore":
            given = record.arguments.get("paths")
            paths = [_printable(str(path)) for path in given[:_MOST_PATHS]] if isinstance(given, list) else []
            self._emit("restore", {**where, "commit": result["commit"], "safety": result["safety"], "paths": paths})
        elif record.kind == "recreate":
            told = {name: result[name] for name in ("project", "workspace", "commit", "branch")}
            self._emit("recreate", {**told, "path": _printable(str(result["path"]))})
        elif record.kind == "switch":
            self._emit("switch", {**where, "branch": result["branch"], "commit": result["commit"]})

    def _emit(self, kind: str, data: dict[str, object]) -> None:
        try:
            self._bus.emit(schema_id=schema_id(kind), data=data)
        except Exception:  # noqa: BLE001
            # Somebody's listener or handler must not stop a checkpoint.
            self._log.exception("The event %s could not be told", kind)


def _printable(text: str) -> str:
    # The bus writes UTF-8, which has no lone surrogates.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
