"""Differences: between two commits, or between a commit and the working directory."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from jupyter_repro.api.schemas.base import Answer, Count, Path, Query, Revision, Text
from jupyter_repro.api.schemas.commits import ChangeKind, Commit
from jupyter_repro.api.schemas.page import Page, PageQuery
from jupyter_repro.api.schemas.trees import EntryType, FileKind


class Sides(Query):
    """Which two states are compared: `a` with `b`, or `a` with the working directory of `workspace`."""

    a: Revision = Field(description="The older side.")
    b: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="The newer side; absent: the working directory of `workspace`."
    )
    workspace: Annotated[str, Field(max_length=255)] | None = Field(
        default=None,
        description="Whose working directory, when `b` is absent; absent: the server's own.",
    )


class DiffQuery(PageQuery):
    """The list of changed files between two states."""

    a: Revision = Field(description="The older side.")
    b: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="The newer side; absent: the working directory of `workspace`."
    )
    workspace: Annotated[str, Field(max_length=255)] | None = Field(
        default=None,
        description="Whose working directory, when `b` is absent; absent: the server's own.",
    )
    path: Path | None = Field(default=None, description="Only this path, or what lies below it.")
    stat: bool = Field(default=False, description="Also count lines, cells and rows of this page's files, where cheap.")


class FileDiffQuery(Sides):
    """One file of a comparison."""

    path: Path = Field(description="The file's path on the newer side (or the older one, if it was deleted).")
    old_path: Path | None = Field(default=None, description="Its path on the older side, when it was renamed.")


class DiffStat(Answer):
    """How much changed inside a file; each null where it does not apply or was not counted."""

    lines_added: Count | None
    lines_deleted: Count | None
    cells: Count | None = Field(description="Notebook cells added, removed or changed.")
    rows: Count | None = Field(description="Table rows added, removed or changed.")


class DiffSide(Answer):
    """A file on one side."""

    path: Path
    type: EntryType
    size: Count
    mode: Count
    hash: str | None = Field(description="Null for a working file that was not hashed.")
    media_type: str
    url: str = Field(description="Its bytes, relative to the API's root.")


class DiffEntry(Answer):
    """One changed file in a comparison."""

    path: Path
    change: ChangeKind
    old_path: Path | None
    kind: FileKind | None = Field(description="Which difference suits it.")
    old_size: Count | None
    new_size: Count | None
    stat: DiffStat | None = Field(description="Null unless asked for and cheap.")


class DiffCounts(Answer):
    """The summary on top of a comparison."""

    added: Count
    modified: Count = Field(description="Content, mode or type changed.")
    deleted: Count
    renamed: Count


class DiffPage(Page[DiffEntry]):
    """Changed files between two states, in path order."""

    a: Commit
    b: Commit | None = Field(description="Null: the working directory.")
    workspace: str | None = Field(description="Whose working directory, when `b` is null.")
    counts: DiffCounts = Field(description="Of the whole comparison, not of this page.")


class FileDiff(Answer):
    """The difference of one file, of whatever kind; text as a unified diff, both sides by URL."""

    path: Path
    change: ChangeKind | Literal["unchanged"]
    kind: FileKind
    a: DiffSide | None = Field(description="Null when the file was added.")
    b: DiffSide | None = Field(description="Null when the file was deleted.")
    unified: Text | None = Field(description="Unified diff; null for binary files and those too large to compare.")
    too_large: bool = Field(description="Text, but too large for a difference on the screen.")
    stat: DiffStat


class NotebookDiff(Answer):
    """The older notebook, and the difference that leads to the newer one, as nbdime's viewer takes it."""

    a: DiffSide | None
    b: DiffSide | None
    base: JsonValue = Field(description="The older notebook (nbformat 4); an empty one when it was added.")
    diff: list[JsonValue] = Field(description="Entries of nbdime's diff format.")
    cells: Count = Field(description="Cells added, removed or changed.")


CellChange = Literal["same", "added", "deleted", "modified"]


class TableColumn(Answer):
    """A column of a table difference."""

    name: Text
    change: Literal["same", "added", "deleted"]


class TableCell(Answer):
    """One cell: `old` null when it was added, `new` null when it was deleted."""

    old: Text | None
    new: Text | None


class TableRow(Answer):
    """A row that changed, or a neighbour for context."""

    change: CellChange
    old_line: Count | None = Field(description="Its record number on the older side, from 1 after the header.")
    new_line: Count | None
    cells: list[TableCell] = Field(description="One for each of `columns`.")


class TableDiff(Answer):
    """Changed cells of a CSV or TSV file."""

    a: DiffSide | None
    b: DiffSide | None
    columns: list[TableColumn]
    rows: list[TableRow]
    added: Count = Field(description="Rows added in all, also those not in `rows`.")
    deleted: Count
    modified: Count
    truncated: bool = Field(description="There are more changed rows than were sent.")


class TableDiffQuery(FileDiffQuery):
    """One table of a comparison."""

    rows: int = Field(default=200, ge=1, le=2000, description="At most so many rows.")
    context: int = Field(default=1, ge=0, le=10, description="So many unchanged rows around each change.")
