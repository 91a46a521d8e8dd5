"""Environments and a server as a process: stopped or killed in the middle of a build, and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.api.server import TOKEN, Running, running
from tests.api.test_process import alive, children


@contextlib.contextmanager
def waiting(place: Path) -> Iterator[dict[str, object]]:
    """A definition whose build waits, for as long as this block lasts."""
    over = place / "over"
    script = f"echo $$ > '{place}/script'; echo here it waits; while [ ! -e '{over}' ]; do sleep 0.2; done\n"
    try:
        yield {"engine": "uv", "scripts": {"pre-setup": script}}
    finally:
        over.touch()


def begun(server: Running, definition: dict[str, object]) -> dict:
    """A build that is under way: its script has begun and does not end by itself."""
    made = server.ask("POST", "environments", {"name": "slow", "definition": definition})
    while "here it waits" not in server.ask("GET", f"environments/slow/builds/{made['build']}/log")["text"]:
        task = server.ask("GET", f"tasks/{made['task']['id']}")
        assert not task["ended"], task
        time.sleep(0.05)
    return made


def begun_session(server: Running) -> dict:
    """What the server saw to for environments when it started."""
    tasks: dict[str, dict] = {}
    while "begin-environment" not in tasks:
        tasks = {one["kind"]: one for one in server.ask("GET", "tasks")["items"]}
        time.sleep(0.05)
    return server.finished(tasks["begin-environment"]["id"])["result"]


def kernels(server: Running) -> list[str]:
    """Our kernels, as Lab's launcher shows them."""
    request = urllib.request.Request(f"{server.url}api/kernelspecs", headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.loads(answer.read())["kernelspecs"]
    return [one["spec"]["display_name"] for name, one in found.items() if name.startswith("repro-")]


def test_a_build_is_ended_with_the_server_and_told_so(files: Path, tmp_path: Path):
    with waiting(tmp_path) as definition, running(files, tmp_path / "home") as server:
        made = begun(server, definition)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    with running(files, tmp_path / "home") as server:
        row = server.ask("GET", "environments/slow")
        assert row["environment"]["build"]["id"] == made["build"]
        # A machine that is too busy to end it in time says that it failed.
        assert row["environment"]["build"]["state"] in ("cancelled", "failed")
        assert row["building"] == []


def test_a_build_whose_worker_is_killed_has_failed_at_once_and_its_script_is_gone(files: Path, tmp_path: Path):
    with waiting(tmp_path) as definition, running(files, tmp_path / "home") as server:
        made = begun(server, definition)
        for worker in children(server.process.pid):
            os.kill(worker, signal.SIGKILL)
        task = server.finished(made["task"]["id"])
        assert task["state"] == "failed"
        build = server.ask("GET", f"environments/slow/builds/{made['build']}")
        assert (build["state"], build["task"]) == ("failed", None)
        script = int((tmp_path / "script").read_text())
        while alive(script):
            time.sleep(0.05)


def test_a_build_whose_worker_was_killed_is_marked_at_the_next_start(files: Path, tmp_path: Path):
    with waiting(tmp_path) as definition, running(files, tmp_path / "home") as server:
        task = server.ask("POST", "workspaces", {})["task"]
        server.finished(task["id"])
        made = begun(server, definition)
        workers = children(server.process.pid)
        server.process.kill()
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        server.process.wait(60)
    for worker in workers:
        while alive(worker):
            pass
    with running(files, tmp_path / "home") as server:
        assert begun_session(server)["dead_builds"] == 1
        build = server.ask("GET", f"environments/slow/builds/{made['build']}")
        assert (build["state"], build["task"]) == ("failed", None)
        assert "ended before it was done" in build["problem"]
        assert server.ask("GET", f"environments/slow/builds/{made['build']}/log")["ended"]


def test_a_session_begins_with_the_projects_environment_and_the_workspaces_own_file(files: Path, tmp_path: Path):
    with running(files, tmp_path / "home") as server:
        server.finished(server.ask("POST", "workspaces", {})["task"]["id"])
        definition = {"engine": "uv", "project_files": True}
        made = server.ask("POST", "environments", {"name": "one", "definition": definition})
        done = server.finished(made["task"]["id"])
        assert done["state"] == "done", done
        server.ask("PUT", "projects/current/environments", {"choice": {"environment": "one"}})
        assert server.ask("GET", "workspaces/current/environment")["used"] is None
        assert kernels(server) == []
    (files / "requirements.txt").write_text("six\n")
    with running(files, tmp_path / "home") as server:
        begun = begun_session(server)
        assert begun["notice"] is None, begun
        used = begun["selection"]["used"]
        assert (used["label"], used["applied"]) == ("one r1 + requirements.txt", "requirements.txt")
        assert begun["selection"]["source"] == "project"
        assert kernels(server) == ["one r1 + requirements.txt"]
        (files / "requirements.txt").write_text("six==99999\n")
        done = server.finished(server.ask("PUT", "workspaces/current/environment", {"environment": "one"})["id"])
        assert done["result"]["selection"]["used"]["label"] == "one r1"
        assert "six==99999" in done["result"]["notice"]
        assert kernels(server) == ["one r1"]
