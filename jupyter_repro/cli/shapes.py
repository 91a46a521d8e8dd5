"""The documents that machines read, where more than one command prints them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jupyter_repro.cli.output import Json

if TYPE_CHECKING:
    from jupyter_repro.history import Commit
    from jupyter_repro.verbs.changes import Change
    from jupyter_repro.workspace import Restored


def time_text(moment: int | None) -> str | None:
    """A time in microseconds since the epoch as RFC 3339 in UTC; None stays None."""
    if moment is None:
        return None
    seconds, micros = divmod(moment, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.{micros:06d}Z"


def commit_document(commit: Commit) -> dict[str, Json]:
    """One element of ``log --json``."""
    return {
        "commit": commit.id,
        "parents": list(commit.parents),
        "branch": commit.branch,
        "author": commit.author,
        "time": time_text(commit.time),
        "message": commit.message,
        "kind": commit.kind,
        "session": commit.session.id,
        "added": commit.added,
        "modified": commit.modified,
        "deleted": commit.deleted,
    }


def restored_document(done: Restored) -> dict[str, Json]:
    """``restore --json``, and the larger part of ``switch --json``."""
    return {
        "commit": done.commit.id,
        "safety": done.safety.id if done.safety else None,
        "written": done.written,
        "removed": done.removed,
        "undo": done.undo,
    }


def change_documents(changes: Iterable[Change]) -> list[Json]:
    """``diff --json``: ``old_path`` is null but for a renamed path."""
    return [{"path": change.path, "change": change.change, "old_path": change.old_path} for change in changes]
