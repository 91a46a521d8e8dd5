"""Environments and a server as a process: stopped or killed in the middle of a build, and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.api.server import Running, running
from tests.api.test_process import alive, children


@contextlib.contextmanager
def waiting(place: Path) -> Iterator[dict[str, object]]:
    """A definition whose build waits, for as long as this block lasts."""
    over = place / "over"
    script = f"echo here it waits; while [ ! -e '{over}' ]; do sleep 0.2; done\n"
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
        tasks: dict[str, dict] = {}
        while "begin-environment" not in tasks:
            tasks = {one["kind"]: one for one in server.ask("GET", "tasks")["items"]}
        begin = server.finished(tasks["begin-environment"]["id"])
        assert begin["result"]["dead_builds"] == 1, begin
        build = server.ask("GET", f"environments/slow/builds/{made['build']}")
        assert (build["state"], build["task"]) == ("failed", None)
        assert "ended before it was done" in build["problem"]
        assert server.ask("GET", f"environments/slow/builds/{made['build']}/log")["ended"]
