"""Recreate: a past commit in a new directory on a new branch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Query, Request, Revision, Text
from jupyter_repro.api.schemas.commits import Commit, EnvironmentLabel


class RecreatePlanQuery(Query):
    """What would be recreated."""

    commit: Revision


class RecreatePlan(Answer):
    """All that the dialog proposes and says, in one answer."""

    commit: Commit
    branch: Text = Field(description="A branch name that is free.")
    directory: Text = Field(description="A directory that is free, relative to the server's root where it lies inside.")
    files: Count
    bytes: Count
    free_bytes: Count | None = Field(description="Space left where the directory would be.")
    environment: EnvironmentLabel | None = Field(description="That of the commit; null: it was made in none of ours.")


class RecreateRequest(Request):
    """Recreate a commit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"commit": "v1", "branch": "main-from-v1", "directory": "work/churn-model-from-v1"}]
        }
    )

    commit: Revision
    directory: Annotated[Text, Field(description="Relative to the server's root, or absolute.")]
    branch: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="New branch; absent: one is proposed."
    )
    environment: bool = Field(default=True, description="Bring the environment revision of the commit along.")


class RecreateDone(Answer):
    """Result of a `recreate` task."""

    kind: Literal["recreate"] = "recreate"
    project: str
    workspace: str
    branch: Text
    path: Text = Field(description="The new directory, absolute.")
    server_path: Text | None = Field(description="The same below the server's root; null when this Lab cannot open it.")
    commit: CommitId
    files: Count = Field(description="Files and links written.")
    bytes: Count
    environment: Text | None = Field(description="The environment revision that came along, as `name rN`.")
    notice: Text | None = Field(description="What of it could not be had, and what was used instead.")
