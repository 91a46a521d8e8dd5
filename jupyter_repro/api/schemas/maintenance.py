"""Looking after a project: check it, free space, carry it to another machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Name, Path, Request, Text


class VerifyRequest(Request):
    """Read everything and check it."""


class Damage(Answer):
    """Something damaged or missing, and what needs it."""

    kind: str = Field(description="blob, recipe, tree, commit, note, pack, log or marker.")
    id: str
    paths: list[Path]
    commits: list[CommitId]
    file: Text = Field(description="The file of the store that holds it, or should; empty where nobody knows.")
    workspaces: list[Path] = Field(
        description="Directories whose files still have the content: a full checkpoint there stores it again."
    )


class VerifyDone(Answer):
    """Result of a `verify` task."""

    kind: Literal["verify"] = "verify"
    ok: bool
    objects: Count = Field(description="How many were read.")
    purged: Count = Field(description="How many are gone by purge, which is no damage.")
    damaged: list[Damage] = Field(description="The first 1000.")


class CollectRequest(Request):
    """Free the space of what no commit needs."""


class CollectDone(Answer):
    """Result of a `collect` task."""

    kind: Literal["collect"] = "collect"
    objects: Count = Field(description="Left behind.")
    bytes: Count = Field(description="What they took.")
    files_deleted: Count = Field(description="Files that were left behind long enough ago, and are deleted now.")


class IndexDone(Answer):
    """Result of an `index` task: which checkpoint changed which file is known for the whole history."""

    kind: Literal["index"] = "index"
    commits: Count = Field(description="Checkpoints that were looked at.")


class ThinRequest(Request):
    """Free the content of automatic checkpoints that the timeline hides; it cannot be brought back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: bool = Field(default=True, description="Only tell what would be freed.")


class ThinDone(Answer):
    """Result of a `thin` task."""

    kind: Literal["thin"] = "thin"
    dry_run: bool
    commits: Count = Field(description="Automatic checkpoints whose content is, or would be, freed.")
    bytes: Count = Field(description="What that freed; 0 for a dry run.")


class ExportRequest(Request):
    """Write a whole project into one file."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": "churn-model.repro"}]})

    file: Annotated[
        Text, Field(description="A file that is not there yet: relative to the server's root, or absolute.")
    ]


class ExportDone(Answer):
    """Result of an `export` task."""

    kind: Literal["export"] = "export"
    path: Text = Field(description="The file, absolute.")
    server_path: Text | None = Field(description="The same below the server's root; null when it lies outside.")
    bytes: Count
    commits: Count


class ImportRequest(Request):
    """Make a project of a file that an export wrote."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": "churn-model.repro"}]})

    file: Annotated[Text, Field(description="Relative to the server's root, or absolute.")]
    name: Name | None = Field(default=None, description="Another name; needed when the project is here already.")


class ImportDone(Answer):
    """Result of an `import` task."""

    kind: Literal["import"] = "import"
    project: str
    name: Text
    commits: Count
    branches: list[Text]
