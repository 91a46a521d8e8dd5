"""Fixtures that every room's tests share: an isolated data directory, a folder, the executable.

Nothing here touches the real Jupyter directories of whoever runs the tests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.docker_engine import docker_engine  # noqa: F401 - the fixture, one for all of them
from tests.support import profile

profile.load()

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell without job control has its background jobs ignore Ctrl-C, and all that they start: tests press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Answer:
    """What one run of the executable said."""

    args: tuple[str, ...]
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8", "surrogateescape")

    @property
    def json(self) -> object:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Repro:
    """Runs the installed ``jupyter-repro``; the working directory is ``cwd`` unless a call names another."""

    executable: Path
    cwd: Path

    def __call__(
        self,
        *args: str | bytes | Path,
        cwd: Path | None = None,
        code: int | None = 0,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run one command and check its exit code (``code=None``: any will do)."""
        words = tuple(os.fsdecode(arg) for arg in args)
        done = subprocess.run(
            [str(self.executable), *words],
            cwd=cwd or self.cwd,
            input=stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
            check=False,
        )
        answer = Answer(words, done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))
        if code is not None:
            assert answer.code == code, f"jupyter-repro {words} ended with {answer.code}:\n{answer.text}\n{answer.err}"
        return answer

    def json(
        self,
        *args: str | bytes | Path,
        cwd: Path | None = None,
        code: int | None = 0,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> object:
        """Run one command with ``--json`` behind its name and return the parsed document."""
        return self(args[0], "--json", *args[1:], cwd=cwd, code=code, stdin=stdin, env=env).json


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Jupyter data directory of this test's own; the product's part of it is ``data_home / "repro"``."""
    data = tmp_path / "jupyter-data"
    for name, folder in {
        "JUPYTER_DATA_DIR": data,
        "JUPYTER_CONFIG_DIR": tmp_path / "jupyter-config",
        "JUPYTER_RUNTIME_DIR": tmp_path / "jupyter-runtime",
    }.items():
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_REPRO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return data


@pytest.fixture
def workspace_dir(tmp_path: Path, data_home: Path) -> Path:
    """An empty folder to protect: no workspace yet."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def repro(workspace_dir: Path) -> Repro:
    """The real executable, started in ``workspace_dir``: ``repro("init")``, ``repro.json("status")["branch"]``."""
    executable = Path(sysconfig.get_path("scripts")) / ("jupyter-repro.exe" if os.name == "nt" else "jupyter-repro")
    assert executable.exists(), "jupyter-repro is not installed beside this Python: run `pip install -e .` first"
    return Repro(executable, workspace_dir)
