"""Differences: the list, and one file as text, notebook or table."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call, Json
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.problems import refuse
from jupyter_repro.api.rooms import CURRENT
from jupyter_repro.api.schemas.commits import ChangeKind
from jupyter_repro.api.schemas.diffs import (
    DiffCounts,
    DiffEntry,
    DiffPage,
    DiffQuery,
    DiffSide,
    DiffStat,
    FileDiff,
    FileDiffQuery,
    Sides,
    TableCell,
    TableColumn,
    TableDiff,
    TableDiffQuery,
    TableRow,
)
from jupyter_repro.api.schemas.trees import FileKind
from jupyter_repro.api.translate import Commits, change_of, entry_type, kind_of, media_type_of
from jupyter_repro.errors import InvalidRequest, PathNotFound, ReproError
from jupyter_repro.history import Commit
from jupyter_repro.history.textdiff import unified_diff
from jupyter_repro.verbs import Change, Opened, OpenedProject
from jupyter_repro.verbs.notebookdiff import diff_notebooks
from jupyter_repro.verbs.sides import Side, side_at, working_side
from jupyter_repro.verbs.tablediff import diff_tables, excerpt

MOST_TEXT = 4 * 1024 * 1024
"""Bytes of a text file, at most, whose lines are compared."""

MOST_STRUCTURE = 32 * 1024 * 1024
"""Bytes of a notebook or table, at most, whose cells are compared."""

MOST_STAT = 512 * 1024
"""Bytes of a file, at most, whose changes are counted for a list."""

_NOTHING = DiffStat(lines_added=None, lines_deleted=None, cells=None, rows=None)


@dataclass(frozen=True)
class _Pair:
    """Two states that are compared; ``after`` None is the working directory of ``opened``."""

    opened: OpenedProject
    before: Commit
    after: Commit | None

    def old(self, path: str) -> Side | None:
        return side_at(self.opened, self.before, path)

    def new(self, path: str) -> Side | None:
        if self.after is not None:
            return side_at(self.opened, self.after, path)
        return working_side(self.opened, path) if isinstance(self.opened, Opened) else None


@contextlib.contextmanager
def _pair(call: Call, a: str, b: str | None, workspace: str | None) -> Iterator[_Pair]:
    rooms = call.services.rooms
    if b is not None:
        with rooms.project(call["project"]) as room:
            yield _Pair(room.opened, room.opened.resolve(a), room.opened.resolve(b))
        return
    with rooms.workspace(workspace or CURRENT) as here:
        project = here.opened.project
        if call["project"] not in (CURRENT, project.id, project.name):
            with rooms.project(call["project"]):
                pass  # it must be there before it can be the wrong one
            raise InvalidRequest(f"That workspace belongs to another project, {project.name!r}.")
        yield _Pair(here.opened, here.opened.resolve(a), None)


def page(call: Call) -> DiffPage:
    """Changed files between two states."""
    query = call.asked(DiffQuery)
    with _pair(call, query.a, query.b, query.workspace) as pair:
        paths = [query.path] if query.path else []
        changes = verbs.diff(pair.opened, pair.before.id, pair.after.id if pair.after else None, paths)
        counts = Counter(change.change for change in changes)
        shown, more = page_by_key(changes, lambda change: change.path, query.cursor, query.limit)
        commits = Commits(pair.opened.repository, call.author)
        return DiffPage(
            items=[_entry(change, _stat(pair, change) if query.stat else None) for change in shown],
            next=more,
            a=commits.row(pair.before),
            b=commits.row(pair.after) if pair.after else None,
            workspace=pair.opened.workspace.state.workspace
            if pair.after is None and isinstance(pair.opened, Opened)
            else None,
            counts=DiffCounts(
                added=counts["added"],
                modified=counts["modified"] + counts["mode"] + counts["type"],
                deleted=counts["deleted"],
                renamed=counts["renamed"],
            ),
        )


def file(call: Call) -> FileDiff:
    """One file: both sides, and the unified text where it is text."""
    query = call.asked(FileDiffQuery)
    with _sides(call, query) as (old, new):
        kind = _kind(query.path, old, new)
        unified = None
        too_large = any(side is not None and side.size > MOST_TEXT for side in (old, new))
        if kind != "binary" and not too_large:
            unified = _unified(query, old, new)
        if unified is None and not too_large:
            kind = "binary" if kind == "text" else kind
        return FileDiff(
            path=query.path,
            change=_change(query, old, new),
            kind=kind,
            a=_side(call, query, old, older=True),
            b=_side(call, query, new, older=False),
            unified=unified,
            too_large=too_large and kind != "binary",
            stat=_lines(unified) if unified is not None else _NOTHING,
        )


def notebook(call: Call) -> Json:
    """One notebook: base and difference."""
    query = call.asked(FileDiffQuery)
    with _sides(call, query) as (old, new):
        difference = diff_notebooks(_whole(old), _whole(new))
        a, b = _side(call, query, old, older=True), _side(call, query, new, older=False)
    sides = f'"a": {_json(a)}, "b": {_json(b)}'
    text = f'{{{sides}, "base": {difference.base}, "diff": {difference.diff}, "cells": {difference.cells}}}'
    return Json(text.encode("ascii"))


def table(call: Call) -> TableDiff:
    """Changed cells of one table."""
    query = call.asked(TableDiffQuery)
    with _sides(call, query) as (old, new):
        difference = diff_tables(_whole(old) or b"", _whole(new) or b"", tabs=query.path.lower().endswith(".tsv"))
        rows, truncated = excerpt(difference.rows, query.rows, query.context)
        return TableDiff(
            a=_side(call, query, old, older=True),
            b=_side(call, query, new, older=False),
            columns=[TableColumn(name=column.name, change=column.change) for column in difference.columns],
            rows=[
                TableRow(
                    change=row.change,
                    old_line=row.old_line,
                    new_line=row.new_line,
                    cells=[TableCell(old=left, new=right) for left, right in row.cells(difference.columns)],
                )
                for row in rows
            ],
            added=difference.counts["added"],
            deleted=difference.counts["deleted"],
            modified=difference.counts["modified"],
            truncated=truncated,
        )


@contextlib.contextmanager
def _sides(call: Call, query: FileDiffQuery) -> Iterator[tuple[Side | None, Side | None]]:
    with _pair(call, query.a, query.b, query.workspace) as pair, contextlib.ExitStack() as stack:
        old = pair.old(query.old_path if query.old_path is not None else query.path)
        new = pair.new(query.path)
        for side in (old, new):
            if side is not None:
                stack.callback(side.close)
        if old is None and new is None:
            raise PathNotFound(f"Neither side has a file {query.path!r}.")
        yield old, new


def _entry(change: Change, stat: DiffStat | None) -> DiffEntry:
    plain = change_of(change)
    return DiffEntry(
        path=plain.path,
        change=plain.change,
        old_path=plain.old_path,
        kind=None if plain.path.endswith("/") else kind_of(plain.path),
        old_size=change.old.size if change.old else None,
        new_size=change.new.size if change.new else None,
        stat=stat,
    )


def _stat(pair: _Pair, change: Change) -> DiffStat | None:
    """What changed inside a file, when that is cheap to tell."""
    sizes = [entry.size for entry in (change.old, change.new) if entry is not None]
    if change.path.endswith("/") or not sizes or max(sizes) > MOST_STAT:
        return None
    with contextlib.ExitStack() as stack:
        old = pair.old(change.old_path or change.path) if change.old else None
        new = pair.new(change.path) if change.new else None
        for side in (old, new):
            if side is not None:
                stack.callback(side.close)
        before, after = (None if side is None else side.whole(MOST_STAT) for side in (old, new))
    kind = kind_of(change.path, (after or before or b"")[:8192])
    try:
        if kind == "notebook":
            cells = diff_notebooks(before, after).cells
            return _NOTHING.model_copy(update={"cells": cells})
        if kind == "csv":
            counts = diff_tables(before or b"", after or b"", tabs=change.path.lower().endswith(".tsv")).counts
            return _NOTHING.model_copy(update={"rows": sum(counts.values()) - counts["same"]})
        if kind in ("binary", "image", "pdf"):
            return None
        unified = unified_diff(before, after, context=0)
    except ReproError:
        # No notebook or no table after all: the row goes without a number.
        return None
    return None if unified is None else _lines(unified)


def _kind(path: str, old: Side | None, new: Side | None) -> FileKind:
    side = new or old
    head = b"".join(side.read(0, min(side.size, 8192))) if side is not None else b""
    return kind_of(path, head)


def _unified(query: FileDiffQuery, old: Side | None, new: Side | None) -> str | None:
    before = None if old is None else old.whole(MOST_TEXT)
    after = None if new is None else new.whole(MOST_TEXT)
    return unified_diff(before, after, query.old_path or query.path, query.path)


def _lines(unified: str) -> DiffStat:
    # The first two lines name the files.
    lines = unified.split("\n")[2:]
    return _NOTHING.model_copy(
        update={
            "lines_added": sum(line.startswith("+") for line in lines),
            "lines_deleted": sum(line.startswith("-") for line in lines),
        }
    )


def _change(query: FileDiffQuery, old: Side | None, new: Side | None) -> ChangeKind | Literal["unchanged"]:
    if old is None:
        return "added"
    if new is None:
        return "deleted"
    if old.type != new.type:
        return "type"
    if query.old_path is not None and query.old_path != query.path:
        return "renamed"
    if old.hash is None or new.hash is None:
        # Too large to be hashed for a look: the list of changes knows.
        return "modified"
    if old.hash != new.hash:
        return "modified"
    return "mode" if old.mode != new.mode else "unchanged"


def _side(call: Call, query: Sides, side: Side | None, *, older: bool) -> DiffSide | None:
    if side is None:
        return None
    path = quote(side.path.encode("utf-8", "surrogateescape"), safe="")
    if older or query.b is not None:
        revision = quote(query.a if older else query.b or "", safe="")
        url = f"projects/{quote(call['project'], safe='')}/commits/{revision}/content?path={path}"
    else:
        url = f"workspaces/{quote(query.workspace or CURRENT, safe='')}/content?path={path}"
    return DiffSide(
        path=side.path,
        type=entry_type(side.type),
        size=side.size,
        mode=side.mode,
        hash=side.hash,
        media_type=media_type_of(side.path),
        url=url,
    )


def _whole(side: Side | None) -> bytes | None:
    if side is None:
        return None
    data = side.whole(MOST_STRUCTURE)
    if data is None:
        raise refuse(413, f"{side.path!r} has {side.size} bytes, too many to compare by cell. Compare size and hash.")
    return data


def _json(side: DiffSide | None) -> str:
    return json.dumps(None if side is None else side.model_dump())
