"""Commits, the history page, commit detail, and the request for a checkpoint."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Moment, Path, Query, Request, Text, Time
from jupyter_repro.api.schemas.page import Page, PageQuery
from jupyter_repro.api.schemas.sessions import Session

ChangeKind = Literal["added", "deleted", "modified", "renamed", "mode", "type"]
"""What happened to a path; `mode`: only permissions, `type`: a file became a link or directory, or back."""


class SkippedPath(Answer):
    """A path the commit does not hold as it was, and why."""

    path: Path
    reason: Text


class EnvironmentLabel(Answer):
    """The environment of a commit or workspace, as a chip shows it."""

    name: Text
    revision: Count
    applied: Text | None = Field(
        description="What was put on top of the revision: the workspace's own file, as `requirements.txt`."
    )
    label: Text = Field(description="`<name> r<revision>`, and ` + requirements.txt` where that was put on top.")
    changed: bool = Field(
        description="A commit: as its `software_changed`. A workspace: chosen since its newest commit."
    )


class Commit(Answer):
    """One row of the timeline."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "3f9a2c71" + "0" * 56,
                    "parents": ["77aa01bc" + "0" * 56],
                    "branch": "main",
                    "author": "ada",
                    "mine": True,
                    "time": "2026-11-21T10:42:07.120000Z",
                    "message": "Tune depth and learning rate",
                    "kind": "checkpoint",
                    "session": "s-20261121-0912",
                    "workspace": "01jd3kq7aa",
                    "added": 1,
                    "modified": 2,
                    "deleted": 1,
                    "branches": ["main"],
                    "tags": [],
                    "labels": {},
                    "restored_from": None,
                    "environment": None,
                    "software_changed": False,
                    "thinned": False,
                }
            ]
        }
    )

    id: CommitId
    parents: list[CommitId] = Field(description="First parent first; empty for the first commit.")
    branch: Text = Field(description="The branch it was made on.")
    author: Text
    mine: bool = Field(description="Its author is who asks.")
    time: Time
    message: Text
    kind: str = Field(description="checkpoint, auto, restore, recovered, run or import; newer kinds may appear.")
    session: str = Field(description="Id of its session; the page's `sessions` has the rest.")
    workspace: str | None
    added: Count
    modified: Count
    deleted: Count
    branches: list[Text] = Field(description="Branches whose newest commit this is.")
    tags: list[Text]
    labels: dict[str, Text]
    restored_from: CommitId | None = Field(description="For kind restore: the commit that was restored.")
    environment: EnvironmentLabel | None = Field(description="Null: it was made in none of ours.")
    software_changed: bool = Field(
        description="Other software was installed than with its first parent, as far as both recorded it."
    )
    thinned: bool = Field(description="Its content was freed by `thin`: it is listed, but cannot be opened.")


class HistoryPage(Page[Commit]):
    """Commits newest first, with the sessions they belong to."""

    sessions: list[Session] = Field(description="Every session that a commit of this page belongs to.")
    hidden: Count = Field(description="Automatic checkpoints between the rows of this page that retention hides.")
    multiple_branches: bool = Field(description="The project has more than one branch: the graph is worth drawing.")


class HistoryQuery(PageQuery):
    """Which commits. Filters combine with *and*."""

    branch: Annotated[str, Field(max_length=255)] | None = Field(
        default=None, description="Only commits reachable from this branch. Absent: every commit of the project."
    )
    session: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Only of this session.")
    author: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Only by this author.")
    mine: bool = Field(default=False, description="Only by who asks.")
    text: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, description="Only where message, author, tag or id contains this, whatever the case."
    )
    path: Path | None = Field(default=None, description="Only commits that changed this file, or something below it.")
    kind: list[str] = Field(default_factory=list, max_length=20, description="Only of these kinds; repeatable.")
    named: bool = Field(default=False, description="Only tagged commits and those with a message of a person.")
    since: Moment | None = Field(default=None, description="Not older than this moment (RFC 3339).")
    until: Moment | None = Field(default=None, description="Not younger than this moment (RFC 3339).")
    hidden: bool = Field(default=False, description="Also the automatic checkpoints that retention hides.")


class Change(Answer):
    """One changed path. `M`, `A`, `D`, `R` in front of a row."""

    path: Path
    change: ChangeKind
    old_path: Path | None = Field(description="For `renamed`: where it was.")


class ChangePage(Page[Change]):
    """Changed paths of a commit against its first parent, in path order."""


class CommitDetail(Answer):
    """An expanded row: the commit, its session and the first changed files."""

    commit: Commit
    session: Session
    changes: list[Change] = Field(description="The first of them, in path order.")
    changes_next: str | None = Field(description="`cursor` for `.../changes`; null when these are all.")
    files: Count | None = Field(description="Files in the whole tree; null when counting it was too much.")
    bytes: Count | None = Field(description="Their size together.")
    unchanged: Count | None = Field(description="Files that this commit left as they were.")
    notes: list[SkippedPath] = Field(description="What the commit lacks or could not read steadily; the first 1000.")
    notes_total: Count = Field(description="How many there are of them.")


class CommitDetailQuery(Query):
    """How much of a commit's detail."""

    changes: int = Field(default=200, ge=0, le=1000, description="At most so many changed files at once.")


class CheckpointRequest(Request):
    """Make a checkpoint of the workspace. All fields are optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"message": "Tune depth and learning rate"}]})

    message: str = Field(default="", max_length=10_000, description="What did you do?")
    allow_empty: bool = Field(default=False, description="Also when nothing changed.")
    full: bool = Field(default=False, description="Hash every file again instead of trusting the stat cache.")
    skip_unreadable: bool = Field(default=False, description="Go on without files that cannot be read.")
    tag: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="Tag the new commit at once."
    )


class CheckpointDone(Answer):
    """Result of a `checkpoint` task."""

    kind: Literal["checkpoint"] = "checkpoint"
    commit: CommitId
    created: bool = Field(description="False when nothing had changed; `commit` is then the present one.")
    added: Count
    modified: Count
    deleted: Count
    skipped: list[SkippedPath] = Field(description="What could not be read; the first 1000.")
    skipped_total: Count = Field(description="How many there are of them.")
    branch: Text
    notice: Text | None = Field(description="What the user should know, such as a race that went to another branch.")
