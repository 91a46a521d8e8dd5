"""Opens JupyterLab on an example project with a history worth looking at.

usage: python scripts/lab.py [--place DIRECTORY] [--fresh] [--no-browser] [OPTION OF JUPYTERLAB ...]

Everything lies in one directory (``.lab`` in the checkout): the project, its history, and settings of this Lab alone,
so your own Jupyter is not touched. A second start goes on where the first was left; ``--fresh`` begins again.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "bike-rentals"
DONE = "made\n"
PATIENCE = 300.0
"""Seconds until a server that does not answer is given up."""


class Place:
    """The directory that everything lies in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / PROJECT
        self.runtime = folder / "runtime"
        self._marker = folder / "example-of-jupyter-repro"

    def environment(self) -> dict[str, str]:
        """The environment of the server: nothing of the user's own Jupyter."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        return {
            **kept,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
        }

    def prepare(self, *, fresh: bool) -> bool:
        """Make the example project and the first look of Lab. Returns whether there was none before."""
        if self._marker.exists():
            if not fresh and self._marker.read_text() == DONE:
                return False
            shutil.rmtree(self.folder)
        elif self.folder.exists() and any(self.folder.iterdir()):
            sys.exit(f"{self.folder} holds something else: name an empty directory, or one that does not exist.")
        print("Making an example project ...", flush=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._marker.write_text("being made\n")
        subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "seed.py"), "--all-saved", str(self.project)],
            env=self.environment(),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self._write_settings()
        self._write_layout()
        self._marker.write_text(DONE)
        return True

    def running(self) -> str | None:
        """The address of a server that runs here already."""
        for known in self.runtime.glob("jpserver-*.json"):
            with suppress(OSError, ValueError):
                about = json.loads(known.read_text("utf-8"))
                os.kill(int(about["pid"]), 0)
                return f"{about['url']}lab?token={about['token']}"
        return None

    def _write_settings(self) -> None:
        # Lab asks a new user about news.
        file = self.folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text('{"fetchNews": "false", "checkForUpdates": false}\n')

    def _write_layout(self) -> None:
        """The sidebar open, and the notebook beside it: what Lab restores at its first start."""
        from jupyterlab_server.workspaces_handler import WorkspacesManager

        widget = "notebook:forecast.ipynb"
        layout = {
            "main": {"dock": {"type": "tab-area", "currentIndex": 0, "widgets": [widget]}, "current": widget},
            "left": {"collapsed": False, "visible": True, "current": "jupyter-repro-history", "widgets": []},
            "right": {"collapsed": True, "visible": True, "widgets": []},
            "relativeSizes": [0.28, 0.72, 0],
        }
        data = {"layout-restorer:data": layout, widget: {"data": {"path": "forecast.ipynb", "factory": "Notebook"}}}
        manager = WorkspacesManager(str(self.folder / "workspaces"))
        manager.save("default", json.dumps({"data": data, "metadata": {"id": "default"}}))


class Server:
    """JupyterLab in a process of its own, started in the example project."""

    def __init__(self, place: Place, options: Sequence[str]) -> None:
        self._place = place
        self.token = secrets.token_hex(24)
        command = [
            *(sys.executable, "-m", "jupyterlab"),
            "--no-browser",
            "--log-level=WARN",
            "--LabApp.log_level=WARN",
            f"--ServerApp.root_dir={place.project}",
            # One Ctrl-C is enough: a checkpoint is made at stop.
            "--ServerApp.answer_yes=True",
            f"--IdentityProvider.token={self.token}",
            *(["--allow-root"] if os.geteuid() == 0 else []),
            *options,
        ]
        self.process = subprocess.Popen(command, env=place.environment(), cwd=place.project)

    def address(self) -> str | None:
        """Where it answers, with the token; None when it ended before."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            known = self._place.runtime / f"jpserver-{self.process.pid}.json"
            with suppress(OSError, ValueError, urllib.error.URLError):
                about: Mapping[str, str] = json.loads(known.read_text("utf-8"))
                with urllib.request.urlopen(f"{about['url']}api?token={self.token}", timeout=10):
                    return f"{about['url']}lab?token={self.token}"
            time.sleep(0.2)
        return None

    def settle(self, address: str) -> None:
        """Wait until it has looked at what it found at its start."""
        tasks = f"{address.partition('lab?')[0]}jupyter-repro/api/tasks?token={self.token}"
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(tasks, timeout=10) as answer:
                states = [task["state"] for task in json.load(answer)["items"]]
                if states and not {"queued", "running"}.intersection(states):
                    return
            time.sleep(0.2)

    def wait(self) -> int:
        """Until it ends, by Ctrl-C (which it hears itself) or because we are asked to end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self.process.terminate())
        return self.process.wait()


def can_show_pages() -> bool:
    """Whether a browser with windows can be opened; one that takes over the terminal is none."""
    if sys.platform != "darwin" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Make the example unless it is there, start JupyterLab, and say where."""
    parser = argparse.ArgumentParser(
        prog="lab.py",
        description="Open JupyterLab on an example project with a history worth looking at.",
        epilog="All other options are JupyterLab's own, for instance --port=9999.",
    )
    parser.add_argument("--place", type=Path, default=ROOT / ".lab", help="where everything lies (default: .lab)")
    parser.add_argument("--fresh", action="store_true", help="forget what was done there, and begin again")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open nothing")
    options, others = parser.parse_known_args(arguments)
    place = Place(options.place.absolute())
    if address := place.running():
        print(f"\n    {address}\n\nJupyterLab runs there already; stop it first to start another one.")
        return 1
    is_new = place.prepare(fresh=options.fresh)

    print("Starting JupyterLab ...", flush=True)
    server = Server(place, others)
    address = server.address()
    if address is None:
        server.process.terminate()
        print("JupyterLab did not start; what it says stands above.", file=sys.stderr)
        return server.process.wait() or 1
    if is_new:
        # Only now: a server makes a checkpoint of what it finds changed at its start.
        server.settle(address)
        from seed import leave_changes

        leave_changes(place.project)
    opened = not options.no_browser and can_show_pages() and webbrowser.open(address)
    print(f"\n    {address}\n\n{'It opens in your browser' if opened else 'Open this address in a browser'}: ", end="")
    print("the history is in the sidebar on the left.")
    print(f"The project is {place.project}. Ctrl-C stops JupyterLab.", flush=True)
    code = server.wait()
    print("\nStopped. The next start goes on where this one ended; --fresh begins again.")
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM) else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
