"""What is asked wrongly ends with 2, says what was wrong, and leaves standard output alone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro.cli.main import run

if TYPE_CHECKING:
    from tests.conftest import Repro

WRONG = [
    ("no-such-command",),
    ("log", "--no-such-option"),
    ("log", "-n", "many"),
    ("log", "-n", "-1"),
    ("log", "--branch", "main", "--all"),
    ("cat", "@"),
    ("restore",),
    ("recreate", "@"),
    ("switch",),
    ("diff", "a", "b", "c"),
    ("branch", "one", "--delete", "two"),
    ("branch", "--rename", "one"),
    ("tag", "one", "--delete", "two"),
    ("init", "--moved", "--copy"),
    ("completion", "tcsh"),
    ("purge", "a"),
    ("track", "a"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_command_line_ends_with_2(
    words: tuple[str, ...],
    data_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0].startswith("Usage: jupyter-repro")
    assert lines[-1].startswith("jupyter-repro: ")
    assert lines[-1].endswith(("--help'.", "?"))


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chekpoint"]) == 2
    assert "Did you mean 'checkpoint'?" in capsys.readouterr().err


def test_nothing_asked_shows_the_help_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "checkpoint" in said.err


def test_a_command_line_with_control_characters_is_answered_without_them(repro: Repro) -> None:
    said = repro("log", b"--\x1b[31m\xff", code=2)
    assert "\x1b" not in said.err
    assert "[31m" in said.err


def test_outside_a_workspace_one_sentence_says_so(repro: Repro) -> None:
    said = repro("status", code=1)
    assert said.out == b""
    assert said.err.startswith("jupyter-repro: ")
    assert said.err.count("\n") == 1
    assert "init" in said.err


def test_with_json_an_error_is_the_same_sentence_and_standard_output_stays_empty(repro: Repro) -> None:
    assert repro("status", "--json", code=1) == repro("status", "--json", code=1)
    said = repro("status", "--json", code=1)
    assert said.out == b""
    assert said.err == repro("status", code=1).err


@pytest.mark.parametrize("words", [("--debug", "status"), ("status", "--debug")])
def test_a_traceback_is_shown_only_to_who_asks(repro: Repro, words: tuple[str, ...]) -> None:
    assert "Traceback" not in repro("status", code=1).err
    assert "Traceback" in repro(*words, code=1).err
    assert "Traceback" in repro("status", code=1, env={"JUPYTER_REPRO_DEBUG": "1"}).err
    assert "Traceback" not in repro("status", code=1, env={"JUPYTER_REPRO_DEBUG": "0"}).err


def test_a_directory_that_is_not_there_is_named(repro: Repro) -> None:
    said = repro("-C", "nowhere/at all", "status", code=1)
    assert said.err == "jupyter-repro: No such file or directory: nowhere/at all. Check the path.\n"


def test_a_store_whose_url_lacks_a_stroke_is_no_folder_of_that_name(repro: Repro) -> None:
    for mistaken in ("s3:/bucket/folder", "S3:bucket", "file:/tmp/there", "az:x"):
        assert "is no URL of a store" in repro("init", "--store", mistaken, code=2).err
        assert not list(repro.cwd.iterdir())
    repro("init", "--store", "./s3:/bucket")
    assert (repro.cwd / "s3:" / "bucket" / "repro.json").is_file()


def test_what_lies_in_the_way_is_told_with_what_to_do(repro: Repro) -> None:
    (repro.cwd / "dangling").symlink_to("nowhere")
    said = repro("init", "dangling", code=1).err
    assert said.startswith("jupyter-repro: File exists: ")
    assert said.endswith("Something else is there: give another name, or move it away.\n")


@pytest.mark.parametrize("ago", ["99999999999 years", "10000000 years", "9" * 6000 + " seconds", "3000 years"])
def test_no_time_is_too_long_ago_to_be_understood(repro: Repro, ago: str) -> None:
    repro("init")
    repro("checkpoint", "--allow-empty")
    assert "does not reach back that far" in repro("show", f"@{{{ago} ago}}", code=1).err


def test_a_limit_on_processes_is_told_as_one(
    data_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("a")

    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")  # what Python says; no such limit holds for root

    assert run(["init"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        assert run(["checkpoint"]) == 1
    assert capsys.readouterr().err.startswith("jupyter-repro: The system allows you no more processes and threads.")
    assert run(["checkpoint"]) == 0
