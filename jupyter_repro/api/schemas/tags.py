"""Tags: names for a commit that never move."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Name, Request, Revision, Text, Time
from jupyter_repro.api.schemas.page import Page


class Tag(Answer):
    """A tag and the commit it names."""

    name: Text
    commit: CommitId
    message: Text | None = Field(description="Of that commit.")
    time: Time | None = Field(description="Of that commit.")


class TagPage(Page[Tag]):
    """Tags by name."""


class CreateTag(Request):
    """A name for a commit, for good."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "v1", "commit": "@"}]})

    name: Name
    commit: Revision = Field(default="@", description="What it names.")
