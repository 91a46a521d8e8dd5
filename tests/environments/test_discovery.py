"""A workspace that says what it needs is understood, and what cannot be used is explained."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.environments.discovery import discover
from jupyter_repro.verbs import environments


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    assert discover(tmp_path) == []
    (tmp_path / "requirements.txt").write_text("# only a remark\n\n")
    (tmp_path / "pyproject.toml").write_text("[tool.x]\n")
    (tmp_path / "binder").write_text("not a folder")
    (tmp_path / "environment.yml").mkdir()
    assert discover(tmp_path) == []


def test_requirements_and_the_binder_folder_which_outweighs(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("# data\npandas>=3\n\nshap\n")
    (tmp_path / "binder").mkdir()
    (tmp_path / "binder" / "requirements.txt").write_text("six\n")
    (tmp_path / "binder" / "runtime.txt").write_text("python-3.11\n")
    first, second = discover(tmp_path)
    assert (first.path, first.requirements) == ("binder/requirements.txt", 1)
    assert first.definition is not None
    assert (first.definition.python, first.definition.requirements) == ("3.11", "six\n")
    assert (second.path, second.requirements) == ("requirements.txt", 2)
    assert second.definition is not None
    assert second.definition.requirements == "# data\npandas>=3\n\nshap\n"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no reader of TOML")
def test_pyproject(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "x"\nrequires-python = "==3.12.*"\ndependencies = ["six", "shap>1"]\n')
    (found,) = discover(tmp_path)
    assert found.definition is not None
    assert (found.definition.python, found.definition.requirements) == ("3.12", "six\nshap>1\n")
    file.write_text("[project\n")
    assert discover(tmp_path) == []


@pytest.mark.parametrize("name", ["environment.yml", "environments.yml"])
def test_conda_is_recognized_and_said_not_to_be_there(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("name: x\ndependencies:\n  - python=3.11\n  - numpy\n")
    (found,) = discover(tmp_path)
    assert (found.path, found.engine, found.requirements, found.definition) == (name, "conda", 2, None)
    assert "does not have" in found.problem


def test_what_needs_other_files_is_explained(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-e .\nsix\n")
    (found,) = discover(tmp_path)
    assert found.definition is None
    assert "stand alone" in found.problem


def test_hostile_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "pyproject.toml").write_bytes(b"x" * (2 * 1024 * 1024))
    assert discover(tmp_path) == []


def test_an_environment_is_made_from_what_was_found(opened: verbs.Opened, library: environments.Library) -> None:
    (opened.workspace.root / "requirements.txt").write_text("six==1.16.0\n")
    (found,) = environments.discovered(opened)
    assert found.definition is not None
    made = environments.create(library, "from-file", found.definition)
    assert library.show(made.name).revision(1).definition == found.definition
