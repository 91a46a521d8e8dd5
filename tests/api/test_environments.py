"""Environments over the API: made, changed, shared, built, chosen; and the kernels that come of it."""

from __future__ import annotations

import pytest

from tests.api.client import Client

HOST = {"engine": "host"}


async def made(api: Client, name: str = "one", **more: object):
    """An environment of the interpreter that runs the tests, built."""
    answer = (await api.post("environments", {"name": name, "definition": HOST, **more})).ok(201)
    if answer["task"] is not None:
        await api.finished(answer["task"]["id"])
    return answer


async def test_an_environment_is_made_built_and_listed(api: Client):
    answer = await made(api, description="what is there")
    assert (answer["revision"], answer["created"]) == (1, True)
    assert answer["environment"]["build"]["state"] in ("queued", "building")
    listed = (await api.get("environments")).ok()
    (row,) = listed["items"]
    assert (row["name"], row["active"], row["newest"], row["mine"]) == ("one", 1, 1, True)
    assert row["build"]["state"] == "ready"
    assert row["build"]["id"] == answer["build"]
    assert row["packages"] > 0
    detail = (await api.get("environments/one")).ok()
    assert detail["definition"]["engine"] == "host"
    assert detail["revision"]["active"]
    assert detail["building"] == []


async def test_engines_say_whether_they_can_be_used(api: Client):
    engines = {one["name"]: one for one in (await api.get("engines")).ok()["engines"]}
    assert list(engines) == ["uv", "conda", "docker", "host"]
    assert engines["host"]["usable"]
    assert not engines["host"]["buildable"]
    for one in engines.values():
        assert one["usable"] == (one["problem"] is None)


@pytest.mark.parametrize("path", ["environments/none", "environments/none/revisions", "environments/none/builds"])
async def test_what_is_not_there(api: Client, path: str):
    (await api.get(path)).problem(404, "environment_not_found")
