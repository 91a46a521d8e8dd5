"""A server as a process: stopped, killed, started again; and what its worker does then."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import os
import random
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.api.work.process import main
from tests.api.server import TOKEN, Running, running


def protect(server: Running) -> None:
    made = server.ask("POST", "workspaces", {})
    assert server.finished(made["task"]["id"])["state"] == "done"


def rows(server: Running) -> list[dict]:
    return server.ask("GET", "projects/current/commits")["items"]


def settled(server: Running) -> None:
    for task in server.ask("GET", "tasks")["items"]:
        server.finished(task["id"])


def test_stopping_a_server_saves_and_closes_the_session(files: Path, tmp_path: Path):
    with running(files, tmp_path / "home") as server:
        protect(server)
        (files / "train.py").write_text("edited")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    with running(files, tmp_path / "home") as server:
        settled(server)
        found = rows(server)
        assert [(row["kind"], row["message"]) for row in found] == [
            ("auto", "Automatic, at stop"),
            ("checkpoint", "First checkpoint"),
        ], "the next start found nothing to recover"
        assert found[0]["session"] == found[1]["session"]


def test_a_killed_server_loses_nothing(files: Path, tmp_path: Path):
    with running(files, tmp_path / "home") as server:
        protect(server)
        (files / "train.py").write_text("edited")
        session = server.ask("GET", "workspaces/current")["session"]["id"]
        server.process.kill()
        server.process.wait(60)
    with running(files, tmp_path / "home") as server:
        settled(server)
        found = rows(server)
        assert [(row["kind"], row["session"]) for row in found] == [("recovered", session), ("checkpoint", session)]
        assert server.ask("GET", "workspaces/current")["session"]["id"] != session


def test_a_server_killed_in_the_middle_of_a_checkpoint_leaves_no_worker_and_no_half_commit(files: Path, tmp_path: Path):
    chance = random.Random(2)
    for number in range(8):
        (files / f"noise-{number}.bin").write_bytes(chance.randbytes(16 * 1024 * 1024))
    with running(files, tmp_path / "home") as server:
        made = server.ask("POST", "workspaces", {"checkpoint": False})
        assert made["task"] is None
        task = server.ask("POST", "workspaces/current/checkpoints", {"message": "cut short"})
        while server.ask("GET", f"tasks/{task['id']}")["state"] == "queued":
            pass
        workers = children(server.process.pid)
        assert workers
        server.process.kill()
        server.process.wait(60)
    for worker in workers:
        while alive(worker):
            pass
    with running(files, tmp_path / "home") as server:
        settled(server)
        newest = rows(server)[0]
        assert newest["added"] == 11 or newest["message"] == "cut short"
        assert server.ask("GET", "workspaces/current")["changed"]["total"] == 0


def children(pid: int) -> list[int]:
    """Worker processes of a server."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    lines = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return [int(line[0]) for line in lines if "jupyter_repro.api.work.process" in line[1]]


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_ends_with_its_input_and_not_before(stop: signal.Signals):
    worker = subprocess.Popen(
        [sys.executable, "-m", main.__module__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=os.sep
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(b'{"order": "1", "job": "nothing", "arguments": {}}\n')
    worker.stdin.flush()
    assert b'"progress"' in worker.stdout.readline()
    assert b'"code": "internal"' in worker.stdout.readline()
    worker.send_signal(stop)
    worker.stdin.write(b'{"order": "2", "job": "nothing", "arguments": []}\n')
    worker.stdin.flush()
    assert b'"order": "2"' in worker.stdout.readline()
    worker.stdin.close()
    assert worker.wait(60) == 0


def test_a_module_of_the_users_is_not_mistaken_for_the_librarys(files: Path, tmp_path: Path):
    (files / "json.py").write_text("raise SystemExit('the wrong module')")
    (files / "queue.py").write_text("raise SystemExit('the wrong module')")
    # The server itself is started from elsewhere: what lies beside a server's own start is not ours to mend.
    with running(tmp_path, tmp_path / "home", f"--ServerApp.root_dir={files}") as server:
        protect(server)


# A hub percent-encodes what a user is called; ours may be part of it, and so may what is special elsewhere.
ODD = "/user/p%C3%A4th%40a.b~%20c%27/jupyter-repro/api/"


def test_a_base_url_of_odd_characters_and_a_proxy_in_front_change_nothing(files: Path, tmp_path: Path):
    with running(files, tmp_path / "home", base_url=ODD) as server, proxied(server) as outside:
        protect(outside)
        made = outside.ask("POST", "projects/current/branches", {"name": "try/this"})
        assert made["name"] == "try/this"
        first = outside.ask("GET", "projects/current/commits")["items"][0]["id"]
        diff = outside.ask("GET", f"projects/current/diff/file?a={first}&b=@&path=train.py")
        with urllib.request.urlopen(
            urllib.request.Request(
                f"{outside.url}jupyter-repro/api/{diff['b']['url']}", headers={"Authorization": f"token {TOKEN}"}
            )
        ) as answer:
            assert answer.read() == (files / "train.py").read_bytes()
        assert outside.ask("DELETE", "projects/current/branches/try%2Fthis") is None, "decoded on the way"
        document = outside.ask("GET", "openapi.json")
        assert document["servers"] == [{"url": f"{ODD}jupyter-repro/api"}]


@contextlib.contextmanager
def proxied(server: Running) -> Iterator[Running]:
    """The same server behind a proxy that decodes slashes, as several do, and says who asked whom."""
    inside = urllib.parse.urlsplit(server.url)

    class Proxy(http.server.BaseHTTPRequestHandler):
        def forward(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "lab.example"}
            connection = http.client.HTTPConnection(inside.hostname or "", inside.port)
            connection.request(self.command, self.path.replace("%2F", "/"), given, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_GET = do_POST = do_DELETE = forward

        def log_message(self, *given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield Running(f"http://127.0.0.1:{proxy.server_port}{inside.path}", server.process, server.log)
        finally:
            proxy.shutdown()
            thread.join()
