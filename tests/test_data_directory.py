"""The data directory: where things are, and that nobody else may look into them."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import HostilePath, InvalidConfiguration


def test_it_lies_in_jupyters_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    assert DataDirectory.resolve().root == tmp_path / "jupyter" / "repro"


def test_the_setting_outweighs_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert DataDirectory.resolve("/data/repro").root == Path("/data/repro")
    assert DataDirectory.resolve("~/repro").root == tmp_path / "home" / "repro"


def test_a_relative_setting_does_not_move_with_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = DataDirectory.resolve("here")
    monkeypatch.chdir("/")
    assert data.root == tmp_path / "here"


def test_asking_for_a_path_makes_nothing(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "repro")
    assert data.project_file("abc") == tmp_path / "repro" / "projects" / "abc" / "project.json"
    assert data.workspace_state("w1") == tmp_path / "repro" / "workspaces" / "w1" / "state.json"
    assert list(data.project_ids()) == []
    assert list(data.workspace_ids()) == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_made_is_for_the_user_alone(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "deep" / "repro")
    project = data.make_project("p1")
    workspace = data.make_workspace("w1")
    assert (project, workspace) == (data.project_directory("p1"), data.workspace_directory("w1"))
    for made in (data.root, data.projects, project, data.workspaces, workspace):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700, made
    assert data.make_project("p1") == project, "making it again is no error"


def test_only_folders_with_an_id_for_a_name_are_listed(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "repro")
    for name in ("b", "a"):
        data.make_project(name)
    (data.projects / ".hidden").mkdir()
    (data.projects / "file").write_text("")
    assert list(data.project_ids()) == ["a", "b"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc", "a\0b", "-rf", "a\n", ".git", "x" * 200])
def test_an_id_that_would_leave_the_directory_is_refused(name: str, tmp_path: Path) -> None:
    data = DataDirectory(tmp_path)
    with pytest.raises(HostilePath):
        data.project_directory(name)
    with pytest.raises(HostilePath):
        data.workspace_state(name)


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    data = DataDirectory(tmp_path / "file" / "repro")
    with pytest.raises(InvalidConfiguration, match="JUPYTER_DATA_DIR") as caught:
        data.make()
    assert str(data.root) in str(caught.value)


def test_neither_traitlets_nor_a_database_is_imported() -> None:
    program = (
        "import sys\n"
        "from jupyter_repro.configuration import load_configuration\n"
        "import jupyter_repro.catalog\n"
        "print(load_configuration().data_directory.catalog)\n"
        "print(sorted({'traitlets', 'sqlalchemy', 'alembic', 'tornado', 'asyncio'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"JUPYTER_NO_CONFIG": "1", "JUPYTER_DATA_DIR": "/data", "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.stdout.splitlines() == ["/data/repro/catalog.sqlite", "[]"]
