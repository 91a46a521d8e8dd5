"""Restore: past files back into the workspace; and track and purge, which also change what it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Path, Request, Revision, Text


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
    path: Path
    size: Count
    hash: str


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


class PurgeDone(Answer):
    """Result of a `purge` task."""

    kind: Literal["purge"] = "purge"
    paths: list[Path] = Field(description="Whose content is gone.")
    remaining: list[Path] = Field(description="Paths where the same content is still found.")
    objects: Count
    warnings: list[Text]
