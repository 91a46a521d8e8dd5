"""What a client can send wrong, and what it is told."""

from __future__ import annotations

import asyncio
import os

import pytest

from jupyter_repro.api.requests import MAX_BODY
from jupyter_repro.api.routes import ROUTES
from tests.api.client import Client
from tests.api.test_access import filled

HOSTILE = ["../secret", "/etc/passwd", "a/../../b", "data/./x", "a//b", "a\0b", ".."]


async def test_a_body_that_is_no_json_is_refused_everywhere(api: Client):
    for route in ROUTES:
        if route.request is None:
            continue
        for body in (b"{", b"\xff\xfe", b"nul", b"[" * 100_000):
            (await api.request(route.method, filled(route), raw=body)).problem(400, "invalid_json")
        for body in (b"[]", b"1", b'"x"', b"null"):
            (await api.request(route.method, filled(route), raw=body)).problem(422, "validation_failed")
        unknown = await api.request(route.method, filled(route), {"no_such_field": 1})
        assert unknown.status == 422
        assert "body.no_such_field" in [problem["where"] for problem in unknown.json["problems"]]


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("workspaces/current/checkpoints", {"message": 1}, "body.message"),
        ("workspaces/current/checkpoints", {"full": "yes"}, "body.full"),
        ("workspaces/current/checkpoints", {"full": 1}, "body.full"),
        ("workspaces/current/checkpoints", {"message": "\ud800"}, "body.message"),
        ("workspaces/current/restore", {}, "body.commit"),
        ("workspaces/current/restore", {"commit": "@", "paths": "train.py"}, "body.paths"),
        ("workspaces/current/restore", {"commit": "@", "paths": [None]}, "body.paths.0"),
        ("workspaces/current/restore", {"commit": "@", "paths": ["\ud800"]}, "body.paths.0"),
        ("projects/current/branches", {"name": ""}, "body.name"),
        ("projects/current/tags", {"name": "x" * 300}, "body.name"),
    ],
)
async def test_a_wrong_type_is_named(api: Client, protected, path, body, where):
    answer = await api.post(path, body)
    answer.problem(422, "validation_failed")
    assert [problem["where"] for problem in answer.json["problems"]] == [where]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("projects/current/commits", {"limit": 0}),
        ("projects/current/commits", {"limit": 1001}),
        ("projects/current/commits", {"limit": "many"}),
        ("projects/current/commits", {"since": "yesterday"}),
        ("projects/current/commits", {"mine": "perhaps"}),
        ("tasks", {"state": "asleep"}),
        ("projects/current/diff", {}),
        ("projects/current/commits/@/content", {}),
        ("tasks/x", {"wait": 31}),
    ],
)
async def test_a_wrong_query_is_named(api: Client, protected, path, query):
    (await api.get(path, **query)).problem(422, "validation_failed")


async def test_a_cursor_of_somebody_elses_is_refused(api: Client, protected):
    for path in ("projects/current/commits", "projects/current/branches", "tasks", "projects/current/sessions"):
        for cursor in ("x", "AAAA", "W10", "WzFd"):
            (await api.get(path, cursor=cursor)).problem(400, "invalid_request")
        for cursor in ("é", "x" * 5000):
            (await api.get(path, cursor=cursor)).problem(422, "validation_failed")


@pytest.mark.parametrize("path", HOSTILE)
async def test_no_path_leaves_its_root(api: Client, protected, tmp_path, path):
    (tmp_path / "secret").write_text("secret")
    for address in (
        "projects/current/commits/@/content",
        "projects/current/commits/@/contents",
        "projects/current/commits/@/tree",
        "workspaces/current/content",
    ):
        answer = await api.get(address, path=path)
        assert answer.status in (400, 404), (address, answer)
        assert b"secret" not in answer.body or path in answer.json["message"]
    for address, body in (
        ("restore", {"commit": "@", "paths": [path]}),
        ("copy", {"commit": "@", "path": "train.py", "destination": path}),
        ("copy", {"commit": "@", "path": path}),
        ("track", {"source": str(tmp_path / "secret"), "destination": path}),
    ):
        error = await api.done("POST", f"workspaces/current/{address}", body, state="failed")
        assert error["code"] in ("hostile_path", "path_not_found", "invalid_request")
    assert sorted(os.listdir(tmp_path / "root_dir")) == [".repro", "data", "notes.md", "train.py"]


async def test_a_link_in_the_workspace_is_no_way_out(api: Client, protected, tmp_path):
    (tmp_path / "secret").write_text("hidden")
    (protected.root / "out").symlink_to(tmp_path)
    (protected.root / "leak").symlink_to(tmp_path / "secret")
    answer = await api.get("workspaces/current/content", path="out/secret")
    answer.problem(404, "path_not_found")
    link = await api.get("workspaces/current/content", path="leak")
    assert link.body == os.fsencode(tmp_path / "secret")


async def test_a_pipe_is_never_opened(api: Client, protected):
    os.mkfifo(protected.root / "pipe")
    answer = await api.get("workspaces/current/content", path="pipe")
    answer.problem(400, "invalid_request")


@pytest.mark.parametrize("directory", ["..", "/etc/../..", "data/../../x", "a\0b"])
async def test_only_directories_of_the_server_are_protected(api: Client, files, directory):
    assert (await api.get("here", directory=directory)).status == 400 or directory == "/etc/../.."
    (await api.post("workspaces", {"directory": directory})).problem(400, "hostile_path")


async def test_a_body_that_is_too_long_is_refused_and_a_long_one_is_not(api: Client, protected):
    begin = b'{"commit": "@", "paths": ['
    names = [f'"{number:05}-{"x" * 200}"' for number in range(10_000)]
    long = begin + ",".join(names).encode() + b"]}"
    assert 2_000_000 < len(long) < MAX_BODY
    task = (await api.request("POST", "workspaces/current/restore", raw=long)).ok(202)
    assert (await api.finished(task["id"], "failed"))["error"]["code"] == "path_not_found"
    for body in (begin + b'"' + b"x" * MAX_BODY + b'"]}', b" " * (MAX_BODY + 1), b"[" * (MAX_BODY + 1)):
        for route in ROUTES:
            if route.request is not None:
                (await api.request(route.method, filled(route), raw=body)).problem(413, "too_large")
                break
    many = {"commit": "@", "paths": ["x"] * 10_001}
    (await api.post("workspaces/current/restore", many)).problem(422, "validation_failed")


async def test_what_fails_unforeseen_tells_nothing_of_its_inside(api: Client, protected, monkeypatch, caplog):
    def broken(*given):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("jupyter_repro.verbs.tags", broken)  # in a thread
    monkeypatch.setattr("jupyter_repro.api.tasks.TaskManager.all", broken)  # on the event loop
    for address in ("projects/current/tags", "tasks"):
        answer = await api.get(address)
        assert "log" in answer.problem(500, "internal")
        assert b"hunter2" not in answer.body
    assert caplog.text.count("the password is hunter2") >= 2, "whoever runs the server can find out"


async def test_names_that_are_no_utf8_go_both_ways(api: Client, files):
    name = b"caf\xe9.txt"
    (files / os.fsdecode(name)).write_bytes(b"old")
    made = (await api.post("workspaces", {})).ok(201)
    await api.finished(made["task"]["id"])
    tree = (await api.get("projects/current/commits/@/tree")).ok()
    assert os.fsdecode(name) in [item["path"] for item in tree["items"]]
    answer = await api.get("projects/current/commits/@/content", path=os.fsdecode(name))
    assert answer.body == b"old"
    assert "filename*=UTF-8''caf%E9.txt" in answer.headers["Content-Disposition"]
    (files / os.fsdecode(name)).write_bytes(b"new")
    body = {"commit": "@", "paths": [os.fsdecode(name)]}
    await api.done("POST", "workspaces/current/restore", body)
    assert (files / os.fsdecode(name)).read_bytes() == b"old"


async def test_many_requests_at_once_are_all_answered(api: Client, protected):
    paths = ["here", "projects/current/commits", "projects/current/commits/@", "workspaces/current/status", "tasks"]
    answers = await asyncio.gather(*(api.get(path) for path in paths * 20))
    assert {answer.status for answer in answers} == {200}


async def test_writers_at_once_come_one_after_the_other(api: Client, protected):
    names = [f"branch-{number}" for number in range(12)]
    made = await asyncio.gather(*(api.post("projects/current/branches", {"name": name}) for name in names))
    assert [answer.status for answer in made] == [201] * 12
    same = await asyncio.gather(*(api.post("projects/current/tags", {"name": "v1"}) for _ in range(6)))
    assert sorted(answer.status for answer in same) == [201, *[409] * 5]


async def test_what_is_not_there_is_told_apart(api: Client, protected):
    (await api.get("projects/nowhere/commits")).problem(404, "project_not_found")
    (await api.get("workspaces/nowhere")).problem(404, "workspace_not_found")
    (await api.get("workspaces/..%2f..")).problem(400, "hostile_path")
    (await api.get("projects/current/commits/nowhere")).problem(404, "commit_not_found")
    (await api.get("projects/current/commits/@~99")).problem(404, "commit_not_found")
    (await api.get("projects/current/commits/@/content", path="no")).problem(404, "path_not_found")
    (await api.get("projects/current/commits", branch="no")).problem(404, "branch_not_found")
    (await api.get("tasks/no")).problem(404, "task_not_found")
