"""Tasks: long work with progress, cancel and a result."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Count, Query, Text, Time
from jupyter_repro.api.schemas.branches import SwitchDone
from jupyter_repro.api.schemas.commits import CheckpointDone
from jupyter_repro.api.schemas.environments_builds import ActivateDone, BuildDone, CollectEnvironmentsDone
from jupyter_repro.api.schemas.environments_use import BeginEnvironmentDone, RestoreEnvironmentDone, SelectDone
from jupyter_repro.api.schemas.errors import Problem
from jupyter_repro.api.schemas.maintenance import CollectDone, ExportDone, ImportDone, IndexDone, ThinDone, VerifyDone
from jupyter_repro.api.schemas.page import Page, PageQuery
from jupyter_repro.api.schemas.recreate import RecreateDone
from jupyter_repro.api.schemas.restore import PurgeDone, RestoreDone, TrackDone
from jupyter_repro.api.schemas.trees import CopyDone

TaskKind = Literal[
    "checkpoint",
    "restore",
    "switch",
    "recreate",
    "copy",
    "track",
    "purge",
    "verify",
    "collect",
    "thin",
    "export",
    "import",
    "index",
    "build-environment",
    "activate-environment",
    "use-environment",
    "begin-environment",
    "restore-environment",
    "collect-environments",
]

TaskState = Literal["queued", "running", "done", "failed", "cancelled"]

TaskResult = Annotated[
    CheckpointDone
    | RestoreDone
    | SwitchDone
    | RecreateDone
    | CopyDone
    | TrackDone
    | PurgeDone
    | VerifyDone
    | CollectDone
    | ThinDone
    | ExportDone
    | ImportDone
    | IndexDone
    | BuildDone
    | ActivateDone
    | SelectDone
    | BeginEnvironmentDone
    | RestoreEnvironmentDone
    | CollectEnvironmentsDone,
    Field(discriminator="kind"),
]


class TaskProgress(Answer):
    """How far it is."""

    phase: str = Field(description="One word: scan, store, write, verify, ...")
    files: Count
    total_files: Count | None
    bytes: Count
    total_bytes: Count | None
    fraction: float | None = Field(ge=0, le=1, description="0 to 1; null while the total is not known.")


class Task(Answer):
    """One piece of long work."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "t-7f3a9c",
                    "kind": "checkpoint",
                    "state": "running",
                    "title": "Checkpoint of churn-model",
                    "automatic": False,
                    "project": "01jd3kq6w9",
                    "workspace": "01jd3kq7aa",
                    "progress": {
                        "phase": "store",
                        "files": 40,
                        "total_files": 146,
                        "bytes": 1048576,
                        "total_bytes": 327155712,
                        "fraction": 0.0032,
                    },
                    "created": "2026-11-21T10:42:06.000000Z",
                    "started": "2026-11-21T10:42:06.100000Z",
                    "ended": None,
                    "cancelling": False,
                    "result": None,
                    "error": None,
                }
            ]
        }
    )

    id: str
    kind: TaskKind
    state: TaskState
    title: Text = Field(description="One line for the status bar.")
    automatic: bool = Field(description="The server started it, not a person.")
    project: str | None
    workspace: str | None
    progress: TaskProgress | None = Field(description="Null until the first report.")
    created: Time
    started: Time | None
    ended: Time | None
    cancelling: bool = Field(description="Cancel was asked for; it stops at the next safe point.")
    result: TaskResult | None = Field(description="When `done`.")
    error: Problem | None = Field(description="When `failed` or `cancelled`.")


class TaskPage(Page[Task]):
    """Tasks of this server, newest first. Ended ones are kept for a while."""


class TaskListQuery(PageQuery):
    """Which tasks."""

    state: list[TaskState] = Field(default_factory=list, max_length=5, description="Only in these states; repeatable.")
    workspace: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Only of this workspace.")


class TaskQuery(Query):
    """One task."""

    wait: float = Field(default=0, ge=0, le=30, description="Answer when it has ended, or after so many seconds.")
