"""One install puts both halves in place: nothing has to be enabled."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from uv import find_uv_bin


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a new environment with JupyterLab and the wheel."""
    place = tmp_path_factory.mktemp("fresh") / "venv"
    scripts = place / "bin"
    for command in (["venv", str(place)], ["pip", "install", "-p", str(scripts / "python"), "jupyterlab", str(wheel)]):
        done = subprocess.run([find_uv_bin(), *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return scripts


def said(scripts: Path, home: Path, *command: str) -> str:
    """What a program of that environment prints, without colours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [str(scripts / command[0]), *command[1:]],
        cwd=home,
        env={**kept, "HOME": str(home), "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, text
    return text


def test_jupyterlab_loads_the_plugin(installed: Path, tmp_path: Path) -> None:
    listed = said(installed, tmp_path, "jupyter", "labextension", "list")
    assert re.search(r"jupyter-repro v\S+ enabled OK \(python, jupyter-repro\)", listed), listed


def test_the_server_loads_its_half(installed: Path, tmp_path: Path) -> None:
    listed = said(installed, tmp_path, "jupyter", "server", "extension", "list")
    assert re.search(r"jupyter_repro enabled\n", listed), listed
    assert re.search(r"jupyter_repro \S+ OK", listed), listed


def test_the_command_line_is_there(installed: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "notes.txt").write_text("one\n")
    said(installed, tmp_path, "jupyter", "repro", "-C", str(work), "init")
    said(installed, tmp_path, "jupyter", "repro", "-C", str(work), "checkpoint", "-m", "first")
    assert "first" in said(installed, tmp_path, "jupyter", "repro", "-C", str(work), "log")
