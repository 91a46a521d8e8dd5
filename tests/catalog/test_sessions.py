"""A session grows while it is used, ends once, and is listed with the latest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_repro.catalog import Catalog, SessionRecord
from jupyter_repro.errors import SessionNotFound

DAY = SessionRecord("s1", "p1", "w1", "someone", "host", "day", started=1000)


def test_a_session_of_the_day_grows_with_each_checkpoint(catalog: Catalog) -> None:
    assert catalog.sessions.put(DAY) == DAY
    catalog.sessions.put(replace(DAY, started=2000, ended=2500))
    assert catalog.sessions.put(replace(DAY, started=1500, ended=1600)) == replace(DAY, ended=2500)
    assert catalog.sessions.get("s1") == replace(DAY, ended=2500)


def test_ending_is_remembered(catalog: Catalog) -> None:
    catalog.sessions.put(replace(DAY, kind="server"))
    assert catalog.sessions.end("s1", 9000).ended == 9000
    assert catalog.sessions.end("s1", 8000).ended == 9000
    now = catalog.sessions.end("s1").ended
    assert now is not None
    assert now > 9000
    assert catalog.sessions.put(replace(DAY, kind="server")).ended == now, "news from before the end"


def test_an_unknown_session_is_named(catalog: Catalog) -> None:
    with pytest.raises(SessionNotFound, match="'s9'"):
        catalog.sessions.get("s9")
    with pytest.raises(SessionNotFound, match="'s9'"):
        catalog.sessions.end("s9")


def test_lists_are_narrowed_and_paged(catalog: Catalog) -> None:
    known = [
        catalog.sessions.put(
            replace(
                DAY, id=f"s{number}", started=number // 2 * 100, workspace_id=f"w{number % 2}", user=f"u{number % 3}"
            )
        )
        for number in range(6)
    ]
    other = catalog.sessions.put(replace(DAY, id="other", project_id="p2", kind="server", started=5000))
    newest_first = sorted(known, key=lambda record: (-record.started, record.id))
    assert catalog.sessions.search() == [other, *newest_first]
    assert catalog.sessions.search(project="p1") == newest_first
    assert catalog.sessions.search(kind="server") == [other]
    assert [session.id for session in catalog.sessions.search(workspace="w1", user="u0")] == ["s3"]
    assert {session.id for session in catalog.sessions.search(since=100, until=200)} == {"s2", "s3"}
    pages: list[SessionRecord] = []
    while page := catalog.sessions.search(limit=3, after=pages[-1].id if pages else None):
        pages += page
    assert pages == [other, *newest_first]
