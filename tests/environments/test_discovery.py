"""A workspace that says what it needs is understood, and what cannot be used is explained."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.discovery import definition_of_file, discover
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


@pytest.mark.parametrize("name", ["environment.yml", "binder/environment.yml", "environments.yml", "environment.yaml"])
def test_conda_is_recognized(tmp_path: Path, name: str) -> None:
    text = "name: x\nchannels: [lab]\ndependencies:\n  - python=3.11\n  - numpy\n  - pip:\n    - six\n"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    (found,) = discover(tmp_path)
    assert (found.path, found.engine, found.requirements, found.name, found.problem) == (name, "conda", 3, "x", "")
    assert found.definition is not None
    assert found.definition.conda == text
    assert definition_of_file(str(tmp_path / name)) == found.definition


def test_it_outweighs_requirements_in_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "environment.yml").write_text("dependencies: [python]\n")
    assert [one.path for one in discover(tmp_path)] == ["environment.yml", "requirements.txt"]


def test_several_environments_in_one_file(tmp_path: Path) -> None:
    file = tmp_path / "environments.yml"
    file.write_text(
        "# ours\n---\nname: a\ndependencies: [python]\n--- # second\nname: b\ndependencies: [r-base]\n---\n"
    )
    first, second = discover(tmp_path)
    assert (first.path, first.name, second.path, second.name) == ("environments.yml#a", "a", "environments.yml#b", "b")
    assert second.definition is not None
    assert definition_of_file(str(file), "b") == second.definition
    assert definition_of_file(f"{file}#b", "a") == second.definition
    with pytest.raises(errors.InvalidRequest, match=r"environments a, b\. Choose one: .*environments\.yml#a"):
        definition_of_file(str(file), "c")
    with pytest.raises(errors.InvalidRequest, match="environments a, b"):
        definition_of_file(f"{file}#c")


def test_requirements_that_a_pip_section_names_are_taken_in(tmp_path: Path) -> None:
    text = "dependencies:\n  - python\n  - pip:\n      - -r more.txt  # the others\n      - attrs\n"
    (tmp_path / "environment.yml").write_text(text)
    (found,) = discover(tmp_path)
    assert found.definition is None
    assert "'more.txt', which is no file of requirements beside it" in found.problem
    (tmp_path / "more.txt").write_text("six==1.16.0\n# note\nsh")
    (found,) = discover(tmp_path)
    assert found.definition is not None
    assert found.definition.requirements == "six==1.16.0\n# note\nsh\n"
    assert "more.txt" not in found.definition.conda
    assert found.requirements == 4
    (tmp_path / "environment.yml").write_text(text.replace("more.txt", "../../../../etc/hostname"))
    (found,) = discover(tmp_path)
    assert "beside it" in found.problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "a list"),
        ("name: x\n", "needs an environment.yml with dependencies"),
        ("dependencies: [python, 3.1]\n", r"dependencies\[1\] stands a number"),
        ("dependencies: [python, npm: [x]]\n", "section 'npm'"),
        ("dependencies: [python, pip: [-e .]]\n", "Line 1 of the pip section .* stand alone"),
        ("dependencies: ['https://host/noarch/a-1-0.conda']\n", "address of one package"),
        ("dependencies: ['>=1']\n", "does not begin with the name"),
        ("dependencies: [python]\nchannels: ['https://me:pw@host/x']\n", "password or a token"),
        ("dependencies: [python]\nchannels: ['https://host/t/abc-123/x']\n", "password or a token"),
        ("dependencies: [python]\nchannels: [./here]\n", "cannot be a channel"),
        ("dependencies: [python]\nvariables: {API_TOKEN: abc}\n", "looks like a secret"),
        ("dependencies: [python]\nvariables: {A: [1]}\n", "a list"),
        ("a: &x [1]\nb: [*x, *x]\n", "anchors"),
        ("a: !!python/object:x 1\n", "tags"),
        ("dependencies: " + "[" * 5000, "more than|too deeply"),
        ("".join(f"{' ' * depth}a:\n" for depth in range(600)), "nested|needs an environment"),
        ("x: [", "no YAML"),
        ("dependencies: [python]\nname: " + "x" * 300_000, "more than"),
    ],
)
def test_what_cannot_be_meant_is_explained_and_hurts_nobody(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "environment.yml").write_text(text)
    (found,) = discover(tmp_path)
    assert found.definition is None
    assert re.search(said, found.problem), found.problem
    assert "pw@" not in found.problem
    with pytest.raises(errors.InvalidDefinition):
        definition_of_file(str(tmp_path / "environment.yml"))


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
