"""What the server promises: ``python benchmarks/server.py [--commits 10000] [--gibibytes 1]``.

Starts real servers on data of their own and asks them over HTTP, one request after the other on one connection:

- the first page of the history (50 rows) of a project of many commits: of a server that has just been started, and
  later; a page in the middle, a filtered one, and the list of a file's versions that Lab asks for at every open and
  save (``ReproCheckpoints``);
- the longest time that the event loop stands still while a large file is checkpointed and a person looks at the
  history once a second, as told by a heart that beats on the loop itself (server_heart.py); beside it the same while
  nothing is done, which is what the machine alone does to it.

``--workspace`` and ``--data`` take a project that is there already; making ten thousand commits takes minutes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
TOKEN = "benchmark"
API = "/jupyter-repro/api/"
PAGE_MUST, LIST_MUST, PAUSE_MUST = 0.100, 0.020, 0.100


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens at ``port``."""

    port: int

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)


@contextmanager
def serving(root: Path, data: Path) -> Iterator[Server]:
    """A server in ``root`` whose Jupyter directories are below ``data``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    extensions = "{'jupyter_repro': True, 'server_heart': True}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}"),
            *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"),
            *(f"--ServerApp.jpserver_extensions={extensions}", "--ReproApp.recover_at_start=False"),
            "--AsyncContentsManager.checkpoints_class=jupyter_repro.api.checkpoints.ReproCheckpoints",
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ],
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(port)
        while True:
            if process.poll() is not None:
                raise SystemExit("The server did not start.")
            try:
                with closing(server.connect()) as connection:
                    ask(connection, "GET", "/api")
                break
            except OSError:
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def environment(data: Path) -> dict[str, str]:
    """Nothing of the user's own Jupyter; the heart can be imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**kept, **{f"JUPYTER_{name}_DIR": str(data / place) for name, place in places.items()}, "PYTHONPATH": path}


def ask(connection: http.client.HTTPConnection, method: str, address: str, body: object = None) -> dict:
    """One request; its JSON."""
    data = None if body is None else json.dumps(body)
    connection.request(method, address, data, {"Authorization": f"token {TOKEN}"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 400:
        raise SystemExit(f"{method} {address}: {answer.status} {text[:500]!r}")
    return json.loads(text)


def finished(connection: http.client.HTTPConnection, task: str) -> None:
    """Wait for the end of a task, looking at the history once a second as a person would."""
    while True:
        found = ask(connection, "GET", f"{API}tasks/{task}?wait=1")
        if found["ended"]:
            if found["state"] != "done":
                raise SystemExit(f"The task failed: {found['error']}")
            return
        ask(connection, "GET", f"{API}here")
        ask(connection, "GET", f"{API}projects/current/commits")


def timed(work: Callable[[], object], repetitions: int) -> list[float]:
    """Seconds of each call, sorted."""
    taken = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def row(name: str, taken: Sequence[float], must: float | None) -> None:
    """One line of the table: median, least and most in milliseconds."""
    numbers = f"{median(taken) * 1000:.0f} ms ({taken[0] * 1000:.0f}-{taken[-1] * 1000:.0f})"
    verdict = "" if must is None else "reached" if median(taken) <= must else "**missed**"
    print(f"| {name} | {numbers} | {'' if must is None else f'{must * 1000:.0f} ms'} | {verdict} |", flush=True)


def history(work: Path, data: Path, starts: int, repetitions: int) -> None:
    """Pages of a long history."""
    address = f"{API}projects/current/commits"
    with serving(work, data) as server, closing(server.connect()) as connection:
        ask(connection, "GET", f"{address}?path=nowhere")  # the index of paths is made when it is first asked
    first = []
    for _ in range(starts):
        with serving(work, data) as server, closing(server.connect()) as connection:
            ask(connection, "GET", f"{API}here")  # what is imported at the first request is not the history's
            first += timed(lambda asked=connection: ask(asked, "GET", address), 1)
    row("first page, just started", sorted(first), PAGE_MUST)
    with serving(work, data) as server, closing(server.connect()) as connection:
        page = ask(connection, "GET", f"{address}?limit=1000")
        for _ in range(4):
            page = ask(connection, "GET", f"{address}?limit=1000&cursor={page['next']}") if page["next"] else page
        changed = ask(connection, "GET", f"{address}/@")["changes"][0]["path"]
        for name, asked, must in (
            ("first page", address, PAGE_MUST),
            ("a page in the middle", f"{address}?cursor={page['next'] or ''}", None),
            ("first page of a search", f"{address}?text=revision%20500", None),
            ("versions of one file, as Lab asks", f"/api/contents/{changed}/checkpoints", LIST_MUST),
        ):
            row(name, timed(lambda asked=asked: ask(connection, "GET", asked), repetitions), must)


def heartbeat(scratch: Path, gibibytes: float) -> None:
    """How long the loop stands still while a large file is checkpointed."""
    work = scratch / "large"
    work.mkdir()
    chance = random.Random(3)
    with (work / "large.bin").open("wb") as file:
        for _ in range(int(gibibytes * 64)):
            # Half of it compresses.
            file.write(chance.randbytes(8 * 1024 * 1024) + chance.randbytes(64) * (128 * 1024))
    with serving(work, scratch / "home") as server, closing(server.connect()) as connection:
        ask(connection, "GET", f"{API}here")
        made = ask(connection, "POST", f"{API}workspaces", {"checkpoint": False})
        ask(connection, "GET", f"{API}projects/{made['state']['workspace']['project']}/commits")
        for name, begin in (("with nothing to do", None), (f"while {gibibytes:g} GiB is checkpointed", "large")):
            ask(connection, "GET", "/heartbeat")
            began = time.perf_counter()
            if begin is None:
                time.sleep(5)
            else:
                body = {"message": begin}
                task = ask(connection, "POST", f"{API}workspaces/current/checkpoints", body)
                finished(connection, task["id"])
            took = time.perf_counter() - began
            told = ask(connection, "GET", "/heartbeat")
            row(f"longest pause of the loop {name}", [told["longest"]["seconds"]], PAUSE_MUST)
            row(f"most processor time between two beats {name}", [told["busiest"]["thread"]], PAUSE_MUST)
            print(f"| ({told['beats']} beats in {took:.1f} s) | | | |", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="What the server promises")
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--gibibytes", type=float, default=1.0)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=50)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--data", type=Path, help="its Jupyter directories")
    parser.add_argument("--scratch", type=Path, help="where large data is made")
    options = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(dir=options.scratch))
    try:
        work, data = options.workspace, options.data
        if work is None or data is None:
            work, data = scratch / "work", scratch / "history"
            work.mkdir()
            command = [sys.executable, "-m", "jupyter_repro", "init", str(work)]
            subprocess.run(command, env=environment(data), check=True, stdout=subprocess.DEVNULL)
            command = [sys.executable, str(HERE / "build_history.py"), str(work), str(options.commits)]
            subprocess.run(command, env=environment(data), check=True, stdout=subprocess.DEVNULL)
        print("| what | median (least-most) | must | result |\n| --- | --- | --- | --- |", flush=True)
        if options.commits:
            history(work, data, options.starts, options.repetitions)
        if options.gibibytes:
            heartbeat(scratch, options.gibibytes)
    finally:
        shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
