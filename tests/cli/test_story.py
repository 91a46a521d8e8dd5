"""The whole story with the real executable: protect, checkpoint, look, damage, restore, recreate, with every shape."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from blake3 import blake3

if TYPE_CHECKING:
    from tests.conftest import Repro

HEX = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
ODD = b"odd\n\xff\x1b[31m.bin"
ODD_TEXT = os.fsdecode(ODD)


def _fill(folder: Path) -> None:
    (folder / "notes.md").write_text("one\ntwo\n")
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("a,b\n1,2\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("data/table.csv")
    (folder / "empty").mkdir()
    Path(os.fsdecode(bytes(folder) + b"/" + ODD)).write_bytes(bytes(range(256)))


def _snapshot(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.split("/", maxsplit=1)[0] == ".repro":
            continue
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_dir():
            found[name] = "directory"
        else:
            found[name] = (path.stat().st_mode & 0o777, path.read_bytes())
    return found


def test_from_init_to_recreate(repro: Repro, tmp_path: Path) -> None:
    work = repro.cwd
    _fill(work)
    made = repro.json("init", "--project", "story")
    assert set(made) == {"project", "workspace", "branch", "path"}
    assert made["branch"] == "main"
    assert made["path"] == str(work)

    # Before the first checkpoint everything is new.
    status = repro.json("status")
    assert set(status) == {"branch", "commit", "environment", "added", "modified", "deleted", "renamed"}
    assert (status["commit"], status["environment"]) == (None, None)
    assert {"notes.md", "data/table.csv", "run.sh", "link", ODD_TEXT} <= set(status["added"])

    first = repro.json("checkpoint", "-m", "first")
    assert set(first) == {"commit", "created", "added", "modified", "deleted", "skipped"}
    assert HEX.fullmatch(first["commit"])
    assert (first["created"], first["added"], first["modified"], first["deleted"], first["skipped"]) == (
        True,
        5,
        0,
        0,
        [],
    )
    again = repro.json("checkpoint")
    assert (again["created"], again["commit"], again["added"]) == (False, first["commit"], 0)
    before = _snapshot(work)

    (work / "notes.md").write_text("one\ntwo\nthree\n")
    (work / "data" / "table.csv").rename(work / "data" / "renamed.csv")
    (work / "run.sh").unlink()
    (work / "new.txt").write_text("new\n")
    status = repro.json("status")
    assert (status["branch"], status["commit"]) == ("main", first["commit"])
    assert (status["added"], status["modified"], status["deleted"]) == (["new.txt"], ["notes.md"], ["run.sh"])
    assert status["renamed"] == [["data/table.csv", "data/renamed.csv"]]

    expected = [
        {"path": "data/renamed.csv", "change": "renamed", "old_path": "data/table.csv"},
        {"path": "new.txt", "change": "added", "old_path": None},
        {"path": "notes.md", "change": "modified", "old_path": None},
        {"path": "run.sh", "change": "deleted", "old_path": None},
    ]
    assert repro.json("diff", "@") == expected
    second = repro.json("checkpoint", "-m", "second\n\nwith more to say")
    assert (second["added"], second["modified"], second["deleted"]) == (2, 1, 2)
    assert repro.json("diff", "@~1", "@") == expected
    assert repro.json("diff", "@~1", "@", "--", "notes.md", "data") == [expected[0], expected[2]]
    assert repro.json("diff", "@", "@") == []
    text = repro("diff", "@~1", "@", "--", "notes.md").text
    assert "+three\n" in text
    assert "@@ -1,2 +1,3 @@" in text

    log = repro.json("log")
    fields = {
        "commit", "parents", "branch", "author", "time", "message", "kind", "session", "added", "modified", "deleted",
        "software_changed",
    }  # fmt: skip
    assert [set(commit) for commit in log] == [fields, fields]
    assert [commit["commit"] for commit in log] == [second["commit"], first["commit"]]
    assert log[0]["parents"] == [first["commit"]]
    assert log[1]["parents"] == []
    assert (log[0]["message"], log[0]["branch"], log[0]["kind"]) == ("second\n\nwith more to say", "main", "checkpoint")
    assert all(TIME.fullmatch(commit["time"]) and isinstance(commit["session"], str) for commit in log)
    assert [commit["commit"] for commit in repro.json("log", "-n", "1")] == [second["commit"]]
    assert [commit["commit"] for commit in repro.json("log", "--path", "run.sh")] == [second["commit"], first["commit"]]
    assert [commit["commit"] for commit in repro.json("log", "--path", "link")] == [first["commit"]]

    listed = {one["path"]: one for one in repro.json("ls", first["commit"][:6])}
    assert all(set(one) == {"path", "type", "size", "mode", "hash"} for one in listed.values())
    assert listed["run.sh"]["mode"] & 0o777 == 0o755
    assert (listed["link"]["type"], listed["data"]["type"], listed["empty"]["type"]) == (
        "symlink",
        "directory",
        "directory",
    )
    assert listed[ODD_TEXT]["size"] == 256
    assert listed[ODD_TEXT]["hash"] == blake3(bytes(range(256))).hexdigest()
    assert [one["path"] for one in repro.json("ls", "@~1", "data")] == ["data/table.csv"]
    assert "data/table.csv" not in [one["path"] for one in repro.json("ls", "@~1", "--flat")]

    assert repro("cat", "@~1", ODD).out == bytes(range(256))
    assert repro("cat", "@~1", "run.sh").out == b"#!/bin/sh\n"
    shown = repro.json("show", "@")
    assert shown["changes"] == expected
    assert shown["branches"] == ["main"]

    # One path comes back, the rest stays; then everything, and the undo that was printed takes it back.
    one = repro.json("restore", "@~1", "run.sh")
    assert set(one) == {"commit", "safety", "written", "removed", "undo"}
    assert (one["written"], one["removed"]) == (1, 0)
    assert (work / "run.sh").read_text() == "#!/bin/sh\n"
    assert (work / "new.txt").exists()
    (work / "unsaved.txt").write_text("not checkpointed yet")
    damaged = _snapshot(work)
    done = repro.json("restore", first["commit"])
    assert _snapshot(work) == before
    undo = done["undo"].split()
    assert undo[0] == "jupyter-repro"
    repro(*undo[1:])
    assert _snapshot(work) == damaged

    # The directory is lost altogether.
    shutil.rmtree(work)
    work.mkdir()
    copy = tmp_path / "recreated"
    recreated = repro.json("recreate", first["commit"], copy, "--project", "story", "--branch", "rescue")
    assert set(recreated) == {"project", "workspace", "branch", "path", "commit", "environment"}
    assert recreated["project"] == made["project"]
    assert (recreated["branch"], recreated["path"], recreated["commit"]) == ("rescue", str(copy), first["commit"])
    assert _snapshot(copy) == before
    assert repro.json("status", cwd=copy) == {
        "branch": "rescue", "commit": first["commit"], "environment": None,
        "added": [], "modified": [], "deleted": [], "renamed": [],
    }  # fmt: skip
    verified = repro.json("verify", cwd=copy)
    assert set(verified) == {"ok", "objects", "damaged", "purged"}
    assert verified["ok"] is True
    assert verified["damaged"] == []
    assert verified["objects"] > 0


def test_a_lost_directory_is_listed_as_gone_and_its_project_can_be_named(repro: Repro, tmp_path: Path) -> None:
    repro("init", "--project", "lost")
    (repro.cwd / "a").write_text("kept")
    repro("checkpoint")
    shutil.rmtree(repro.cwd)
    projects = repro.json("projects", cwd=tmp_path)
    assert [(one["name"], set(one)) for one in projects] == [("lost", {"project", "name", "store"})]
    (place,) = repro.json("workspaces", cwd=tmp_path)
    assert set(place) == {
        "workspace", "project", "project_name", "path", "branch", "commit", "present", "last_used",
    }  # fmt: skip
    assert (place["path"], place["present"], place["project_name"]) == (str(repro.cwd), False, "lost")
    assert "(gone)" in repro("workspaces", cwd=tmp_path).text
    assert repro("cat", "main", "a", "--project", "lost", cwd=tmp_path).out == b"kept"
    (session,) = repro.json("sessions", "--project", "lost", cwd=tmp_path)
    assert set(session) == {"session", "start", "last", "host", "user", "workspace", "branch", "checkpoints"}
    assert session["checkpoints"] == 1


def test_a_project_travels_in_one_file(repro: Repro, tmp_path: Path) -> None:
    repro("init", "--project", "travels")
    (repro.cwd / "a").write_text("a")
    commit = repro.json("checkpoint")["commit"]
    repro("tag", "v1")
    file = tmp_path / "travels.repro"
    done = repro.json("export", file)
    assert done == {"path": str(file), "bytes": file.stat().st_size, "commits": 1}
    made = repro.json("import", file, "--name", "arrived")
    assert set(made) == {"project", "name", "commits", "branches"}
    assert (made["name"], made["commits"], made["branches"]) == ("arrived", 1, ["main"])
    assert repro("cat", "v1", "a", "--project", "arrived").out == b"a"
    assert repro.json("log", "--project", "arrived")[0]["commit"] == commit


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_history_goes_into_git_and_comes_back(repro: Repro, tmp_path: Path) -> None:
    repro("init")
    (repro.cwd / "a").write_text("one\n")
    repro("checkpoint", "-m", "first")
    (repro.cwd / "a").write_text("two\n")
    repro("checkpoint", "-m", "second")
    place = tmp_path / "in git"
    assert repro.json("export-git", place) == {"path": str(place), "commits": 2, "branches": 1, "tags": 0}
    said = repro("export-git", tmp_path / "again").text
    hint = said.splitlines()[-1].partition(": ")[2]
    subprocess.run(hint, shell=True, check=True, capture_output=True)
    assert (tmp_path / "again" / "a").read_text() == "two\n"
    done = repro.json("import-git", place)
    assert set(done) == {"commits", "branches", "tags", "skipped"}
    assert (done["commits"], done["branches"], done["tags"], done["skipped"]) == (2, ["main-git"], [], [])
    assert [commit["message"] for commit in repro.json("log", "--branch", "main-git")] == ["second", "first"]
    assert repro("cat", "main-git~1", "a").out == b"one\n"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_history_from_git_leaves_a_new_workspace_its_branch(repro: Repro, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", origin], check=True)
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *author, "commit", "--quiet", "--allow-empty", "-m", "old"], cwd=origin, check=True)
    repro("init")
    assert repro.json("import-git", origin)["branches"] == ["main-git"]
    (repro.cwd / "a").write_text("new\n")
    made = repro.json("checkpoint", "-m", "first")
    (commit,) = repro.json("log")
    assert (commit["commit"], commit["branch"]) == (made["commit"], "main")


def test_external_data_is_tracked_with_its_origin(repro: Repro, tmp_path: Path) -> None:
    repro("init")
    inner = repro.cwd / "data"
    inner.mkdir()
    (tmp_path / "outside.csv").write_text("1,2\n")
    done = repro.json("track", tmp_path / "outside.csv", "here.csv", cwd=inner)
    assert set(done) == {"paths", "bytes", "origin", "commit"}
    assert (done["paths"], done["bytes"], done["origin"]) == (["data/here.csv"], 4, str(tmp_path / "outside.csv"))
    assert repro("cat", done["commit"], "data/here.csv").out == b"1,2\n"


def test_a_moved_and_a_copied_directory_are_told_apart(repro: Repro, tmp_path: Path) -> None:
    made = repro.json("init")
    (repro.cwd / "a").write_text("a")
    repro("checkpoint")
    shutil.copytree(repro.cwd, tmp_path / "copy")
    said = repro("status", cwd=tmp_path / "copy", code=1).err
    assert "--moved" in said
    assert "--copy" in said
    copied = repro.json("init", tmp_path / "copy", "--copy")
    assert copied["workspace"] != made["workspace"]
    assert copied["branch"] != made["branch"]
    assert repro.json("status", cwd=tmp_path / "copy")["added"] == []
