"""Environments: lists, detail, definitions, revisions, sharing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from jupyter_repro.api.schemas.base import Answer, Count, Query, Request, Text, Time
from jupyter_repro.api.schemas.environments_builds import Build, EngineName, RevisionNumber, Visibility
from jupyter_repro.api.schemas.page import Page, PageQuery
from jupyter_repro.api.schemas.tasks import Task

EnvironmentName = Annotated[
    str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$", min_length=1, max_length=100, examples=["py311-pandas"])
]
"""The name of an environment: letters, digits, '.', '_' and '-'."""

_Line = Annotated[str, Field(max_length=1000)]
_Whole = Annotated[str, Field(max_length=1_000_000)]
_Person = Annotated[str, Field(min_length=1, max_length=255)]
_Variable = Annotated[str, Field(max_length=10_000)]

_DEFINITION: JsonDict = {
    "engine": "uv",
    "python": "3.11",
    "requirements": "pandas>=3\nscikit-learn\nipykernel\n",
    "variables": {"OMP_NUM_THREADS": "2"},
    "scripts": {"post-setup": "python -m nltk.downloader punkt\n"},
}


class ParentRevision(Request):
    """The revision of an environment that another one adds to."""

    environment: Annotated[str, Field(min_length=1, max_length=255)] = Field(description="Name or id.")
    revision: RevisionNumber


class EnvironmentDefinition(Request):
    """What an environment is to hold. Which fields count depends on the engine; the others stay empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DEFINITION]})

    engine: EngineName
    parent: ParentRevision | None = Field(
        default=None, description="The revision of another environment that this one adds to."
    )
    base: _Line = Field(default="", description="docker: an image reference. host: an interpreter. Others: empty.")
    python: _Line = Field(default="", description="uv: a version of Python, `3.11`; empty: that of the server.")
    requirements: _Whole = Field(default="", description="In the syntax of requirements.txt.")
    conda: _Whole = Field(default="", description="conda: the text of an environment.yml.")
    dockerfile: _Whole = Field(default="", description="docker: the instructions that follow FROM.")
    build_arguments: dict[str, _Variable] = Field(
        default_factory=dict, max_length=200, description="docker: arguments of the build. Never for secrets."
    )
    files: dict[str, _Whole] = Field(
        default_factory=dict, max_length=200, description="docker: text files of the build's context, by relative path."
    )
    network: Literal["", "none", "host"] = Field(
        default="", description="docker: what kernels reach; empty: a bridge of the engine's."
    )
    cpus: float = Field(default=0, ge=0, le=4096, description="docker: processors of a kernel; 0: no limit.")
    memory: int = Field(default=0, ge=0, le=2**53, description="docker: bytes of memory of a kernel; 0: no limit.")
    variables: dict[str, _Variable] = Field(
        default_factory=dict, max_length=200, description="Environment variables of kernels and runs."
    )
    scripts: dict[str, _Whole] = Field(
        default_factory=dict,
        max_length=4,
        description="Shell scripts by when they run: pre-setup, post-setup, pre-run, post-run.",
    )
    project_files: bool = Field(
        default=False,
        description="At the start of a session, put what the project's own requirements.txt, environment.yml or "
        "pyproject.toml asks for on top, as a derived revision.",
    )


class Parent(Answer):
    """The revision that a definition adds to, as it was called; the definition holds a copy of it."""

    name: Text
    revision: Count


class Definition(Answer):
    """The definition of a revision. What does not belong to its engine is empty."""

    id: str = Field(description="Its BLAKE3: equal definitions have equal ids.")
    engine: Text
    parent: Parent | None
    base: Text
    python: Text
    requirements: Text
    conda: Text
    dockerfile: Text
    build_arguments: dict[str, Text]
    files: dict[str, Text]
    network: Text
    cpus: float
    memory: Count
    variables: dict[str, Text]
    scripts: dict[str, Text]
    project_files: bool


class Sharing(Answer):
    """Who may see and use an environment. Only its owner may change it."""

    visibility: Visibility
    users: list[Text] = Field(description="Whom it is shared with, when visibility is `shared`.")
    groups: list[Text]


class SharingChange(Request):
    """Say who may see and use it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"visibility": "shared", "users": ["bo"], "groups": ["stats"]}]}
    )

    visibility: Visibility
    users: list[_Person] = Field(default_factory=list, max_length=1000)
    groups: list[_Person] = Field(default_factory=list, max_length=1000)


class Environment(Answer):
    """An environment as it appears in a list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b6f1c9e4d2a48f7a1b2c3d4e5f60718",
                    "name": "py311-pandas",
                    "description": "The usual",
                    "owner": "ada",
                    "mine": True,
                    "engine": "uv",
                    "sharing": {"visibility": "everyone", "users": [], "groups": []},
                    "default": True,
                    "created": "2026-11-02T08:00:00.000000Z",
                    "archived": None,
                    "newest": 7,
                    "active": 7,
                    "packages": 184,
                    "build": None,
                    "selected": 7,
                    "used_by": 1,
                }
            ]
        }
    )

    id: str
    name: Text
    description: Text
    owner: Text
    mine: bool = Field(description="Who asks owns it, and may change it.")
    engine: Text
    sharing: Sharing
    default: bool = Field(description="New workspaces are proposed it.")
    created: Time
    archived: Time | None = Field(description="When it was put away; null while it is in use.")
    newest: Count = Field(description="Number of the newest revision.")
    active: RevisionNumber | None = Field(description="The revision that users get; null before the first good build.")
    packages: Count | None = Field(description="How many packages the active revision has.")
    build: Build | None = Field(description="The newest build.")
    selected: RevisionNumber | None = Field(description="The revision that the server's own workspace uses.")
    used_by: Count = Field(description="How many workspaces of this data directory use it.")


class EnvironmentPage(Page[Environment]):
    """Environments by name."""

    total: Count = Field(description="How many match in all.")


class EnvironmentListQuery(PageQuery):
    """Which environments. Filters combine with *and*."""

    text: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, description="Only with this in name, description, owner or engine, whatever the case."
    )
    engine: list[EngineName] = Field(default_factory=list, max_length=4, description="Only of these; repeatable.")
    visibility: list[Visibility] = Field(default_factory=list, max_length=3, description="Only these; repeatable.")
    mine: bool | None = Field(default=None, description="true: only one's own; false: only those of others.")
    archived: Literal["no", "only", "all"] = Field(default="no", description="Those that were put away.")
    used: bool = Field(default=False, description="Only those that a workspace uses.")


class EnvironmentUse(Answer):
    """A workspace that uses an environment."""

    workspace: str
    project: str
    project_name: Text
    path: Text
    revision: RevisionNumber
    pinned: bool
    current: bool = Field(description="It is the one this server was started in.")


class RevisionRow(Answer):
    """A revision as it appears in a list."""

    number: RevisionNumber
    author: Text
    time: Time
    message: Text
    definition: str = Field(description="Id of its definition.")
    active: bool
    build: Build | None = Field(description="Its newest build.")
    ready: bool = Field(description="A build of it worked: it can be used and made the active one.")
    changed: Text = Field(
        description="What differs from the revision before, in one line: packages where both were built, else lines "
        "of the definition; empty for the first."
    )
    marked: bool = Field(description="It is marked for the project of the server's own workspace.")


class EnvironmentDetail(Answer):
    """An environment with its definition, where it is used, and what may be done."""

    environment: Environment
    revision: RevisionRow = Field(description="The active revision, or the newest when there is none.")
    definition: Definition = Field(description="Of that revision.")
    newest_definition: Definition = Field(description="Of the newest revision: what an editor begins with.")
    building: list[Build] = Field(description="Builds that wait or are under way.")
    uses: list[EnvironmentUse]


class RevisionPage(Page[RevisionRow]):
    """Revisions of an environment, newest first."""


class LockedPackage(Answer):
    """A package that a lock holds."""

    ecosystem: str
    name: Text
    version: Text


class RevisionDetail(Answer):
    """A revision with all that is known of it."""

    environment: Environment
    revision: RevisionRow
    definition: Definition
    builds: list[Build] = Field(description="Newest first; the first 100.")
    packages: list[LockedPackage] | None = Field(description="What the lock holds; null before a build worked.")
    lock: Text | None = Field(description="The lock as text, when asked for.")


class RevisionDetailQuery(Query):
    """How much of a revision."""

    lock: bool = Field(default=False, description="With the lock as text.")


class CreateEnvironment(Request):
    """Make an environment with its first revision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "py311-pandas", "description": "The usual", "definition": _DEFINITION}]
        }
    )

    name: EnvironmentName
    definition: EnvironmentDefinition
    description: Annotated[str, Field(max_length=1000)] = ""
    visibility: Visibility = "private"
    users: list[_Person] = Field(default_factory=list, max_length=1000)
    groups: list[_Person] = Field(default_factory=list, max_length=1000)
    message: Annotated[str, Field(max_length=1000)] = Field(default="", description="Why, for the list of revisions.")
    build: bool = Field(default=True, description="Build it at once.")


class SaveRevision(Request):
    """Save a changed definition as the next revision."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"definition": _DEFINITION, "message": "pandas 3"}]})

    definition: EnvironmentDefinition
    message: Annotated[str, Field(max_length=1000)] = ""
    build: bool = Field(default=True, description="Build it at once.")
    after: RevisionNumber | None = Field(
        default=None,
        description="The newest revision that the editor knew: when there is a newer one, nothing is saved.",
    )


class DuplicateEnvironment(Request):
    """Make an environment of one's own from a revision of one that may be seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "my-pandas", "revision": 7}]})

    name: EnvironmentName
    revision: RevisionNumber | None = Field(default=None, description="Absent: the active one, else the newest.")
    build: bool = Field(default=True, description="Build it at once.")


class EnvironmentSaved(Answer):
    """What was saved, and the build that began with it."""

    environment: Environment
    revision: RevisionNumber
    created: bool = Field(description="False when the definition is that of the newest revision: no new one was made.")
    task: Task | None = Field(description="The build; null when none was asked for.")
    build: str | None = Field(description="Id of the build.")


class EnvironmentChange(Request):
    """Change what is no part of the definition. What is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"description": "The usual, with shap"}]})

    description: Annotated[str, Field(max_length=1000)] | None = None
    archived: bool | None = Field(default=None, description="true: put it away; false: take it back.")
    default: bool | None = Field(default=None, description="Propose it to new workspaces, instead of any other.")
