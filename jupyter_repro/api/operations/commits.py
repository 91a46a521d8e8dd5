"""The timeline, the detail of a commit, and making a checkpoint."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import make_cursor, read_cursor
from jupyter_repro.api.schemas.commits import (
    ChangePage,
    CheckpointRequest,
    CommitDetail,
    CommitDetailQuery,
    HistoryPage,
    HistoryQuery,
)
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.api.translate import Commits, change_of, skipped_of
from jupyter_repro.errors import BlobMissing
from jupyter_repro.verbs.plan import extent
from jupyter_repro.verbs.timeline import Filter

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


async def history(call: Call) -> HistoryPage:
    """A page of the timeline."""
    query = call.asked(HistoryQuery)
    paths = call.services.path_index
    if query.path:
        await paths.ready(call["project"])
    page = await call.services.in_thread(_page, call, query)
    if query.cursor is None and not query.path:
        # Whoever looks at a history may soon ask for that of one file.
        call.services.in_background(paths.begin_quietly(call["project"]))
    return page


def _page(call: Call, query: HistoryQuery) -> HistoryPage:
    place = read_cursor(query.cursor, str)
    wanted = Filter(
        branch=query.branch,
        session=query.session,
        author=call.author if query.mine else query.author,
        text=query.text,
        path=query.path,
        kinds=frozenset(query.kind),
        named=query.named,
        since=_moment(query.since),
        until=_moment(query.until),
        hidden=query.hidden,
    )
    with call.services.rooms.project(call["project"]) as room:
        page = room.timeline.page(wanted, None if place is None else str(place[0]), query.limit)
        summaries = room.timeline.sessions(min((commit.session.start for commit in page.commits), default=sys.maxsize))
        commits = Commits(room.opened.repository, call.author)
        sessions = {commit.session.id: summaries[commit.session.id] for commit in page.commits}
        return HistoryPage(
            items=[commits.row(commit) for commit in page.commits],
            next=None if page.after is None else make_cursor(page.after),
            sessions=[commits.session(each, call.services.open_session(each.workspace)) for each in sessions.values()],
            hidden=page.hidden,
            multiple_branches=len(room.opened.repository.branches) > 1,
        )


def detail(call: Call) -> CommitDetail:
    """An expanded row."""
    query = call.asked(CommitDetailQuery)
    with call.services.rooms.project(call["project"]) as room:
        opened = room.opened
        shown = verbs.show(opened, call["commit"])
        commit = shown.commit
        try:
            held = call.services.answers.extent_of(commit.tree, lambda: extent(opened, commit))
        except BlobMissing:
            held = None  # thinned, or damaged: the row is shown all the same
        touched = sum(change.new is not None and not change.path.endswith("/") for change in shown.changes)
        commits = Commits(opened.repository, call.author)
        summary = room.timeline.sessions(commit.session.start)[commit.session.id]
        return CommitDetail(
            commit=commits.row(commit),
            session=commits.session(summary, call.services.open_session(summary.workspace)),
            changes=[change_of(change) for change in shown.changes[: query.changes]],
            changes_next=make_cursor(query.changes) if len(shown.changes) > query.changes else None,
            files=held.files if held else None,
            bytes=held.bytes if held else None,
            unchanged=max(0, held.files - touched) if held else None,
            notes=skipped_of(commit.notes),
            notes_total=len(commit.notes),
        )


def changes(call: Call) -> ChangePage:
    """Changed files of a commit; it never changes, so the cursor is a number."""
    query = call.asked(PageQuery)
    place = read_cursor(query.cursor, int)
    start = 0 if place is None else max(0, int(place[0]))
    with call.services.rooms.project(call["project"]) as room:
        found = verbs.show(room.opened, call["commit"]).changes
    end = start + query.limit
    return ChangePage(
        items=[change_of(change) for change in found[start:end]],
        next=make_cursor(end) if len(found) > end else None,
    )


async def checkpoint(call: Call) -> Task:
    """Queue a checkpoint."""
    body = call.sent(CheckpointRequest)
    state = await call.services.in_thread(call.services.rooms.state_of, call["workspace"])
    call.services.lifecycle.attend(state)
    record = call.services.tasks.submit(
        "checkpoint",
        f"Checkpoint: {body.message}" if body.message else "Checkpoint",
        {**call.order(state), **body.model_dump()},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def _moment(given: datetime | None) -> int | None:
    return None if given is None else (given - _EPOCH) // timedelta(microseconds=1)
