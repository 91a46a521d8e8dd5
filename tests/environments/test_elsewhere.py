"""Processes on two machines with a data directory each: what a project carries, and what a catalogue was."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repro

VERSION = ("env", "run", "python", "-c", "import six; print(six.__version__)")


@pytest.fixture
def made(repro: Repro, workspace_dir: Path, tmp_path: Path) -> Repro:
    """A project with a checkpoint in an environment that a script and a project's own file have part in."""
    (tmp_path / "asks.txt").write_text("six==1.16.0\n")
    (tmp_path / "after.sh").write_text("echo made for $REPRO_ENVIRONMENT > $VIRTUAL_ENV/made\n")
    script = f"--script=post-setup={tmp_path}/after.sh"
    repro("init")
    repro("env", "create", "small", "--requirements", tmp_path / "asks.txt", script, "--project-files")
    repro("env", "use", "small")
    (workspace_dir / "notes.txt").write_text("one")
    repro("checkpoint", "-m", "plain")
    (workspace_dir / "requirements.txt").write_text("six==1.17.0\n")
    repro("env", "use", "small")
    repro("checkpoint", "-m", "with its own file")
    return repro


def test_an_exported_project_rebuilds_its_software_where_nobody_knows_it(
    made: Repro, tmp_path: Path, workspace_dir: Path
) -> None:
    made("export", tmp_path / "project.repro")
    log = made("log").text
    assert "[software: six 1.16.0 → 1.17.0]" in log.splitlines()[0]
    assert "software" not in log.splitlines()[1]
    # The first machine is gone for good.
    shutil.rmtree(os.environ["JUPYTER_DATA_DIR"])
    shutil.rmtree(workspace_dir)
    (tmp_path / "other").mkdir()
    machine = {"JUPYTER_DATA_DIR": str(tmp_path / "other")}

    def there(*args: str | Path, cwd: Path = tmp_path) -> str:
        return made(*args, cwd=cwd, env=machine).text

    there("import", tmp_path / "project.repro")
    assert there("env", "list") == ""
    for commit, label, version in (
        ("main", "small r1 + requirements.txt", "1.17.0"),
        ("main~1", "small r1", "1.16.0"),
    ):
        place = tmp_path / f"at-{version}"
        assert f"It uses the environment {label}, as then." in there(
            "recreate", commit, place, "--project", "work"
        ).replace("\n", " ")
        assert there(*VERSION, cwd=place) == f"{version}\n"
        assert there("env", "diff", commit, "now", cwd=place) == ""
        (marked,) = {file.read_text() for file in (tmp_path / "other" / "repro" / "environments" / "uv").glob("*/made")}
        assert marked == "made for small\n"


def test_environments_come_back_when_the_catalogue_is_lost(made: Repro, tmp_path: Path) -> None:
    (tmp_path / "asks.txt").write_text("six==1.17.0\n")
    made("env", "edit", "small", "--requirements", tmp_path / "asks.txt")
    data = Path(os.environ["JUPYTER_DATA_DIR"], "repro")
    for name in ("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.outbox"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "environments")
    assert made("env", "list").text == ""
    assert "Environments found again: small r1." in made("rebuild").text
    assert "Environments found again" not in made("rebuild").text, "nothing is found twice"
    assert made("env", "show", "small").text.splitlines()[0].startswith("small  uv, of ")
    assert made.json("env", "list")[0]["active"] == 1
    made("env", "use", "small@1")
    assert made(*VERSION).text == "1.17.0\n", "with the project's own file"
    made("env", "edit", "small", "--no-project-files")
    assert made("env", "use", "small").text.splitlines()[0].startswith("This workspace uses small r2 (the active")
    assert made(*VERSION).text == "1.16.0\n"
