"""Processes on two machines with a data directory each: what a project carries, and what a catalogue was."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro import verbs
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.recovering import recover_environments

if TYPE_CHECKING:
    from tests.conftest import Repro

VERSION = ("env", "run", "python", "-c", "import six; print(six.__version__)")


def test_software_outlives_its_catalogue_and_its_machine(repro: Repro, tmp_path: Path, workspace_dir: Path) -> None:
    """One story in three parts: a project is made, its catalogue is lost, and then the whole machine."""
    asks = tmp_path / "asks.txt"
    asks.write_text("six==1.16.0\n")
    (tmp_path / "after.sh").write_text("echo made for $REPRO_ENVIRONMENT > $VIRTUAL_ENV/made\n")
    script = f"--script=post-setup={tmp_path}/after.sh"
    repro("init")
    repro("env", "create", "small", "--requirements", asks, script, "--project-files")
    repro("env", "use", "small")
    (workspace_dir / "notes.txt").write_text("one")
    repro("checkpoint", "-m", "plain")
    (workspace_dir / "requirements.txt").write_text("six==1.17.0\n")
    repro("env", "use", "small")
    repro("checkpoint", "-m", "with its own file")
    log = repro("log").text
    assert "[software: six 1.16.0 → 1.17.0]" in log.splitlines()[0]
    assert "software" not in log.splitlines()[1]
    repro("export", tmp_path / "project.repro")

    data = Path(os.environ["JUPYTER_DATA_DIR"], "repro")
    for name in ("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.outbox"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "environments")
    assert repro("env", "list").text == ""
    assert "Environments found again: small r1." in repro("rebuild").text
    with environments.Library() as library, verbs.open_workspace(workspace_dir) as opened:
        assert recover_environments(opened, library.catalog) == (), "nothing is found twice"
        assert library.show("small").record.active == 1
    assert "small r1 + requirements.txt (pinned)" in repro("env", "use", "small@1").text
    assert repro(*VERSION).text == "1.17.0\n", "with the project's own file"

    shutil.rmtree(os.environ["JUPYTER_DATA_DIR"])
    shutil.rmtree(workspace_dir)
    (tmp_path / "other").mkdir()
    machine = {"JUPYTER_DATA_DIR": str(tmp_path / "other")}

    def there(*args: str | Path, cwd: Path = tmp_path) -> str:
        return repro(*args, cwd=cwd, env=machine).text

    there("import", tmp_path / "project.repro")
    for commit, label, version in (
        ("main", "small r1 + requirements.txt", "1.17.0"),
        ("main~1", "small r1", "1.16.0"),
    ):
        place = tmp_path / f"at-{version}"
        said = there("recreate", commit, place, "--project", "work")
        assert f"It uses the environment {label}, as then." in said
        assert there(*VERSION, cwd=place) == f"{version}\n"
        assert there("env", "diff", commit, "now", cwd=place) == ""
    folder = tmp_path / "other" / "repro" / "environments" / "uv"
    assert {file.read_text() for file in folder.glob("*/made")} == {"made for small\n"}
