"""Engines, the builds of revisions, their logs, and what tasks of environments answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Count, Query, Request, Text, Time
from jupyter_repro.api.schemas.page import Page, PageQuery

EngineName = Literal["uv", "conda", "docker", "host"]
Visibility = Literal["private", "shared", "everyone"]
BuildState = Literal["queued", "building", "ready", "failed", "cancelled"]

RevisionNumber = Annotated[int, Field(ge=1, le=1_000_000_000, examples=[7])]
"""The number of a revision of an environment, from 1."""


class Build(Answer):
    """One attempt to build a revision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5f0c8a1e9b7d43c2a6e1f009",
                    "revision": 7,
                    "state": "ready",
                    "author": "ada",
                    "host": "laptop",
                    "queued": "2026-11-21T10:42:06.000000Z",
                    "started": "2026-11-21T10:42:06.100000Z",
                    "ended": "2026-11-21T10:42:10.200000Z",
                    "lock": "9c1f" + "0" * 60,
                    "packages": 184,
                    "problem": None,
                    "task": None,
                }
            ]
        }
    )

    id: str
    revision: RevisionNumber
    state: BuildState
    author: Text
    host: Text = Field(description="The machine it ran on.")
    queued: Time
    started: Time | None
    ended: Time | None
    lock: str | None = Field(description="Id of the lock that a good build names.")
    packages: Count = Field(description="How many packages the lock has.")
    problem: Text | None = Field(description="Why it failed, in a sentence.")
    task: str | None = Field(description="The task of this server that carries it out, while it does.")


class BuildPage(Page[Build]):
    """Builds of an environment, newest first."""


class BuildListQuery(PageQuery):
    """Which builds."""

    revision: RevisionNumber | None = Field(default=None, description="Only of this revision.")
    state: list[BuildState] = Field(default_factory=list, max_length=5, description="Only in these; repeatable.")


class StartBuild(Request):
    """Build a revision."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 7}]})

    revision: RevisionNumber | None = Field(default=None, description="Absent: the newest.")
    cache: bool = Field(
        default=True,
        description="False: every instruction of a Dockerfile is carried out again; for the engine docker only.",
    )


class ActivateRevision(Request):
    """Make a revision that was built the active one, a past one too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 5}]})

    revision: RevisionNumber


class BuildLogQuery(Query):
    """Which part of a log."""

    offset: int = Field(default=0, ge=0, le=2**62, description="Bytes to leave out: the `next` of the answer before.")
    limit: int = Field(default=65_536, ge=1, le=1_048_576, description="At most so many bytes.")


class BuildLog(Answer):
    """Part of a build's log. Ask again from `next` until `ended` and `next` is `size`."""

    text: Text = Field(description="Whole lines, unless a single one is longer than the limit.")
    offset: Count
    next: Count = Field(description="Give this as `offset` to go on.")
    size: Count = Field(description="How many bytes there are so far.")
    ended: bool = Field(description="Nothing more is written.")
    state: BuildState


class LogSearchQuery(Query):
    """What to look for."""

    text: Annotated[str, Field(min_length=1, max_length=1000)] = Field(description="In any case.")
    build: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Only in this build's log.")
    limit: int = Field(default=200, ge=1, le=1000)


class FoundLine(Answer):
    """A line of a log with what was looked for."""

    build: str
    revision: RevisionNumber
    line: Count = Field(description="Its number, from 1.")
    text: Text


class LogSearch(Answer):
    """Lines of the logs of an environment's builds, the newest build first."""

    lines: list[FoundLine]
    more: bool = Field(description="There are more than the limit.")


class Engine(Answer):
    """What makes environments, and whether it can here."""

    name: EngineName
    title: str
    usable: bool
    problem: Text | None = Field(description="Why it cannot be used here, in a sentence.")
    buildable: bool = Field(description="False for host, which only describes what is there.")


class EngineList(Answer):
    """The engines, the default first."""

    engines: list[Engine]


class CollectEnvironments(Request):
    """Remove what is installed and nobody uses. Definitions and locks stay; the next use installs the same again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 7}]})

    days: float = Field(default=7, ge=0, le=36_500, description="Keep what is younger.")


class BuildStarted(Answer):
    """A build that began, or the one of the same revision that was under way already."""

    build: Build
    task: str = Field(description="Its task.")


class BuildDone(Answer):
    """Result of a `build-environment` task: the build was good."""

    kind: Literal["build-environment"] = "build-environment"
    environment: str
    revision: RevisionNumber
    build: str
    lock: str
    packages: Count
    active: bool = Field(description="Its revision is the active one now.")


class ActivateDone(Answer):
    """Result of an `activate-environment` task."""

    kind: Literal["activate-environment"] = "activate-environment"
    environment: str
    revision: RevisionNumber


class CollectEnvironmentsDone(Answer):
    """Result of a `collect-environments` task."""

    kind: Literal["collect-environments"] = "collect-environments"
    removed: Count = Field(description="Installed environments.")
    kernels: Count
    bytes: Count
