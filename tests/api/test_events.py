"""The event bus hears of every task and of what it did."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from jupyter_repro.api.notify import FOLDER, KINDS, schema_id
from tests.api.client import Client


@pytest.fixture
def heard(api: Client, jp_serverapp):
    """Every event of ours that was emitted: pairs of kind and data."""
    events: list[tuple[str, dict]] = []

    async def listen(logger, schema_id, data):
        events.append((schema_id.split(":")[-2], data))

    for kind in KINDS:
        jp_serverapp.event_logger.add_listener(schema_id=schema_id(kind), listener=listen)
    return events


def test_the_ids_are_names_and_no_addresses():
    for kind in KINDS:
        text = (FOLDER / f"{kind}.yaml").read_text()
        assert f'"$id": {schema_id(kind)}\n' in text
        assert not re.search(r"https?://", text)


async def told(heard: list, kind: str) -> dict:
    """Wait for an event of this kind."""
    while True:
        for each, data in heard:
            if each == kind:
                return data
        await asyncio.sleep(0)


async def test_checkpoint_restore_switch_and_recreate_are_told(heard, api: Client, protected):
    (protected.root / "train.py").write_text("made")
    made = await api.checkpoint("told")
    assert (await told(heard, "checkpoint"))["commit"] == made["commit"]
    (protected.root / "train.py").write_text("x")
    done = await api.done("POST", "workspaces/current/restore", {"commit": protected.first, "paths": ["train.py"]})
    restored = await told(heard, "restore")
    assert (restored["commit"], restored["safety"]) == (protected.first, done["safety"])
    assert restored["paths"] == ["train.py"]
    await api.post("projects/current/branches", {"name": "other"})
    await api.done("POST", "workspaces/current/switch", {"branch": "other"})
    assert (await told(heard, "switch"))["branch"] == "other"
    made = await api.done("POST", "projects/current/recreate", {"commit": protected.first, "directory": "../made"})
    assert (await told(heard, "recreate"))["workspace"] == made["workspace"]
    states = [data["state"] for kind, data in heard if kind == "task" and data["kind"] == "recreate"]
    assert states[0] in ("queued", "running")
    assert states[-1] == "done"


async def test_nothing_is_told_of_a_checkpoint_that_was_not_made(heard, api: Client, protected):
    heard.clear()
    done = await api.checkpoint("nothing changed")
    assert not done["created"]
    assert {kind for kind, _ in heard} == {"task"}


def test_a_browser_that_subscribes_before_anything_else_hears_of_every_kind(jp_serverapp):
    known = set(jp_serverapp.event_logger.schemas.schema_ids)
    assert {schema_id(kind) for kind in KINDS} <= known


async def test_a_browser_hears_them_over_the_servers_own_socket(api: Client, jp_ws_fetch, protected):
    socket = await jp_ws_fetch("api", "events", "subscribe")
    (protected.root / "train.py").write_text("x")
    done = await api.checkpoint("heard")
    while True:
        message = json.loads(await socket.read_message())
        if message["schema_id"] == schema_id("checkpoint"):
            break
    assert message["commit"] == done["commit"]
    assert message["automatic"] is False
    socket.close()
