"""Which environment a workspace or project uses, the kernels of it, and bringing back that of a commit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Count, Request, Revision, Text
from jupyter_repro.api.schemas.environments_builds import RevisionNumber
from jupyter_repro.api.schemas.environments_software import PackageChange

_Named = Annotated[str, Field(min_length=1, max_length=255)]


class Used(Answer):
    """The revision that a workspace uses."""

    environment: str | None = Field(description="Its id; null when only a commit knows it.")
    name: Text
    revision: Count
    label: Text = Field(description="`<name> r<revision>`, and ` + requirements.txt` where that was put on top.")
    applied: Text | None = Field(description="The workspace's own file that was put on top of the revision.")
    pinned: bool = Field(description="false: the active revision, whichever that will be.")
    kernel: Text = Field(description="Name of the kernel specification; empty: there is no kernel in it.")
    interpreter: Text
    installed: bool = Field(description="false: it was collected, and comes back with the next use.")
    newer: RevisionNumber | None = Field(description="For a pinned one: the active revision, when that is another.")


class Selection(Answer):
    """What the kernels of a workspace run in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "workspace": "01jd3kq7aa",
                    "project": "01jd3kq6w9",
                    "used": {
                        "environment": "0b6f1c9e4d2a48f7a1b2c3d4e5f60718",
                        "name": "py311-pandas",
                        "revision": 7,
                        "label": "py311-pandas r7",
                        "applied": None,
                        "pinned": False,
                        "kernel": "repro-py311-pandas-r7-9c1f0000",
                        "interpreter": "/home/ada/.local/share/jupyter/repro/environments/uv/9c1f/bin/python",
                        "installed": True,
                        "newer": None,
                    },
                    "source": "workspace",
                    "problem": None,
                }
            ]
        }
    )

    workspace: str
    project: str
    used: Used | None = Field(description="null: `host`, what is activated where the server runs.")
    source: Literal["workspace", "project", "host"] = Field(description="Where that was chosen.")
    problem: Text | None = Field(description="Why that is not as it should be: the project does not allow it, ...")


class SelectEnvironment(Request):
    """Choose what the kernels of a workspace run in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"environment": "py311-pandas", "revision": None}]})

    environment: _Named | None = Field(description="Name or id; null or `host`: none of ours.")
    revision: RevisionNumber | None = Field(default=None, description="Pin this one; null: the active one, always.")


class SelectDone(Answer):
    """Result of a `use-environment` task."""

    kind: Literal["use-environment"] = "use-environment"
    selection: Selection
    notice: Text | None = Field(description="Why the workspace's own file was not put on top.")


class BeginEnvironmentDone(Answer):
    """Result of a `begin-environment` task, which the server begins with its session."""

    kind: Literal["begin-environment"] = "begin-environment"
    selection: Selection
    dead_builds: Count = Field(description="Builds that died with the last server, and are marked as failed now.")
    notice: Text | None = Field(description="What could not be had; things are as they were then.")


class RestoreEnvironmentRequest(Request):
    """Use the software of a past commit; code and data stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"commit": "@~2"}]})

    commit: Revision


class RestoreEnvironmentDone(Answer):
    """Result of a `restore-environment` task."""

    kind: Literal["restore-environment"] = "restore-environment"
    selection: Selection
    changes: list[PackageChange] = Field(description="What is installed now and was not then, or the other way round.")
    replaced: list[PackageChange] = Field(description="What could not be had any more, and what was used instead.")
    notice: Text | None = Field(description="Both in sentences; null when everything is as it was.")


class MarkedRevision(Answer):
    """A revision that is marked for a project. It is known by its definition, on any machine."""

    name: Text = Field(description="What the environment was called.")
    revision: RevisionNumber
    definition: str
    environment: str | None = Field(description="Id of the environment here that has it; null: none that one may see.")


class ProjectEnvironments(Answer):
    """What the workspaces of a project are to use."""

    project: str
    environment: Text | None = Field(description="Name of the environment that its workspaces begin with.")
    revision: RevisionNumber | None = Field(description="Pinned; null: the active one.")
    marked: list[MarkedRevision] = Field(description="Its workspaces may use these only; empty: any.")


class RevisionMark(Request):
    """One revision to mark."""

    environment: _Named
    revision: RevisionNumber | None = Field(default=None, description="null: the one that is active now.")


class ProjectEnvironmentsChange(Request):
    """What the workspaces of a project are to use. What is absent stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "choice": {"environment": "py311-pandas", "revision": None},
                    "marked": [{"environment": "py311-pandas", "revision": 7}],
                }
            ]
        }
    )

    choice: SelectEnvironment | None = Field(
        default=None, description="What its workspaces begin with, when nobody chose anything else there."
    )
    marked: list[RevisionMark] | None = Field(
        default=None, max_length=1000, description="They may use these only; empty: any. It replaces those before."
    )
