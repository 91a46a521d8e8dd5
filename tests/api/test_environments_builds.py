"""Builds over the API: told while they run, stopped, one at a time, and their events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.api.notify import schema_id
from jupyter_repro.configuration import load_configuration
from jupyter_repro.verbs import environments
from tests.api.client import Client

HOST = {"engine": "host"}
_AGAIN = 0.05
"""Seconds between two looks: asking without a pause takes the processor from what is waited for."""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A definition whose build waits in its first script until the test is over, or ``over`` is there."""
    script = f"echo here it waits; while [ ! -e '{tmp_path}/over' ]; do sleep 0.1; done; exit 3\n"
    yield {"engine": "uv", "scripts": {"pre-setup": script}}
    (tmp_path / "over").touch()


async def waiting(api: Client, build: str, name: str = "slow") -> str:
    """The log of a build that is under way: its script has begun."""
    while True:
        log = (await api.get(f"environments/{name}/builds/{build}/log")).ok()
        assert not log["ended"], log
        if "here it waits" in log["text"]:
            return log["text"]
        await asyncio.sleep(_AGAIN)


async def begun(api: Client, definition: dict[str, object], name: str = "slow"):
    """A build that is under way."""
    made = (await api.post("environments", {"name": name, "definition": definition})).ok(201)
    await waiting(api, made["build"], name)
    return made


async def test_a_build_is_told_while_it_runs_and_stopped(api: Client, slow):
    made = await begun(api, slow)
    detail = (await api.get("environments/slow")).ok()
    assert [(one["id"], one["state"], one["task"]) for one in detail["building"]] == [
        (made["build"], "building", made["task"]["id"])
    ]
    again = (await api.post("environments/slow/builds", {"revision": 1})).ok(202)
    assert (again["task"], again["build"]["id"]) == (made["task"]["id"], made["build"]), "the one that runs goes on"
    (await api.post("environments/slow/builds", {"revision": 2})).problem(404, "environment_not_found")
    (await api.request("POST", f"environments/slow/builds/{made['build']}/cancel")).ok(202)
    task = await api.finished(made["task"]["id"], "cancelled")
    assert task["error"]["code"] == "cancelled"
    row = (await api.get("environments/slow")).ok()
    assert (row["environment"]["build"]["state"], row["environment"]["active"], row["building"]) == (
        "cancelled",
        None,
        [],
    )
    (await api.request("POST", f"environments/slow/builds/{made['build']}/cancel")).ok(202)
    (await api.request("PUT", "workspaces/current/environment", {"environment": "slow"})).problem(
        404, "not_a_workspace"
    )


async def test_a_task_that_is_cancelled_stops_a_build_that_says_nothing(api: Client, slow):
    made = await begun(api, slow)
    (await api.request("POST", f"tasks/{made['task']['id']}/cancel")).ok(202)
    await api.finished(made["task"]["id"], "cancelled")
    build = (await api.get(f"environments/slow/builds/{made['build']}")).ok()
    assert (build["state"], build["ended"] is not None) == ("cancelled", True)


async def test_builds_that_wait_are_told_and_leave_the_queue(api: Client, slow, tmp_path: Path):
    # Of one lock only one is installed at a time, so these two differ.
    made = [await begun(api, {**slow, "variables": {"NAME": name}}, name) for name in ("slow", "slower")]
    third = (await api.post("environments", {"name": "third", "definition": HOST})).ok(201)
    row = (await api.get("environments/third")).ok()["environment"]
    assert (row["build"]["state"], row["build"]["id"]) == ("queued", third["build"]), "both processes are at work"
    assert (await api.get(f"environments/third/builds/{third['build']}/log")).ok()["text"] == ""
    left = (await api.request("POST", f"environments/third/builds/{third['build']}/cancel")).ok(202)
    assert left["state"] == "cancelled"
    assert (await api.get("environments/third")).ok()["environment"]["build"] is None
    (tmp_path / "over").touch()
    for one in made:
        assert (await api.finished(one["task"]["id"], "failed"))["error"]["code"] == "build_failed"


async def test_two_revisions_of_one_environment_are_built_one_after_the_other(api: Client, slow, tmp_path: Path):
    first = await begun(api, slow)
    second = (
        await api.post("environments/slow/revisions", {"definition": {"engine": "uv", **slow, "python": "3"}})
    ).status
    assert second == 400
    changed = {**slow, "variables": {"COLOUR": "blue"}}
    second = (await api.post("environments/slow/revisions", {"definition": changed})).ok(201)
    while (await api.get(f"environments/slow/builds/{second['build']}/log")).ok()["text"] == "":
        await asyncio.sleep(_AGAIN)
    states = {one["id"]: one["state"] for one in (await api.get("environments/slow/builds")).ok()["items"]}
    assert states == {first["build"]: "building", second["build"]: "queued"}
    (tmp_path / "over").touch()
    for one in (first, second):
        await api.finished(one["task"]["id"], "failed")
    row = (await api.get("environments/slow")).ok()["environment"]
    assert (row["newest"], row["active"], row["build"]["state"]) == (2, None, "failed")


async def test_a_build_of_another_process_is_told_and_stopped_as_well(api: Client, services, slow):
    (await api.post("environments", {"name": "slow", "definition": slow, "build": False})).ok(201)
    identity = "0123456789abcdef01234567"

    def elsewhere() -> None:
        with environments.Library(configuration=load_configuration()) as library:
            environments.build(library, "slow", identity=identity)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    while (await api.get(f"environments/slow/builds/{identity}")).status == 404:
        await asyncio.sleep(_AGAIN)
    await waiting(api, identity)
    build = (await api.get(f"environments/slow/builds/{identity}")).ok()
    assert (build["state"], build["task"]) == ("building", None)
    (await api.request("POST", f"environments/slow/builds/{identity}/cancel")).ok(202)
    await services.in_thread(thread.join)
    assert (await api.get(f"environments/slow/builds/{identity}")).ok()["state"] == "cancelled"


async def test_events_tell_of_builds_and_choices(api: Client, protected, jp_serverapp):
    heard: list[dict] = []

    async def hear(logger: object, schema_id: str, data: dict) -> None:
        heard.append(data)

    jp_serverapp.event_logger.add_listener(schema_id=schema_id("environment"), listener=hear)

    async def told(what: str) -> dict:
        while True:
            for data in heard:
                if data["what"] == what:
                    return data
            await asyncio.sleep(0)

    made = (await api.post("environments", {"name": "one", "definition": HOST})).ok(201)
    await api.finished(made["task"]["id"])
    identity = made["environment"]["id"]
    assert (await told("saved"))["environment"] == identity
    started = await told("build-started")
    assert (started["build"], started["revision"]) == (made["build"], 1)
    assert (await told("build-finished"))["state"] == "ready"
    await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    selected = await told("selected")
    assert (selected["environment"], selected["workspace"]) == (identity, protected.workspace)
    (await api.request("PUT", "environments/one/sharing", {"visibility": "everyone"})).ok()
    assert (await told("shared"))["environment"] == identity
