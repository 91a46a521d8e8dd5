"""``env snapshot`` and ``env diff``: from the verbs and from the command line; the badge of the history."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import EnvironmentUnknown, InvalidRequest
from jupyter_repro.verbs import environments
from tests.environments.installing import install, make_venv, site_packages

if TYPE_CHECKING:
    from tests.conftest import Repro


@pytest.fixture
def folder(tmp_path: Path, workspace_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where packages are installed for the workspace, which has two checkpoints already: thing 1.0, and thing 1.1."""
    python = make_venv(tmp_path / "env")
    monkeypatch.setenv("VIRTUAL_ENV", str(python.parents[1]))
    folder = site_packages(python)
    verbs.init(workspace_dir)
    with verbs.open_workspace(workspace_dir) as opened:
        old = install(folder, "thing", "1.0")
        verbs.checkpoint(opened, "first")
        shutil.rmtree(old)
        install(folder, "thing", "1.1")
        assert verbs.checkpoint(opened, "second").created
    return folder


def test_two_commits_and_now(workspace_dir: Path, folder: Path) -> None:
    install(folder, "other", "2")
    with verbs.open_workspace(workspace_dir) as opened:
        past = environments.compare(opened, "@~1", "@")
        assert [(one.name, one.change, one.old, one.new) for one in past.changes] == [
            ("thing", "upgraded", "1.0", "1.1")
        ]
        today = environments.compare(opened)
        assert [(one.name, one.change) for one in today.changes] == [("other", "added")]
        assert environments.compare(opened, "@~1", text="oth").changes == today.changes


def test_the_badge_says_what_changed(workspace_dir: Path, folder: Path) -> None:
    (workspace_dir / "file").write_text("x")
    with verbs.open_workspace(workspace_dir) as opened:
        verbs.checkpoint(opened, "third")
        commits = verbs.log(opened)
        badges = environments.software_badges(opened, commits)
        assert {badges[commit.id].summary for commit in commits if commit.id in badges} == {"thing 1.0 → 1.1"}
        assert list(badges) == [commits[1].id]
        assert environments.software_badges(opened, commits[1:2]).keys() == badges.keys()


def test_what_was_not_recorded_is_said_plainly(workspace_dir: Path) -> None:
    verbs.init(workspace_dir)
    with verbs.open_workspace(workspace_dir) as opened:
        opened.workspace.describe = None
        verbs.checkpoint(opened, allow_empty=True)
        with pytest.raises(EnvironmentUnknown, match="does not say what was installed"):
            environments.snapshot(opened, "@")
        project = opened.project.name
    with verbs.open_project(project) as history, pytest.raises(InvalidRequest, match="asked in a workspace"):
        environments.snapshot(history)


def test_the_command_line(repro: Repro, folder: Path) -> None:
    install(folder, "other", "2")
    assert "thing" in repro("env", "snapshot", "@", "--filter", "thing").text
    lines = [line.split() for line in repro("env", "diff").text.splitlines()]
    assert lines == [["ecosystem", "name", "@", "now", "change"], ["python", "other", "-", "2", "added"]]
    for asked in (repro("env", "diff", "@~1", "@", "--json"), repro("env", "--json", "diff", "@~1", "@")):
        document = asked.json
        assert isinstance(document, dict)
        assert document["changes"] == [
            {"ecosystem": "python", "name": "thing", "change": "upgraded", "old": "1.0", "new": "1.1"}
        ]
    assert repro("env", "diff", "@", "@").err == "The same software is installed.\n"


def test_a_wrong_word_is_answered_with_the_right_one(repro: Repro) -> None:
    assert "Did you mean 'snapshot'?" in repro("env", "snapshto", code=2).err
    assert "Usage: jupyter-repro env" in repro("env", "--help").text


def test_a_checkpoint_of_software_alone_says_so(repro: Repro, folder: Path) -> None:
    install(folder, "other", "2")
    assert repro("checkpoint").text.endswith("on main: installed software changed (+ other).\n")
