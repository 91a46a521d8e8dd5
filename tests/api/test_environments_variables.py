"""What kernels and terminals of a real server find in their variables."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.configuration import Configuration
from tests.api.server import TOKEN, Running, running

pytest.importorskip("ipykernel")

NAMES = ("REPRO_PROJECT", "REPRO_COMMIT", "REPRO_ENVIRONMENT", "REPRO_REVISION", "OWN")


def jupyter(server: Running, method: str, path: str, body: object = None) -> dict:
    """One request to Jupyter's own API."""
    request = urllib.request.Request(
        f"{server.url}api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def wait_for(condition: Callable[[], bool], what: str, server: Running) -> None:
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}: {server.log.read_text()}"
        time.sleep(0.05)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which every kernel writes down its variables when it has begun."""
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    folder = tmp_path / "told"
    folder.mkdir()
    (startup / "tell.py").write_text(
        "import json, os\n"
        f"fresh = {str(folder)!r} + f'/.{{os.getpid()}}'\n"
        f"with open(fresh, 'w') as file: json.dump([os.environ.get(name) for name in {NAMES!r}], file)\n"
        "os.rename(fresh, fresh + '.json')\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return folder


def in_kernel(server: Running, told: Path, name: str, path: str = "") -> list[str | None]:
    """The variables as code in a new kernel of the server sees them, for a notebook in the folder ``path``."""
    with told_next(server, told) as found:
        kernel = jupyter(server, "POST", "kernels", {"name": name, "path": path})["id"]
    jupyter(server, "DELETE", f"kernels/{kernel}")
    return found


@contextlib.contextmanager
def told_next(server: Running, told: Path) -> Iterator[list[str | None]]:
    """The variables that the kernel tells which begins within."""
    found: list[str | None] = []
    before = set(told.glob(".*.json"))
    yield found
    wait_for(lambda: set(told.glob(".*.json")) > before, "a kernel's variables", server)
    (new,) = set(told.glob(".*.json")) - before
    found += json.loads(new.read_text())


def in_terminal(server: Running, home: Path) -> list[str | None]:
    """The variables as a shell in a terminal of the server sees them."""
    jupyter(server, "POST", "terminals")
    wait_for((home / "variables").exists, "a terminal's variables", server)
    found = dict(line.split("=", 1) for line in (home / "variables").read_text().splitlines() if "=" in line)
    return [found.get(name) for name in NAMES]


def test_kernels_and_terminals_know_where_they_run(files: Path, tmp_path: Path, told: Path):
    home = tmp_path / "home"
    shell = ["/bin/sh", "-c", f"env > {home}/.variables; mv {home}/.variables {home}/variables; cat"]
    with running(files, home, f"--ServerApp.terminado_settings={ {'shell_command': shell} }") as server:
        protected = server.ask("POST", "workspaces", {"project": "churn"})
        first = server.finished(protected["task"]["id"])["result"]["commit"]
        definition = {"engine": "host", "variables": {"OWN": "a $HOME"}}
        made = server.ask("POST", "environments", {"name": "small", "definition": definition})
        server.finished(made["task"]["id"])
        chosen = server.ask("PUT", "workspaces/current/environment", {"environment": "small"})
        used = server.finished(chosen["id"])["result"]["selection"]["used"]
        (files / "new.txt").write_text("new")
        task = server.ask("POST", "workspaces/current/checkpoints", {"message": "second"})
        second = server.finished(task["id"])["result"]["commit"]
        assert second != first
        assert in_kernel(server, told, used["kernel"]) == ["churn", second, "small", "1", "a $HOME"]
        assert in_terminal(server, home)[:2] == ["churn", second]
    with running(files, home) as server:
        settled = {"begin-environment": False}
        while not all(settled.values()):
            settled |= {one["kind"]: bool(one["ended"]) for one in server.ask("GET", "tasks")["items"]}
        now = server.ask("GET", "workspaces/current/status")["commit"]
        assert in_kernel(server, told, "python3") == ["churn", now, None, None, None]


def test_a_kernel_knows_the_workspace_that_its_notebook_lies_in(files: Path, tmp_path: Path, told: Path):
    home = tmp_path / "home"
    configuration = Configuration(data_dir=str(home / "data" / "repro"))
    commits = {}
    for name in ("one", "two"):
        folder = files / "work" / name
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "notes.txt").write_text(name)
        verbs.init(folder, configuration=configuration)
        with verbs.open_workspace(folder, configuration=configuration) as opened:
            commits[name] = verbs.checkpoint(opened, "first").commit.id
    shutil.copytree(files / "work" / "one", files / "work" / "copied")
    with running(files, home) as server:

        def kernel(path: str) -> list[str | None]:
            return in_kernel(server, told, "python3", path)[:2]

        # The server's root is above all of them, and none itself.
        assert kernel("") == [None, None]
        assert kernel("work/one") == ["one", commits["one"]]
        protected = server.ask("POST", "workspaces", {"project": "outer"})
        outer = server.finished(protected["task"]["id"])["result"]["commit"]
        assert kernel("") == ["outer", outer]
        assert kernel("data") == ["outer", outer]
        assert kernel("work/two/deep") == ["two", commits["two"]]
        assert kernel("work/copied") == [None, None], "a copy is not the workspace that it was copied from"
        with told_next(server, told) as before:
            session = {"path": "work/two/a.ipynb", "type": "notebook", "name": "a", "kernel": {"name": "python3"}}
            begun = jupyter(server, "POST", "sessions", session)["kernel"]["id"]
        with verbs.open_workspace(files / "work" / "two", configuration=configuration) as opened:
            commits["later"] = verbs.checkpoint(opened, "second", allow_empty=True).commit.id
        with told_next(server, told) as after:
            jupyter(server, "POST", f"kernels/{begun}/restart")
        assert [before[1], after[1]] == [commits["two"], commits["later"]], "a kernel that starts again is told anew"
