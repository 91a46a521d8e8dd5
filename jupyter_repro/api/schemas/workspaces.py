"""Workspaces: a directory attached to one branch of one project, and its state now."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Name, Query, Request, Text, Time
from jupyter_repro.api.schemas.commits import Change, Commit, EnvironmentLabel
from jupyter_repro.api.schemas.page import Page, PageQuery
from jupyter_repro.api.schemas.projects import Project
from jupyter_repro.api.schemas.sessions import Session
from jupyter_repro.api.schemas.tasks import Task


class Workspace(Answer):
    """A workspace as it appears in a list."""

    id: str
    project: str = Field(description="Id of its project.")
    project_name: Text
    branch: Text
    path: Text = Field(description="Its directory, absolute.")
    server_path: Text | None = Field(description="The same below the server's root ('' itself); null when outside.")
    exists: bool = Field(description="The directory is there.")
    current: bool = Field(description="It is the one this server was started in.")


class WorkspacePage(Page[Workspace]):
    """Workspaces of this machine, the server's own first."""


class ChangedCounts(Answer):
    """How the directory differs from its newest checkpoint."""

    added: Count
    modified: Count
    deleted: Count
    renamed: Count
    total: Count
    since: Time | None = Field(description="Time of the newest checkpoint; null when there is none yet.")


class WorkspaceState(Answer):
    """Header of the sidebar and the status bar item, in one answer."""

    workspace: Workspace
    project: Project
    branch: Text
    commit: Commit | None = Field(description="The newest checkpoint of the branch; null when there is none yet.")
    changed: ChangedCounts | None = Field(description="Null when not asked for.")
    session: Session | None = Field(description="The open session.")
    tasks: list[Task] = Field(description="Queued and running tasks of this workspace or its project, oldest first.")
    environment: EnvironmentLabel | None = Field(
        description="What its new kernels run in; null: what the server uses itself. changed: the newest checkpoint "
        "was made in another one."
    )
    notice: Text | None = Field(description="What the user should know, such as an interrupted restore that waits.")


class StateQuery(Query):
    """How much to look at."""

    changes: bool = Field(default=True, description="Also compare the directory with its newest checkpoint.")


class Here(Answer):
    """What the plugin asks first: where is this server, and is it protected?"""

    version: str = Field(description="Of the server extension.")
    user: Text = Field(description="Name that checkpoints of this user carry.")
    directory: Text = Field(description="The directory in question, absolute.")
    server_path: Text | None = Field(description="The same below the server's root ('' is the root).")
    protected: bool = Field(description="It lies in a workspace.")
    can_protect: bool = Field(description="It could be made a workspace; false, for one, where it cannot be written.")
    problem: Text | None = Field(description="Why there is no state although there is a marker: moved, store gone, ...")
    problem_code: str | None = Field(description="The error code of `problem`.")
    state: WorkspaceState | None = Field(description="When protected.")


class HereQuery(StateQuery):
    """Which directory."""

    directory: Annotated[Text, Field(description="Relative to the server's root, '/' between names.")] = ""


class ProtectRequest(Request):
    """Make a directory a workspace: a project is begun, and a first checkpoint made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"directory": "", "project": "churn-model"}]})

    directory: Annotated[Text, Field(description="Relative to the server's root. Absent: the root.")] = ""
    project: Name | None = Field(default=None, description="Name of the project; absent: the directory's.")
    store: Annotated[str, Field(min_length=1, max_length=4096)] | None = Field(
        default=None, description="URL of the store; absent: in the Jupyter data directory."
    )
    checkpoint: bool = Field(default=True, description="Make the first checkpoint at once.")


class Protected(Answer):
    """A directory that is a workspace now."""

    state: WorkspaceState
    task: Task | None = Field(description="The first checkpoint, under way.")


class StatusQuery(PageQuery):
    """The working directory against its newest checkpoint."""

    ignored: bool = Field(default=False, description="Also list what the rules ignore.")


class StatusPage(Page[Change]):
    """Changed paths of the working directory, in path order."""

    branch: Text
    commit: CommitId | None
    counts: ChangedCounts
    ignored: list[Text] = Field(description="Ignored paths, when asked for; the first 1000.")
