"""Collecting also removes what killed commands left in the data directory, and nothing that somebody works with."""

from __future__ import annotations

import os
import time

from jupyter_repro import verbs
from tests.support import scratch


def test_what_a_killed_recreate_left_behind_is_collected_a_day_later() -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "a").write_text("a")
        verbs.checkpoint(ws)
        left, under_way = ws.data.root / "recreate-00", ws.data.root / "recreate-01"
        for parts in (left, under_way):
            parts.mkdir()
            (parts / "stat.sqlite").write_bytes(b"half a cache")
        ago = time.time() - 25 * 3600
        os.utime(left, (ago, ago))
        verbs.gc(ws)
        assert not left.exists()
        assert under_way.exists()
        verbs.recreate(ws, "@", place.folder("there"))
        assert verbs.verify(ws).ok
