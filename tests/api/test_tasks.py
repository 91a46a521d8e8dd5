"""Long work: a queue for each workspace, progress, cancel, and a worker that dies."""

from __future__ import annotations

import asyncio
import os
import random
import signal

import pytest

from jupyter_repro.api.services import Services
from tests.api.client import Client


@pytest.fixture
def large(protected):
    """Enough that a checkpoint takes a while."""
    chance = random.Random(1)
    for number in range(12):
        (protected.root / f"noise-{number}.bin").write_bytes(chance.randbytes(16 * 1024 * 1024))
    return protected


async def begun(api: Client, services: Services, body: dict[str, object] | None = None) -> dict:
    """A checkpoint that is really under way: its first progress has come."""
    task = (await api.post("workspaces/current/checkpoints", body or {"message": "large"})).ok(202)
    record = services.tasks.get(task["id"])
    while not record.is_over and (record.progress or {}).get("bytes", 0) == 0:
        await asyncio.sleep(0)
    assert record.state == "running", record
    return task


async def test_progress_is_told_while_it_runs(api: Client, services: Services, large):
    task = await begun(api, services)
    seen = (await api.get(f"tasks/{task['id']}")).ok()
    assert seen["state"] == "running"
    assert seen["progress"]["bytes"] > 0
    state = (await api.get("workspaces/current", changes=False)).ok()
    assert [each["id"] for each in state["tasks"]] == [task["id"]]
    listed = (await api.get("tasks", state="running")).ok()["items"]
    assert [each["id"] for each in listed] == [task["id"]]
    assert services.activity() == {"tasks": 1}
    done = await api.finished(task["id"])
    assert done["result"]["added"] == 12


async def test_a_cancelled_checkpoint_leaves_the_last_commit_whole(api: Client, services: Services, large):
    task = await begun(api, services)
    (await api.request("POST", f"tasks/{task['id']}/cancel")).ok(202)
    ended = await api.finished(task["id"], "cancelled")
    assert ended["error"]["code"] == "cancelled"
    rows = (await api.get("projects/current/commits")).ok()["items"]
    assert [row["id"] for row in rows] == [large.first]
    again = (await api.request("POST", f"tasks/{task['id']}/cancel")).ok(202)
    assert again["state"] == "cancelled"
    assert (await api.checkpoint("then"))["added"] == 12


async def test_a_worker_that_dies_is_told_and_replaced(api: Client, services: Services, large):
    task = await begun(api, services)
    os.kill(services.tasks.worker_of(task["id"]).pid, signal.SIGKILL)
    ended = await api.finished(task["id"], "failed")
    assert ended["error"]["code"] == "worker_lost"
    assert (await api.checkpoint("then"))["added"] == 12


async def test_tasks_of_one_workspace_wait_for_each_other(api: Client, services: Services, large):
    first = await begun(api, services)
    second = (await api.post("workspaces/current/checkpoints", {"message": "second", "allow_empty": True})).ok(202)
    assert second["state"] == "queued"
    elsewhere = await api.done(
        "POST", "projects/current/recreate", {"commit": large.first, "directory": "../elsewhere"}
    )
    assert elsewhere["workspace"] != large.workspace
    await api.finished(first["id"])
    done = await api.finished(second["id"])
    assert done["result"]["created"]
    assert done["started"] >= (await api.get(f"tasks/{first['id']}")).ok()["ended"]


async def test_a_queued_task_is_cancelled_at_once(api: Client, services: Services, large):
    first = await begun(api, services)
    second = (await api.post("workspaces/current/checkpoints", {"message": "second"})).ok(202)
    ended = (await api.request("POST", f"tasks/{second['id']}/cancel")).ok(202)
    assert ended["state"] == "cancelled"
    await api.request("POST", f"tasks/{first['id']}/cancel")
    await api.finished(first["id"], "cancelled")


async def test_the_list_is_paged_newest_first(api: Client, services: Services, protected):
    for number in range(5):
        await api.checkpoint(str(number), allow_empty=True)
    seen: list[str] = []
    cursor = None
    while True:
        page = (await api.get("tasks", limit=2, cursor=cursor)).ok()
        seen += [task["title"] for task in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"Checkpoint: {number}" for number in (4, 3, 2, 1, 0)]


async def test_the_server_does_not_wait_for_the_work(api: Client, services: Services, large):
    """The event loop turns while 192 MiB are hashed, chunked and compressed: each turn is counted."""
    turns = 0
    stop = asyncio.Event()

    async def beat() -> None:
        nonlocal turns
        while not stop.is_set():
            turns += 1
            await asyncio.sleep(0)

    heart = asyncio.ensure_future(beat())
    task = await begun(api, services)
    before = turns
    while not (await api.get(f"tasks/{task['id']}")).ok()["ended"]:
        (await api.get("projects/current/commits")).ok()
    stop.set()
    await heart
    assert turns - before > 100
