"""Projects: the unit of history and of access."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Count, Text, Time
from jupyter_repro.api.schemas.page import Page


class Project(Answer):
    """A project as it appears in a list and in the sidebar's header."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01jd3kq6w9",
                    "name": "churn-model",
                    "store": "file:///home/ada/.local/share/jupyter/repro/projects/01jd3kq6w9/store",
                    "created": "2026-11-02T08:00:00.000000Z",
                    "branches": 2,
                    "workspaces": 1,
                }
            ]
        }
    )

    id: str
    name: Text
    store: Text = Field(description="URL of the project's store; it holds no secret.")
    created: Time = Field(description="When it was made on this machine, or brought to it.")
    branches: Count | None = Field(description="How many branches; null when the store could not be asked cheaply.")
    workspaces: Count = Field(description="Workspaces of this machine attached to the project.")


class ProjectPage(Page[Project]):
    """Projects by name."""
