"""Sessions."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.paging import make_cursor, read_cursor
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.sessions import SessionPage
from jupyter_repro.api.translate import Commits


def page(call: Call) -> SessionPage:
    """Sessions that have a checkpoint, newest first."""
    query = call.asked(PageQuery)
    with call.services.rooms.project(call["project"]) as room:
        summaries = sorted(room.timeline.sessions().values(), key=lambda each: (-each.session.start, each.session.id))
        place = read_cursor(query.cursor, int, str)
        if place is not None:
            summaries = [each for each in summaries if (-each.session.start, each.session.id) > place]
        shown = summaries[: query.limit]
        last = shown[-1].session if len(summaries) > query.limit else None
        commits = Commits(room.opened.repository, call.author)
        return SessionPage(
            items=[commits.session(each, call.services.open_session(each.workspace)) for each in shown],
            next=make_cursor(-last.start, last.id) if last else None,
        )
