"""Tags."""

from __future__ import annotations

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.tags import CreateTag, Tag, TagPage
from jupyter_repro.api.translate import time_of
from jupyter_repro.history import Commit


def page(call: Call) -> TagPage:
    """Tags by name."""
    query = call.asked(PageQuery)
    with call.services.rooms.project(call["project"]) as room:
        found, more = page_by_key(verbs.tags(room.opened), lambda tag: tag.name, query.cursor, query.limit)
        repository = room.opened.repository
        return TagPage(items=[_tag(each.name, repository.commit_at(each.commit)) for each in found], next=more)


def create(call: Call) -> Tag:
    """Name a commit."""
    body = call.sent(CreateTag)
    with call.services.rooms.project(call["project"]) as room:
        return _tag(body.name, verbs.create_tag(room.opened, body.name, body.commit))


def delete(call: Call) -> None:
    """Take a tag off the list."""
    with call.services.rooms.project(call["project"]) as room:
        verbs.delete_tag(room.opened, call["tag"])


def _tag(name: str, commit: Commit) -> Tag:
    return Tag(name=name, commit=commit.id, message=commit.message, time=time_of(commit.time))
