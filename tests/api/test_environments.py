"""Environments over the API: made, changed, shared, built, chosen; and the kernels that come of it."""

from __future__ import annotations

import asyncio
import os

import pytest

from jupyter_repro.api.variables import set_variables
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


async def kernels(api: Client) -> dict[str, str]:
    """Names of kernels, as Lab's launcher shows them, by those of their specifications; ours only."""
    foreign = Client(api.http, api.base.replace("jupyter-repro/api/", "api/"), api.headers, foreign=True)
    found = (await foreign.get("kernelspecs")).ok()["kernelspecs"]
    return {name: one["spec"]["display_name"] for name, one in found.items() if name.startswith("repro-")}


async def test_kernels_follow_the_selection_without_a_restart(api: Client, protected):
    await made(api)
    assert await kernels(api) == {}
    done = await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    used = done["selection"]["used"]
    assert (used["label"], used["pinned"], done["selection"]["source"]) == ("one r1", False, "workspace")
    assert await kernels(api) == {used["kernel"]: "one r1"}
    assert (await api.get("workspaces/current/environment")).ok() == done["selection"]
    row = (await api.get("environments/one")).ok()
    assert row["environment"]["selected"] == 1
    assert [(use["workspace"], use["pinned"], use["current"]) for use in row["uses"]] == [
        (protected.workspace, False, True)
    ]
    done = await api.done("PUT", "workspaces/current/environment", {"environment": None})
    assert done["selection"]["used"] is None
    assert await kernels(api) == {}


async def test_a_new_active_revision_brings_its_kernel_to_those_who_follow_it(api: Client, protected):
    await made(api)
    await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    changed = {"definition": {**HOST, "variables": {"COLOUR": "blue"}}, "message": "blue", "after": 1}
    saved = (await api.post("environments/one/revisions", changed)).ok(201)
    assert saved["revision"] == 2
    await api.finished(saved["task"]["id"])
    assert list((await kernels(api)).values()) == ["one r2"]
    await api.done("POST", "environments/one/activate", {"revision": 1})
    assert list((await kernels(api)).values()) == ["one r1"]
    await api.done("PUT", "workspaces/current/environment", {"environment": "one", "revision": 2})
    selection = (await api.get("workspaces/current/environment")).ok()
    assert (selection["used"]["pinned"], selection["used"]["newer"]) == (True, 1)
    assert list((await kernels(api)).values()) == ["one r2"]
    (await api.post("environments/one/revisions", changed)).problem(409, "revision_moved")
    same = (await api.post("environments/one/revisions", {**changed, "after": None})).ok(201)
    assert (same["created"], same["revision"], same["task"]) == (False, 2, None)


async def test_what_was_never_built_cannot_be_chosen(api: Client, protected):
    await made(api, build=False)
    for body in ({"environment": "one"}, {"environment": "one", "revision": 1}):
        (await api.request("PUT", "workspaces/current/environment", body)).problem(409, "environment_not_ready")
    answer = await api.request("PUT", "workspaces/current/environment", {"environment": "one", "revision": 2})
    answer.problem(404, "environment_not_found")
    (await api.request("PUT", "workspaces/current/environment", {})).problem(422, "validation_failed")


async def test_a_kernel_of_the_chosen_revision_runs_in_it(api: Client, protected, jp_serverapp):
    await made(api)
    await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    (name,) = await kernels(api)
    manager = jp_serverapp.kernel_manager
    identity = await manager.start_kernel(kernel_name=name)
    client = manager.get_kernel(identity).client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    reply = await client.execute_interactive(
        "import os; assert os.environ['REPRO_ENVIRONMENT'] == 'one' and os.environ['REPRO_REVISION'] == '1'",
        timeout=60,
    )
    assert reply["content"]["status"] == "ok", reply["content"]
    # It goes on when its environment is not the chosen one any more, and can be restarted.
    await api.done("PUT", "workspaces/current/environment", {"environment": "host"})
    await manager.restart_kernel(identity)
    await client.wait_for_ready(timeout=60)
    client.stop_channels()
    await manager.shutdown_kernel(identity, now=True)


async def test_revisions_say_what_changed_and_two_are_compared(api: Client):
    await made(api, build=False)
    for colour in ("blue", "green"):
        definition = {**HOST, "variables": {"COLOUR": colour}, "scripts": {"pre-run": "echo hi\n"}}
        (await api.post("environments/one/revisions", {"definition": definition, "build": False})).ok(201)
    rows = (await api.get("environments/one/revisions")).ok()["items"]
    assert [(row["number"], row["changed"], row["ready"]) for row in rows] == [
        (3, "+1 -1 lines", False),
        (2, "+2 lines", False),
        (1, "", False),
    ]
    first = (await api.get("environments/one/revisions", limit=2)).ok()
    rest = (await api.get("environments/one/revisions", limit=2, cursor=first["next"])).ok()
    assert [row["number"] for row in [*first["items"], *rest["items"]]] == [3, 2, 1]
    assert first["items"] + rest["items"] == rows
    compared = (await api.get("environments/one/compare", a=2, b=3)).ok()
    assert [(line["part"], line["change"], line["text"]) for line in compared["lines"]] == [
        ("variables COLOUR", "removed", "blue"),
        ("variables COLOUR", "added", "green"),
    ]
    assert "-blue\n+green\n" in compared["definition"]
    assert (compared["locked"], compared["packages"]) == (False, [])
    (await api.get("environments/one/compare", a=2, b=9)).problem(404, "environment_not_found")
    detail = (await api.get("environments/one/revisions/2")).ok()
    assert (detail["definition"]["variables"], detail["packages"]) == ({"COLOUR": "blue"}, None)
    (await api.get("environments/one/revisions/x")).problem(404, "environment_not_found")
    (await api.post("environments/one/activate", {"revision": 2})).problem(409, "environment_not_ready")


async def test_a_log_is_read_in_parts_and_searched(api: Client):
    answer = await made(api)
    address = f"environments/one/builds/{answer['build']}/log"
    whole = (await api.get(address)).ok()
    assert (whole["ended"], whole["state"], whole["next"]) == (True, "ready", whole["size"])
    text, offset = "", 0
    while offset < whole["size"]:
        part = (await api.get(address, offset=offset, limit=10)).ok()
        assert part["offset"] == offset
        text, offset = text + part["text"], part["next"]
    assert text == whole["text"]
    assert (await api.get(address, offset=10**9)).ok()["text"] == ""
    found = (await api.get("environments/one/log-search", text="LOCK")).ok()
    assert [(line["build"], line["revision"]) for line in found["lines"]] == [(answer["build"], 1)]
    assert found["lines"][0]["text"] in whole["text"]
    (await api.get("environments/one/builds/none/log")).problem(404, "environment_not_found")


async def test_a_build_that_fails_leaves_the_active_revision(api: Client):
    await made(api)
    broken = {"definition": {"engine": "host", "base": "/no/such/python"}}
    saved = (await api.post("environments/one/revisions", broken)).ok(201)
    task = await api.finished(saved["task"]["id"], "failed")
    assert task["error"]["code"] == "build_failed"
    row = (await api.get("environments/one")).ok()["environment"]
    assert (row["active"], row["newest"], row["build"]["state"]) == (1, 2, "failed")
    assert "/no/such/python" in row["build"]["problem"]
    builds = (await api.get("environments/one/builds", limit=1)).ok()
    more = (await api.get("environments/one/builds", limit=1, cursor=builds["next"])).ok()
    assert [build["state"] for build in [*builds["items"], *more["items"]]] == ["failed", "ready"]
    assert (await api.get("environments/one/builds", state="ready", revision=2)).ok() == {"items": [], "next": None}


async def test_lists_are_filtered_and_paged(api: Client):
    for name in ("geo", "pandas", "stats"):
        await made(api, name, build=False, description=f"for {name}")
    (await api.request("PATCH", "environments/geo", {"archived": True, "description": "old maps"})).ok()
    (await api.request("PATCH", "environments/stats", {"default": True})).ok()
    (await api.request("PUT", "environments/stats/sharing", {"visibility": "everyone"})).ok()

    async def names(**query: object) -> list[str]:
        return [row["name"] for row in (await api.get("environments", **query)).ok()["items"]]

    assert await names() == ["pandas", "stats"]
    assert await names(archived="only") == ["geo"]
    assert await names(archived="all", text="MAPS") == ["geo"]
    assert await names(visibility="everyone") == ["stats"]
    assert await names(engine="uv") == []
    assert await names(mine=False) == []
    assert await names(used=True) == []
    page = (await api.get("environments", limit=1, archived="all")).ok()
    assert (page["total"], [row["name"] for row in page["items"]]) == (3, ["geo"])
    assert await names(limit=5, archived="all", cursor=page["next"]) == ["pandas", "stats"]
    (row,) = (await api.get("environments", text="stats")).ok()["items"]
    assert (row["default"], row["sharing"]["visibility"]) == (True, "everyone")
    (await api.request("PATCH", "environments/stats", {"default": False})).ok()
    assert not (await api.get("environments/stats")).ok()["environment"]["default"]


async def test_what_is_installed_is_told_and_compared(api: Client, protected):
    now = (await api.get("workspaces/current/software")).ok()
    assert {one["ecosystem"] for one in now["ecosystems"]} >= {"runtime", "python"}
    assert any(one["name"] == "jupyter-server" for one in now["packages"])
    one = (await api.get("workspaces/current/software", text="jupyter-ser", ecosystem="python")).ok()
    assert "jupyter-server" in [package["name"] for package in one["packages"]]
    assert len(one["packages"]) < len(now["packages"])
    then = (await api.get("projects/current/commits/@/software")).ok()
    assert (then["id"], then["commit"]) == (now["id"], protected.first)
    compared = (await api.get("projects/current/software/compare", a="@", b="now")).ok()
    assert (compared["same"], compared["changes"], compared["unchanged"]) == (True, [], len(now["packages"]))
    await made(api)
    revision = (await api.get("projects/current/software/compare", a="one@1", b="@")).ok()
    assert revision["a"]["label"] == "one r1"
    badges = (await api.get("projects/current/software/badges", commit=[protected.first, "0" * 64])).ok()
    assert badges == {"badges": []}
    (await api.get("projects/current/software/compare", a="none@1", b="@")).problem(404, "environment_not_found")


async def test_files_that_ask_for_software_are_found(api: Client, protected):
    (protected.root / "requirements.txt").write_text("six\n")
    (protected.root / "environment.yml").write_text("dependencies:\n- python\n- numpy\n")
    found = (await api.get("workspaces/current/discovered")).ok()["files"]
    one = next(file for file in found if file["path"] == "requirements.txt")
    assert (one["engine"], one["requirements"], one["problem"]) == ("uv", 1, None)
    definition = {name: value for name, value in one["definition"].items() if name not in ("id", "parent")}
    answer = await made(api, one["name"], definition=definition, build=False)
    assert answer["environment"]["name"] == one["name"]
    again = (await api.get("workspaces/current/discovered")).ok()["files"]
    assert again[0]["name"] != one["name"]


async def test_a_project_is_restricted_to_marked_revisions(api: Client, protected):
    await made(api)
    await made(api, "two")
    assert (await api.get("projects/current/environments")).ok()["marked"] == []
    marks = {"marked": [{"environment": "one", "revision": 1}], "choice": {"environment": "one"}}
    said = (await api.request("PUT", "projects/current/environments", marks)).ok()
    assert [(one["name"], one["revision"]) for one in said["marked"]] == [("one", 1)]
    assert (said["environment"], said["revision"]) == ("one", None)
    assert (await api.get("environments/one/revisions")).ok()["items"][0]["marked"]
    assert (await api.get("workspaces/current/environment")).ok()["problem"] is not None
    done = await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    assert (done["selection"]["problem"], done["selection"]["source"]) == (None, "project")
    two = {"definition": {**HOST, "variables": {"COLOUR": "blue"}}}
    saved = (await api.post("environments/two/revisions", two)).ok(201)
    await api.finished(saved["task"]["id"])
    error = await api.done("PUT", "workspaces/current/environment", {"environment": "two"}, state="failed")
    assert error["code"] == "environment_forbidden"
    said = (await api.request("PUT", "projects/current/environments", {"marked": []})).ok()
    assert (said["marked"], said["environment"]) == ([], "one")
    await api.done("PUT", "workspaces/current/environment", {"environment": "two"})


async def test_the_environment_of_a_commit_comes_back(api: Client, protected):
    (await api.post("workspaces/current/restore-environment", {"commit": "@"})).problem(404, "environment_unknown")
    await made(api)
    await api.done("PUT", "workspaces/current/environment", {"environment": "one"})
    commit = (await api.checkpoint("in one", allow_empty=True))["commit"]
    await api.done("PUT", "workspaces/current/environment", {"environment": "host"})
    done = await api.done("POST", "workspaces/current/restore-environment", {"commit": commit})
    assert (done["selection"]["used"]["label"], done["changes"], done["notice"]) == ("one r1", [], None)
    assert list((await kernels(api)).values()) == ["one r1"]


async def test_nothing_that_cannot_be_meant_is_saved(api: Client):
    for definition, code in (
        ({"engine": "guess"}, "validation_failed"),
        ({"engine": "uv", "requirements": "-r /etc/passwd"}, "invalid_definition"),
        ({"engine": "uv", "requirements": "x @ https://me:pw@host/x.whl"}, "invalid_definition"),
        ({"engine": "uv", "variables": {"API_TOKEN": "abc"}}, "invalid_definition"),
        ({"engine": "uv", "scripts": {"pre-lunch": "x"}}, "invalid_definition"),
        ({"engine": "uv", "parent": {"environment": "none", "revision": 1}}, "environment_not_found"),
        ({"engine": "uv", "unknown": 1}, "validation_failed"),
    ):
        answer = await api.post("environments", {"name": "one", "definition": definition})
        assert answer.json["code"] == code, (definition, answer.json)
        assert b"pw@" not in answer.body
    for name in ("", "../up", "a b", "-x", "a" * 101):
        assert (await api.post("environments", {"name": name, "definition": HOST})).status == 422
    assert (await api.get("environments", archived="all")).ok()["items"] == []


async def test_what_nobody_uses_is_collected(api: Client):
    done = await api.done("POST", "engines/collect", {"days": 0})
    assert (done["removed"], done["bytes"]) == (0, 0)


async def test_calls_at_the_same_time_do_not_get_into_each_others_way(api: Client):
    body = {"name": "one", "definition": HOST, "build": False}
    answers = await asyncio.gather(*(api.post("environments", body) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"environment_exists"}
    definitions = [{**HOST, "variables": {"NUMBER": str(number)}} for number in range(4)]
    saved = await asyncio.gather(
        *(
            api.post("environments/one/revisions", {"definition": definition, "build": False})
            for definition in definitions
        )
    )
    assert sorted(answer.ok(201)["revision"] for answer in saved) == [2, 3, 4, 5]
    rows = (await api.get("environments/one/revisions")).ok()["items"]
    assert [row["number"] for row in rows] == [5, 4, 3, 2, 1]


async def test_a_catalogue_that_was_deleted_under_the_server_is_made_anew(api: Client, services):
    await made(api, build=False)
    data = services.configuration.data_directory
    for file in data.root.glob("catalog.sqlite*"):
        file.unlink()
    assert (await api.get("environments")).ok()["items"] == []
    await made(api, "two", build=False)
    assert [row["name"] for row in (await api.get("environments")).ok()["items"]] == ["two"]


def test_variables_of_a_session_are_put_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REPRO_PROJECT", "before")
    monkeypatch.delenv("REPRO_COMMIT", raising=False)
    before = set_variables({"REPRO_PROJECT": "churn", "REPRO_COMMIT": "3f9a"})
    assert (os.environ["REPRO_PROJECT"], os.environ["REPRO_COMMIT"]) == ("churn", "3f9a")
    set_variables(before)
    assert os.environ["REPRO_PROJECT"] == "before"
    assert "REPRO_COMMIT" not in os.environ
