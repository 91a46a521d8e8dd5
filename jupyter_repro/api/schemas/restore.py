"""Restore: past files back into the workspace; and track and purge, which also change what it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Path, Query, Request, Revision, Text


class RestoreRequest(Request):
    """Put the whole workspace, or some paths, back to how a commit has them. A safety checkpoint is made first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"commit": "v1", "paths": ["train.ipynb"]}]})

    commit: Revision
    paths: list[Path] = Field(
        default_factory=list,
        max_length=10_000,
        description="Files or directories; empty: everything.",
    )


class RestoreDone(Answer):
    """Result of a `restore` task."""

    kind: Literal["restore"] = "restore"
    commit: CommitId = Field(description="The commit that was restored.")
    made: CommitId = Field(description="The commit that the restore made, and the workspace is at now.")
    safety: CommitId | None = Field(description="The checkpoint of what was there before: restore it to undo.")
    written: Count
    removed: Count
    undo: Text = Field(description="The command that takes it back, for a terminal.")
    notice: Text | None = Field(description="What the user should know besides.")


class TrackRequest(Request):
    """Bring external data into the workspace, with its origin recorded."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": "s3://bucket/customers.csv", "destination": "data/customers.csv"}]}
    )

    source: Annotated[str, Field(min_length=1, max_length=4096)] = Field(
        description="A URL, an object-store URL, or a path on the server's machine."
    )
    destination: Path = Field(description="Path in the workspace.")


class TrackDone(Answer):
    """Result of a `track` task."""

    kind: Literal["track"] = "track"
    paths: list[Path] = Field(description="What was written; the first 1000.")
    files: Count = Field(description="How many there are of them.")
    bytes: Count
    origin: Text = Field(description="Where it came from, as it was recorded; without a password.")
    commit: CommitId = Field(description="The checkpoint that holds it.")


class PurgeRequest(Request):
    """Remove a path's content from all history, for ever. It cannot be undone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"path": "data/secret.csv", "reason": "Personal", "confirm": "data/secret.csv"}]
        }
    )

    path: Path
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    everywhere: bool = Field(default=False, description="Also every other path with the same content.")
    confirm: Path = Field(description="The path once more, typed by the person: there is no undo.")


class PurgePlanQuery(Query):
    """What would be purged."""

    path: Path = Field(description="File or directory.")
    everywhere: bool = Field(default=False, description="Also every other path with the same content.")


class PurgePlan(Answer):
    """What purging a path would remove, and what it would leave."""

    path: Path
    bytes: Count = Field(description="What it takes in the store.")
    files: Count = Field(description="Versions of files.")
    commits: Count = Field(description="Commits that lose content; they stay in the history.")
    same: list[Path] = Field(description="Other paths with the same content; the first 1000.")
    same_total: Count
    sharing: list[Path] = Field(description="Other paths that share a part of it; the first 1000.")
    sharing_total: Count
    remains: list[Path] = Field(description="Those of both that keep their content; the first 1000.")
    remains_total: Count


class PurgeDone(Answer):
    """Result of a `purge` task."""

    kind: Literal["purge"] = "purge"
    plan: PurgePlan = Field(description="What was removed, and what remains.")
    warnings: list[Text] = Field(description="Where copies may still be.")
