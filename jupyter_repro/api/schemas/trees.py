"""What a commit holds: directories, files, and their content as Lab's viewers want it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Path, Query, Request, Revision, Text, Time
from jupyter_repro.api.schemas.page import Page, PageQuery

EntryType = Literal["file", "directory", "symlink"]

FileKind = Literal["notebook", "text", "markdown", "csv", "image", "pdf", "html", "json", "binary"]
"""Which viewer or difference suits a file; by name, refined by content where it was read."""


class TreeEntry(Answer):
    """One name in a directory of a commit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "results/roc.png",
                    "name": "roc.png",
                    "type": "file",
                    "size": 41210,
                    "mode": 420,
                    "hash": "9c1f" + "0" * 60,
                    "kind": "image",
                }
            ]
        }
    )

    path: Path
    name: Text
    type: EntryType
    size: Count | None = Field(description="Bytes of a file; null for a directory.")
    mode: Count = Field(description="Permission bits: 420 is 0o644, 493 is 0o755.")
    hash: str | None = Field(description="BLAKE3 of the whole file; null for a directory.")
    kind: FileKind | None = Field(description="For files: which viewer suits it.")


class TreePage(Page[TreeEntry]):
    """Entries of one directory (directories first), or of a search below it."""

    commit: CommitId
    path: Path = Field(description="The directory that was listed.")


class TreeQuery(PageQuery):
    """Which directory, or what to search for below it."""

    path: Path = Field(default="", description="Directory to list; '' is the root.")
    search: Annotated[str, Field(max_length=255)] | None = Field(
        default=None, description="List every file below `path` whose path contains this, whatever the case."
    )
    recursive: bool = Field(default=False, description="Everything below `path`, in path order.")


class ContentQuery(Query):
    """Which bytes, and for what."""

    path: Path = Field(description="The file.")
    download: bool = Field(default=False, description="Send it as an attachment, to be saved.")
    view: bool = Field(
        default=False,
        description="For a sandboxed viewer: HTML and SVG come inline, still with `CSP: sandbox`, not as attachments.",
    )


class ContentsQuery(Query):
    """What Lab's contents API asks of a drive."""

    path: Path = Field(default="", description="File or directory; '' is the root.")
    content: bool = Field(default=True, description="With the content, not only what describes it.")
    type: Literal["file", "notebook", "directory"] | None = Field(default=None, description="Insist on this type.")
    format: Literal["text", "base64", "json"] | None = Field(default=None, description="Insist on this format.")


class ContentsModel(Answer):
    """A file, notebook or directory of a commit in the shape of Lab's contents API (`Contents.IModel`).

    Never writable. Cells of a notebook are marked trusted only where this server's notary signed them.
    """

    name: Text
    path: Path
    type: Literal["file", "notebook", "directory"]
    format: Literal["text", "base64", "json"] | None
    mimetype: str | None
    content: JsonValue
    size: Count | None
    created: Time
    last_modified: Time
    writable: Literal[False]
    hash: str | None
    hash_algorithm: Literal["blake3"] | None


class CopyRequest(Request):
    """Copy a file or directory of a commit into the workspace under a name that is still free."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"commit": "v1", "path": "train.ipynb", "destination": "train-v1.ipynb"}]}
    )

    commit: Revision
    path: Path
    destination: Path | None = Field(default=None, description="Path in the workspace; absent: beside the original.")


class CopyDone(Answer):
    """Result of a `copy` task."""

    kind: Literal["copy"] = "copy"
    path: Path = Field(description="Where it was written, relative to the workspace.")
    server_path: Text | None = Field(description="The same below the server's root; null when it lies outside.")
    written: Count
