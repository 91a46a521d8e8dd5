"""Environments of several people at one server: who sees what, who may change it, and what is said to the others."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from jupyter_server.auth import IdentityProvider, User

from jupyter_repro.api.environment_routes import ENVIRONMENT_ROUTES
from jupyter_repro.api.notify import schema_id
from tests.api.client import Client

HOST = {"engine": "host"}
SECRET = "secret-project"


class People(IdentityProvider):
    """Whoever has the token is who the request says, in the groups that a hub would tell."""

    async def get_user(self, handler):
        user = await super().get_user(handler)
        name = handler.request.headers.get("X-User")
        if user is None or name is None:
            return user
        found = User(name)
        found.hub_user = {"groups": handler.request.headers.get("X-Groups", "").split()}
        return found


@pytest.fixture
def jp_server_config(jp_server_config):
    jp_server_config["ServerApp"]["identity_provider_class"] = People
    return jp_server_config


@pytest.fixture
def people(api: Client):
    def person(name: str, *groups: str) -> Client:
        return replace(api, headers={**api.headers, "X-User": name, "X-Groups": " ".join(groups)})

    return person


async def made(client: Client, name: str, **more: object):
    body = {"name": name, "definition": {**HOST, "variables": {"WHAT": SECRET}}, "build": False, **more}
    return (await client.post("environments", body)).ok(201)["environment"]


async def names(client: Client) -> list[str]:
    return [row["name"] for row in (await client.get("environments")).ok()["items"]]


async def test_who_sees_an_environment(people):
    ada, bo, cy = people("ada"), people("bo"), people("cy", "stats")
    await made(ada, "own")
    await made(ada, "for-bo", visibility="shared", users=["bo"])
    await made(ada, "for-stats", visibility="shared", groups=["stats"])
    await made(ada, "for-all", visibility="everyone")
    assert await names(ada) == ["for-all", "for-bo", "for-stats", "own"]
    assert await names(bo) == ["for-all", "for-bo"]
    assert await names(cy) == ["for-all", "for-stats"]
    (row,) = [row for row in (await bo.get("environments")).ok()["items"] if row["name"] == "for-bo"]
    assert (row["mine"], row["owner"], row["sharing"]["users"]) == (False, "ada", []), "others are nobody's business"
    (await ada.request("PUT", "environments/for-bo/sharing", {"visibility": "private"})).ok()
    assert await names(bo) == ["for-all"]


async def test_what_one_may_not_see_is_not_there(people, protected):
    ada, bo = people("ada"), people("bo")
    hidden = await made(ada, "own")
    bodies = {
        "environments.change": {"description": "mine now"},
        "environments.share": {"visibility": "everyone"},
        "environments.duplicate": {"name": "copy"},
        "environments_revisions.save": {"definition": HOST},
        "environments_revisions.activate": {"revision": 1},
        "environments_builds.start": {},
    }
    queries = {"environments_revisions.compare": {"a": 1, "b": 1}, "environments_builds.search": {"text": "a"}}
    asked = 0
    for named in ("own", hidden["id"]):
        for route in ENVIRONMENT_ROUTES:
            if "environment" not in route.parameters:
                continue
            path = route.path.format(environment=named, revision="1", build="x")
            body = bodies.get(route.operation, {} if route.request else None)
            answer = await bo.request(route.method, path, body, **queries.get(route.operation, {}))
            message = answer.problem(404, "environment_not_found")
            there = await bo.request(
                route.method,
                route.path.format(environment="none", revision="1", build="x"),
                body,
                **queries.get(route.operation, {}),
            )
            assert there.problem(404, "environment_not_found") == message.replace(named, "none")
            assert SECRET.encode() not in answer.body
            asked += 1
    assert asked > 20
    for body in ({"environment": "own"}, {"environment": hidden["id"], "revision": 1}):
        (await bo.request("PUT", "workspaces/current/environment", body)).problem(404, "environment_not_found")
    marks = {"marked": [{"environment": "own", "revision": 1}]}
    (await bo.request("PUT", "projects/current/environments", marks)).problem(404, "environment_not_found")
    compared = await bo.get("projects/current/software/compare", a="own@1", b="@")
    assert compared.status == 404
    definition = {"engine": "host", "parent": {"environment": "own", "revision": 1}}
    (await bo.post("environments", {"name": "mine", "definition": definition})).problem(404, "environment_not_found")


async def test_only_the_owner_changes_one_and_everybody_may_copy_it(people):
    ada, bo = people("ada"), people("bo")
    await made(ada, "shared", visibility="everyone")
    for method, path, body in (
        ("PATCH", "environments/shared", {"description": "mine now"}),
        ("PATCH", "environments/shared", {"archived": True}),
        ("PATCH", "environments/shared", {"default": True}),
        ("PUT", "environments/shared/sharing", {"visibility": "private"}),
        ("POST", "environments/shared/revisions", {"definition": HOST}),
        ("POST", "environments/shared/activate", {"revision": 1}),
        ("POST", "environments/shared/builds", {}),
    ):
        (await bo.request(method, path, body)).problem(403, "environment_forbidden")
    copy = (await bo.post("environments/shared/duplicate", {"name": "copy", "build": False})).ok(201)["environment"]
    assert (copy["owner"], copy["mine"], copy["sharing"]["visibility"]) == ("bo", True, "private")
    assert await names(ada) == ["shared"]
    assert (await bo.get("environments/copy")).ok()["definition"]["variables"] == {"WHAT": SECRET}
    assert (await ada.get("environments/shared")).ok()["environment"]["description"] == ""


async def test_a_build_is_its_owners_to_stop_and_to_read(people):
    ada, bo = people("ada"), people("bo")
    saved = (await ada.post("environments", {"name": "own", "definition": HOST})).ok(201)
    await ada.finished(saved["task"]["id"])
    other = await made(bo, "other")
    for name in ("other", other["id"]):
        # A build is asked for through its own environment, not through one that may be seen.
        for rest in ("", "/log"):
            answer = await bo.get(f"environments/{name}/builds/{saved['build']}{rest}")
            answer.problem(404, "environment_not_found")
        answer = await bo.request("POST", f"environments/{name}/builds/{saved['build']}/cancel")
        answer.problem(404, "environment_not_found")
    assert (await ada.get(f"environments/own/builds/{saved['build']}")).ok()["state"] == "ready"


async def test_tasks_and_events_tell_others_nothing_of_a_private_one(people, jp_serverapp):
    ada, bo = people("ada"), people("bo")
    heard: list[str] = []

    async def hear(logger: object, schema_id: str, data: dict) -> None:
        heard.append(json.dumps([schema_id, data]))

    for kind in ("environment", "task"):
        jp_serverapp.event_logger.add_listener(schema_id=schema_id(kind), listener=hear)
    broken = {"engine": "host", "base": f"/opt/{SECRET}/python"}
    saved = (await ada.post("environments", {"name": SECRET, "definition": broken})).ok(201)
    await ada.finished(saved["task"]["id"], "failed")
    while not any("build-finished" in told for told in heard):
        await asyncio.sleep(0)
    tasks = await bo.get("tasks")
    assert saved["task"]["id"] in [task["id"] for task in tasks.ok()["items"]]
    assert SECRET.encode() not in tasks.body
    assert SECRET not in "".join(heard)
    assert any(saved["environment"]["id"] in told for told in heard)
    build = (await ada.get(f"environments/{SECRET}/builds/{saved['build']}")).ok()
    assert SECRET in build["problem"]
