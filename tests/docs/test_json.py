"""What ``--json`` prints has the keys and kinds of values that the documentation shows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro.cli.commands import COMMANDS
from tests.docs.pages import section

if TYPE_CHECKING:
    from tests.conftest import Repro


def documents(command: str) -> list[object]:
    """The examples that the page shows of a command's output."""
    blocks = re.findall(r"^```json\n(.*?)^```", section("json.md", command), re.MULTILINE | re.DOTALL)
    assert blocks, f"docs/reference/json.md shows no document of {command}"
    return [json.loads(block) for block in blocks]


def fits(value: object, shown: object, may_be_null: bool) -> bool:
    """Whether ``value`` has the shape of the example ``shown``. Examples are filled, so that nothing goes unchecked."""
    if isinstance(shown, dict):
        # An empty object in an example stands for keys that are the user's own.
        if not isinstance(value, dict) or (shown and set(value) != set(shown)):
            return isinstance(value, dict) and not shown
        return all(fits(value[key], shown[key], may_be_null) for key in shown)
    if isinstance(shown, list):
        return isinstance(value, list) and all(fits(item, shown[0], may_be_null) for item in value)
    return type(value) is type(shown) or (value is None and may_be_null)


def test_a_wrong_document_does_not_fit() -> None:
    shown = {"a": 1, "b": [{"c": "x"}], "d": True}
    assert fits({"a": 2, "b": [], "d": False}, shown, False)
    assert not fits({"a": 2, "b": []}, shown, False)
    assert not fits({"a": True, "b": [], "d": False}, shown, False)
    assert not fits({"a": None, "b": [], "d": False}, shown, False)
    assert fits({"a": None, "b": [], "d": False}, shown, True)
    assert not fits({"a": 2, "b": [{"c": "x", "e": 1}], "d": False}, shown, False)
    assert not fits([], shown, False)


def story(repro: Repro, place: Path) -> Iterator[tuple[str, object]]:
    """A life of a workspace in which every command prints a document."""

    def asked(*words: str | Path, code: int = 0) -> tuple[str, object]:
        return str(words[0]), repro.json(*words, code=code)

    work = repro.cwd
    yield asked("init", "--project", "story")
    yield asked("status")
    for name in ("same", "renamed", "gone", "secret"):
        (work / name).write_text(f"{name}\n" * 40)
    (work / "link").symlink_to("same")
    yield asked("checkpoint", "-m", "first")
    (work / "same").write_text("no longer\n")
    (work / "renamed").rename(work / "moved")
    (work / "gone").unlink()
    (work / "new").write_text("new\n")
    yield asked("status")
    yield asked("status", "--ignored")
    yield asked("diff", "@")
    yield asked("checkpoint", "-m", "second")
    yield asked("checkpoint")
    yield asked("log")
    yield asked("show", "@")
    yield asked("ls", "@")
    yield asked("cat", "@", "new")
    yield asked("restore", "@~1", "gone")
    yield asked("recreate", "@", place / "recreated")
    yield asked("branch")
    yield asked("branch", "one")
    yield asked("branch", "--rename", "one", "two")
    (work / "unsaved").write_text("unsaved\n")
    yield asked("switch", "two")
    yield asked("switch", "main")
    yield asked("branch", "--delete", "two")
    yield asked("tag", "first", "@~2")
    yield asked("tag")
    yield asked("tag", "--delete", "first")
    yield asked("projects")
    yield asked("workspaces")
    yield asked("sessions")
    (place / "external").write_text("external\n")
    yield asked("track", place / "external", "external")
    yield asked("export", place / "story.repro")
    yield asked("import", place / "story.repro", "--name", "copy")
    if shutil.which("git"):
        yield asked("export-git", place / "git")
        yield asked("import-git", place / "git")
    yield asked("env", "create", "here", "--engine", "host", "--user", "ana", "--visibility", "shared")
    yield asked("env", "edit", "here", "--variable", "A=1", "-m", "a variable")
    yield asked("env", "build", "here")
    yield asked("env", "list")
    yield asked("env", "show", "here")
    yield asked("env", "log", "here")
    yield asked("env", "use", "here")
    yield asked("checkpoint", "--allow-empty")
    yield asked("restore", "@", "--environment")
    yield asked("recreate", "@", place / "recreated with its software")
    yield asked("env", "use", "--none")
    yield asked("env", "duplicate", "here", "other")
    yield asked("env", "archive", "other")
    yield asked("env", "gc")
    yield asked("env", "snapshot")
    yield asked("env", "diff", "@~1", "@")
    yield asked("env", "diff", "here@1", "here@2")
    yield asked("env", "run", "true")
    yield asked("env", "restrict", "here@1")
    yield asked("env", "restrict", "--none")
    yield asked("purge", "secret", "--reason", "a test", "--yes")
    yield asked("purge", "secret", "--allow-again")
    yield asked("thin", "--yes")
    yield asked("gc")
    yield asked("verify")
    yield asked("du")
    yield asked("audit")
    yield asked("rebuild")
    yield asked("completion", "bash")
    yield asked("completion", "bash", "--install")


def test_what_is_printed_is_what_is_documented(repro: Repro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    seen = set()
    for command, document in story(repro, tmp_path):
        seen.add(command)
        may_be_null = re.search(r"\bnull\b", section("json.md", command)) is not None
        assert any(fits(document, shown, may_be_null) for shown in documents(command)), (command, document)
    assert seen == set(COMMANDS) - (set() if shutil.which("git") else {"export-git", "import-git"})
