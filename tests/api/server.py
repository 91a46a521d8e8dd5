"""A real server in a process of its own, for what must be seen from outside."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOKEN = "token-of-the-tests"


@dataclass(frozen=True)
class Running:
    """A server at ``url`` (with its base URL), and its process."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def ask(self, method: str, path: str, body: object = None) -> dict:
        """One request to the API."""
        request = urllib.request.Request(
            f"{self.url}jupyter-repro/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def finished(self, task: str) -> dict:
        """A task when it is over."""
        while True:
            found = self.ask("GET", f"tasks/{task}?wait=30")
            if found["ended"]:
                return found


@contextlib.contextmanager
def running(root: Path, home: Path, *options: str, base_url: str = "/user/ada/") -> Iterator[Running]:
    """A server started in ``root`` with its own Jupyter directories below ``home``."""
    places = {"JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "run"}
    environment = {**os.environ, **{name: str(home / folder) for name, folder in places.items()}}
    log = home / "server.log"
    home.mkdir(parents=True, exist_ok=True)
    server = _started(root, environment, log, options, base_url)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(60)


def _started(root: Path, environment: dict[str, str], log: Path, options: tuple[str, ...], base_url: str) -> Running:
    for _ in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1"]
        # Another test may take the port meanwhile: then this server ends instead of taking the next one.
        command += [f"--port={port}", "--ServerApp.port_retries=0"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.base_url={base_url}"]
        command += ["--ServerApp.jpserver_extensions={'jupyter_repro': True}", *options]
        with log.open("wb") as sink:
            process = subprocess.Popen(command, cwd=root, env=environment, stdout=sink, stderr=subprocess.STDOUT)
        server = Running(f"http://127.0.0.1:{port}{base_url}", process, log)
        while process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                server.ask("GET", "tasks")
                return server
            time.sleep(0.05)
        assert "already in use" in log.read_text(), log.read_text()
    raise AssertionError(log.read_text())
