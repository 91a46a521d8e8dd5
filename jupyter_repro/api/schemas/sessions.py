"""Sessions: one life of a workspace, from server start to stop."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Count, Text, Time
from jupyter_repro.api.schemas.page import Page


class Session(Answer):
    """The header of a group in the timeline: who, when, how long, how many."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "s-20261121-0912",
                    "start": "2026-11-21T09:12:00.000000Z",
                    "end": None,
                    "host": "lab-3",
                    "user": "ada",
                    "workspace": "01jd3kq7aa",
                    "commits": 3,
                    "current": True,
                    "mine": True,
                }
            ]
        }
    )

    id: str
    start: Time
    end: Time | None = Field(description="When it ended or was last heard of; null while it is open.")
    host: Text
    user: Text
    workspace: str | None
    commits: Count = Field(description="Checkpoints made in it.")
    current: bool = Field(description="It is the session of this very server.")
    mine: bool = Field(description="Its user is who asks.")


class SessionPage(Page[Session]):
    """Sessions, newest first."""
