"""Tab completes commands, revisions and paths in the shells that people use, after one command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import verbs
from jupyter_repro.cli.completion_scripts import SHELLS, installation
from tests.cli.terminal import terminal

if TYPE_CHECKING:
    from tests.conftest import Repro

PROMPT = r"[#$%>] "


def _need(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not on this machine")
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repro: Repro) -> Path:
    """A home directory of its own, and the executables found as they are after `pip install`."""
    place = tmp_path / "home of 'me'"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("PATH", f"{repro.executable.parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    return place


@pytest.fixture
def history(repro: Repro) -> Repro:
    """A workspace with two commits, a branch and a tag."""
    verbs.init(repro.cwd)
    folder = repro.cwd / "data of old"
    folder.mkdir()
    (folder / "table.csv").write_text("a,b\n")
    (repro.cwd / "notes.md").write_text("one\n")
    with verbs.open_workspace(repro.cwd) as workspace:
        verbs.checkpoint(workspace, "first")
        (repro.cwd / "notes.md").write_text("two\n")
        verbs.checkpoint(workspace, "second")
        verbs.create_branch(workspace, "try-shap")
        verbs.create_tag(workspace, "paper-v1")
    return repro


def _propose(repro: Repro, line: str) -> list[str]:
    done = subprocess.run(
        [str(repro.executable)],
        cwd=repro.cwd,
        env={**os.environ, "_JUPYTER_REPRO_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": "-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [answer.partition(",")[2] for answer in done.stdout.splitlines() if answer]


def test_commands_and_options_are_proposed(repro: Repro) -> None:
    assert _propose(repro, "jupyter-repro ex") == ["export", "export-git"]
    assert "--skip-unreadable" in _propose(repro, "jupyter-repro checkpoint --")


def test_revisions_are_proposed(history: Repro) -> None:
    newest = [str(commit["commit"])[:12] for commit in history.json("log")]
    found = _propose(history, "jupyter-repro restore ''")
    assert {"main", "try-shap", "paper-v1", "@", *newest} == set(found)
    assert _propose(history, "jupyter-repro show pap") == ["paper-v1"]
    assert _propose(history, "jupyter-repro switch t") == ["try-shap"]
    assert _propose(history, "jupyter-repro tag --delete ''") == ["paper-v1"]


def test_paths_of_the_commit_are_proposed_as_seen_from_here(history: Repro) -> None:
    assert _propose(history, "jupyter-repro cat @~1 ''") == ["data of old/", "notes.md"]
    assert _propose(history, "jupyter-repro cat @ 'data of old/t") == ["data of old/table.csv"]
    above = str(history.cwd.parent)
    line = f"jupyter-repro -C '{history.cwd}/data of old' cat @ ''"
    assert _propose(history.__class__(history.executable, Path(above)), line) == ["table.csv"]


def test_projects_are_proposed(history: Repro) -> None:
    assert history.cwd.name in _propose(history, "jupyter-repro log --project ''")


def test_outside_a_workspace_nothing_is_proposed_and_nothing_said(repro: Repro) -> None:
    assert _propose(repro, "jupyter-repro restore ''") == []
    assert _propose(repro, "jupyter-repro cat @ ''") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_can_be_printed_and_is_what_gets_installed(repro: Repro, home: Path, shell: str) -> None:
    printed = repro("completion", shell).text
    assert repro.json("completion", shell) == {"shell": shell, "script": printed}
    target = installation(shell, home, {})
    assert repro.json("completion", shell, "--install") == {"shell": shell, "path": str(target.script), "changed": True}
    assert target.script.read_text() == printed
    assert repro.json("completion", shell, "--install")["changed"] is False


def test_installing_keeps_the_start_up_file_and_adds_one_line_once(repro: Repro, home: Path) -> None:
    before = b"# mine \xff\nalias ll='ls -l'"
    (home / ".bashrc").write_bytes(before)
    repro("completion", "--install", env={"SHELL": "/bin/bash"})
    once = (home / ".bashrc").read_bytes()
    assert once.startswith(before + b"\n")
    assert once.count(b"\n") == before.count(b"\n") + 2
    repro("completion", "--install", env={"SHELL": "/bin/bash"})
    assert (home / ".bashrc").read_bytes() == once


def test_an_unknown_shell_is_asked_for_by_name(repro: Repro, home: Path) -> None:
    said = repro("completion", code=2, env={"SHELL": "/bin/tcsh"})
    assert "completion zsh" in said.err


def test_a_home_that_cannot_be_written_is_named(repro: Repro, home: Path) -> None:
    (home / ".local").write_text("a file in the way")
    said = repro("completion", "bash", "--install", code=1)
    assert ".local" in said.err
    assert not (home / ".bashrc").exists()


@pytest.mark.parametrize("program", ["jupyter-repro", "jupyter repro"])
def test_bash_completes_after_one_command(history: Repro, home: Path, program: str) -> None:
    bash = _need("bash")
    history("completion", "bash", "--install")
    with terminal([bash, "-i"], cwd=history.cwd, columns=400) as shell:
        shell.wait_for(PROMPT)
        shell.type(f"{program} checkp\t")
        shell.wait_for("checkpoint ")
        shell.type("\x15")
        shell.type(f"{program} cat @~1 da\t")
        shell.wait_for(r"ta\\ of\\ old/")
        shell.type("t\t")
        shell.wait_for(r"able.csv ")
        shell.type("\x15exit\r")
        shell.finish()


@pytest.mark.parametrize("program", ["jupyter-repro", "jupyter repro"])
def test_zsh_completes_after_one_command(history: Repro, home: Path, program: str) -> None:
    zsh = _need("zsh")
    history("completion", "zsh", "--install")
    # A person's own zsh start-up file asks questions on the first start where there is none; now there is one.
    with terminal([zsh, "-i"], cwd=history.cwd, columns=400) as shell:
        shell.wait_for(PROMPT)
        shell.type(f"{program} checkp\t")
        shell.wait_for("oint")
        shell.type("\x15")
        shell.type(f"{program} cat @~1 da\t")
        shell.wait_for(r"ta\\ of\\ old/")
        shell.type("\x15exit\r")
        shell.finish()


@pytest.mark.parametrize("program", ["jupyter-repro", "jupyter repro"])
def test_fish_completes_after_one_command(history: Repro, home: Path, program: str) -> None:
    fish = _need("fish")
    history("completion", "fish", "--install")

    def proposed(line: str) -> list[str]:
        done = subprocess.run(
            [fish, "-c", "complete -C $argv[1]", line], cwd=history.cwd, capture_output=True, text=True, check=True
        )
        return [answer.partition("\t")[0] for answer in done.stdout.splitlines()]

    assert proposed(f"{program} checkp") == ["checkpoint"]
    assert proposed(f"{program} switch try") == ["try-shap"]
    assert "data of old/" in [name.replace("\\", "") for name in proposed(f"{program} cat @~1 da")]
