"""Branches."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Name, Request, Revision, Text, Time
from jupyter_repro.api.schemas.page import Page


class Branch(Answer):
    """A branch and its newest commit."""

    name: Text
    commit: CommitId | None = Field(description="Its newest commit; null while it has none.")
    message: Text | None = Field(description="Of that commit.")
    time: Time | None = Field(description="Of that commit.")
    held_by: str | None = Field(description="Id of the workspace that holds it; it can be switched to only there.")
    held_at: Text | None = Field(description="Directory of that workspace, when this machine knows it.")
    current: bool = Field(description="The server's own workspace is on it.")


class BranchPage(Page[Branch]):
    """Branches by name."""


class CreateBranch(Request):
    """A new branch from any commit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "try-shap", "commit": "v1"}]})

    name: Name
    commit: Revision = Field(default="@", description="Where it starts.")


class RenameBranch(Request):
    """A new name for a branch; its commits stay."""

    name: Name


class SwitchRequest(Request):
    """Put the workspace on another branch; unsaved changes are checkpointed first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"branch": "try-shap"}]})

    branch: Name


class SwitchDone(Answer):
    """Result of a `switch` task."""

    kind: Literal["switch"] = "switch"
    branch: Text
    commit: CommitId
    previous_branch: Text
    safety: CommitId | None = Field(description="The checkpoint made of what was there; null when nothing had changed.")
    undo: Text = Field(description="The command that goes back.")
    notice: Text | None = Field(description="What the user should know besides.")
