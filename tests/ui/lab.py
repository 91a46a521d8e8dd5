"""A real Jupyter server in a process of its own, with directories of its own and the plugin that was just built."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = os.environ.get("REPRO_UI_PLUGIN")
"""A built plugin to test in place of this checkout's own, which is built first when its sources changed."""
PLUGIN = Path(BUILT) if BUILT else ROOT / "jupyter_repro" / "labextension"
TOKEN = "for-tests"
APPS = {"lab": ("jupyterlab", "LabApp"), "notebook": ("notebook", "JupyterNotebookApp")}
"""Module and class of each application."""
COLLABORATION = ("@jupyter/collaboration-extension", "@jupyter/docprovider-extension")
"""The halves of jupyter-collaboration that run in the browser."""
PATIENCE = 120.0
"""Seconds that a server may take to answer: these machines are shared."""


def build_plugin() -> None:
    """Build the plugin, unless it was built from the sources as they are."""
    if BUILT:
        return
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "build_labextension.py"), "--if-stale"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


@dataclass
class Lab:
    """One server. ``home`` holds all that Jupyter would put into a real home directory."""

    home: Path
    root: Path
    app: str = "lab"
    options: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    """Server extensions beside our own."""
    together: bool = False
    """With jupyter-collaboration, which is off otherwise wherever it is installed."""
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self) -> Lab:
        """Start it and wait until it answers."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._link_plugin()
        self._settle_first_questions()
        self._choose_extensions()
        log = (self.home / "server.log").open("ab")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", self.app_module),
                "--no-browser",
                "--allow-root",
                "--ServerApp.ip=127.0.0.1",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={TOKEN}",
                f"--ServerApp.root_dir={self.root}",
                f"--{APPS[self.app][1]}.expose_app_in_browser=True",
                *self.options,
            ],
            env=self.env,
            cwd=self.root,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()
        return self

    def stop(self) -> None:
        """Ask it to end as a person does, and wait."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    @property
    def app_module(self) -> str:
        """The module that starts this application."""
        return APPS[self.app][0]

    @property
    def env(self) -> dict[str, str]:
        """Environment of the server, and of commands that should see the same data."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        return {
            **kept,
            "HOME": str(self.home),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces"),
            "JUPYTER_PATH": str(self.home / "plugin"),
            **self.environment,
        }

    def repro(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run ``jupyter-repro`` with the data of this server; returns what it printed."""
        executable = Path(sys.executable).parent / "jupyter-repro"
        done = subprocess.run(
            [str(executable), *arguments],
            cwd=cwd or self.root,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"jupyter-repro {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def get(self, path: str) -> object:
        """JSON of one of the server's own routes."""
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def kernels(self) -> list[object]:
        """What runs."""
        found = self.get("api/kernels")
        assert isinstance(found, list)
        return found

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.home / "server.log").read_text("utf-8", "replace")

    def _link_plugin(self) -> None:
        place = self.home / "plugin" / "labextensions" / "jupyter-repro"
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_symlink():
            place.symlink_to(PLUGIN, target_is_directory=True)

    def _settle_first_questions(self) -> None:
        # Lab asks a new user about news; that would lie over the pictures.
        place = self.home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text('{"fetchNews": "false", "checkForUpdates": false}')

    def _choose_extensions(self) -> None:
        # A configuration file, because an editable install brings none, and the option of the command line would
        # not switch off what another file switches on.
        own = dict.fromkeys(("jupyter_repro", *self.extensions), True)
        extensions = {**own, "jupyter_server_ydoc": self.together}
        config = self.home / "config"
        (config / "labconfig").mkdir(parents=True, exist_ok=True)
        (config / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": extensions}})
        )
        disabled = {} if self.together else dict.fromkeys(COLLABORATION, True)
        (config / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": disabled}))

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"The server ended at once:\n{self.log}")
            try:
                self.get("api/status")
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                self._process_breathes()
        raise AssertionError(f"The server did not answer:\n{self.log}")

    def _process_breathes(self) -> None:
        # Waits for the process to end, which it does not: a pause that notices a crash.
        assert self._process is not None
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
