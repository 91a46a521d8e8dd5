"""What the catalogue returns: plain records, free of any database."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Literal

SessionKind = Literal["day", "server"]
BuildState = Literal["queued", "building", "ready", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project. ``store`` is a URL or path, "" for the one in the data directory.

    ``created`` and ``archived`` are microseconds since the epoch; ``archived`` is None while it is in use.
    """

    id: str
    name: str
    store: str
    created: int
    archived: int | None = None


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """A directory on a host that is attached to a branch, and when (microseconds) it was made and last used."""

    id: str
    project_id: str
    path: str
    branch: str
    host: str
    device: int
    inode: int
    created: int
    last_used: int


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One life of a workspace: a day of commands, or a server from start to stop.

    ``started`` and ``ended`` are microseconds since the epoch; ``ended`` is None while it is open.
    """

    id: str
    project_id: str
    workspace_id: str
    user: str
    host: str
    kind: SessionKind
    started: int
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Something that was done: when (microseconds), by whom, what, and to what.

    ``subject`` is the commit, path or name that it was done to; ``details`` holds what JSON can say.
    """

    id: str
    time: int
    actor: str
    action: str
    project_id: str = ""
    workspace_id: str = ""
    subject: str = ""
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnvironmentRecord:
    """A named environment.

    ``visibility`` is "private", "shared" (with ``shared["users"]`` and ``shared["groups"]``) or "everyone"; ``active``
    is the number of the revision that new users of the environment get, None before the first build that worked;
    ``is_default`` is 1 for the one that new workspaces are proposed. Times in microseconds since the epoch.
    """

    id: str
    name: str
    description: str
    owner: str
    engine: str
    visibility: str
    shared: dict[str, list[str]]
    active: int | None
    is_default: int
    created: int
    archived: int | None = None


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A revision of an environment: its number, the id of its definition; who saved it, when (microseconds), why."""

    environment_id: str
    number: int
    definition: str
    author: str
    time: int
    message: str


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """One attempt to build a revision. Times in microseconds since the epoch, None while they have not come.

    ``lock`` is the id of the lock that a good build names; ``packages`` how many it has; ``problem`` one sentence of
    what went wrong.
    """

    id: str
    environment_id: str
    number: int
    state: BuildState
    host: str
    author: str
    queued: int
    started: int | None = None
    ended: int | None = None
    lock: str = ""
    packages: int = 0
    problem: str = ""


Record = ProjectRecord | WorkspaceRecord | SessionRecord | AuditRecord


def microseconds_now() -> int:
    """The present, in microseconds since the epoch."""
    return time.time_ns() // 1000


def audit_id(moment: int) -> str:
    """A new id for an audit record of ``moment`` (microseconds): ids sort by time, and no two are the same."""
    return f"{moment:016x}{os.urandom(8).hex()}"
