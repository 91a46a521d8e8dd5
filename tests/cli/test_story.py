"""The whole story with the real executable: protect, checkpoint, look, damage, restore, recreate, with every shape."""

from __future__ import annotations

import json
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
    assert set(status) == {"branch", "commit", "added", "modified", "deleted", "renamed"}
    assert status["commit"] is None
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
        "branch": "rescue", "commit": first["commit"], "added": [], "modified": [], "deleted": [], "renamed": [],
    }  # fmt: skip
    verified = repro.json("verify", cwd=copy)
    assert set(verified) == {"ok", "objects", "damaged", "purged"}
    assert verified["ok"] is True
    assert verified["damaged"] == []
    assert verified["objects"] > 0


def test_branches_and_tags(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("1")
    first = repro.json("checkpoint")["commit"]
    (repro.cwd / "a").write_text("2")
    second = repro.json("checkpoint")["commit"]
    assert repro.json("branch", "old", "@~1") == {"name": "old", "commit": first}
    assert repro.json("branch") == [
        {"name": "main", "commit": second, "current": True, "held_by": str(repro.cwd)},
        {"name": "old", "commit": first, "current": False, "held_by": None},
    ]
    done = repro.json("switch", "old")
    assert set(done) == {"branch", "commit", "safety", "written", "removed", "undo"}
    assert (repro.cwd / "a").read_text() == "1"
    assert repro("branch").text.splitlines()[1].startswith("* old")
    repro(*done["undo"].split()[1:])
    assert (repro.cwd / "a").read_text() == "2"
    assert repro.json("branch", "--rename", "old", "older") == {"name": "older", "old_name": "old"}
    assert repro.json("branch", "--delete", "older") == {"name": "older", "commit": first}
    assert repro("cat", first[:8], "a").out == b"1"
    assert repro.json("tag", "v1", "@~1") == {"name": "v1", "commit": first}
    assert repro.json("tag") == [{"name": "v1", "commit": first}]
    assert repro("cat", "v1", "a").out == b"1"
    assert "tag v1" in repro("log").text
    assert repro.json("tag", "--delete", "v1") == {"name": "v1", "commit": first}
    assert repro.json("tag") == []
    assert "v1" in repro("tag", "--delete", "v1", code=1).err


def test_paths_are_meant_as_seen_from_here(repro: Repro) -> None:
    repro("init")
    inner = repro.cwd / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "deep").write_text("deep")
    (repro.cwd / "top").write_text("top")
    repro("checkpoint")
    assert repro("cat", "@", "deep", cwd=inner).out == b"deep"
    assert repro("cat", "@", "../../top", cwd=inner).out == b"top"
    assert repro("cat", "@", repro.cwd / "top", cwd=inner).out == b"top"
    assert repro("-C", "a", "cat", "@", "b/deep").out == b"deep"
    assert repro("--workspace", inner, "cat", "@", "deep", cwd=repro.cwd.parent).out == b"deep"
    (inner / "deep").write_text("changed")
    (repro.cwd / "top").write_text("changed")
    repro("restore", "@", ".", cwd=inner)
    assert (inner / "deep").read_text() == "deep"
    assert (repro.cwd / "top").read_text() == "changed"
    assert "outside the workspace" in repro("cat", "@", "../../../etc/passwd", cwd=inner, code=2).err
    assert "outside the workspace" in repro("cat", "@", "/etc/passwd", code=2).err


def test_a_path_in_the_place_of_a_commit_is_explained(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "notes.md").write_text("1")
    repro("checkpoint")
    said = repro("diff", "@", "notes.md", code=2).err
    assert "notes.md is a path" in said
    assert "'--'" in said


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


def test_ignored_files_are_listed_with_their_rule_when_asked_for(repro: Repro) -> None:
    repro("init")
    (repro.cwd / ".reproignore").write_text("*.tmp\n")
    (repro.cwd / "a.tmp").write_text("x")
    assert "ignored" not in repro.json("status")
    ignored = repro.json("status", "--ignored")["ignored"]
    assert [one["path"] for one in ignored if one["path"].endswith(".tmp")] == ["a.tmp"]
    assert all(one["rule"] for one in ignored)
    assert "a.tmp" in repro("status", "--ignored").text


def _powerless(*words: str | Path) -> list[str | Path]:
    """The command line, for root without the power to read every file."""
    if os.geteuid() != 0:
        return list(words)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root reads every file, and there is no setpriv to take that away")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search", *words]


def test_unreadable_files_stop_a_checkpoint_unless_skipped(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    (repro.cwd / "secret").write_text("s")
    (repro.cwd / "secret").chmod(0)
    words = _powerless(repro.executable, "checkpoint", "--json")
    done = subprocess.run(words, cwd=repro.cwd, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "secret" in done.stderr
    assert "--skip-unreadable" in done.stderr
    done = subprocess.run([*words, "--skip-unreadable"], cwd=repro.cwd, capture_output=True, text=True, check=True)
    (skipped,) = json.loads(done.stdout)["skipped"]
    assert skipped["path"] == "secret"
    assert skipped["reason"]


def test_what_is_no_file_is_skipped_by_name(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    os.mkfifo(repro.cwd / "pipe")
    done = repro.json("checkpoint")
    assert [(one["path"], set(one)) for one in done["skipped"]] == [("pipe", {"path", "reason"})]
    (repro.cwd / "a").write_text("b")
    assert "skipped pipe" in repro("checkpoint").err


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


def test_external_data_is_tracked_with_its_origin(repro: Repro, tmp_path: Path) -> None:
    repro("init")
    inner = repro.cwd / "data"
    inner.mkdir()
    (tmp_path / "outside.csv").write_text("1,2\n")
    done = repro.json("track", tmp_path / "outside.csv", "here.csv", cwd=inner)
    assert set(done) == {"paths", "bytes", "origin", "commit"}
    assert (done["paths"], done["bytes"], done["origin"]) == (["data/here.csv"], 4, str(tmp_path / "outside.csv"))
    assert repro("cat", done["commit"], "data/here.csv").out == b"1,2\n"


def test_the_audit_tells_who_did_what_to_what(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "secret").write_text("the password")
    first = repro.json("checkpoint")["commit"]
    (repro.cwd / "secret").write_text("changed")
    repro("restore", first[:12], "secret")
    repro("purge", "secret", "--reason", "a test", "--yes")
    found = repro.json("audit")
    assert [entry["action"] for entry in found][:2] == ["purge", "restore"]
    assert found[0]["subject"] == "secret"
    assert found[0]["details"]["reason"] == "a test"
    assert found[0]["author"]
    assert repro.json("audit", "-n", "1") == found[:1]
    assert repro.json("audit", "--action", "purge") == found[:1]
    assert repro.json("audit", "--author", "nobody else") == []
    assert "secret" in repro("audit").out.decode()


def test_purge_names_what_shares_the_content_and_removes_it_everywhere(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "secret").write_text("the password")
    (repro.cwd / "copy").write_text("the password")
    repro("checkpoint")
    (repro.cwd / "secret").unlink()
    (repro.cwd / "copy").unlink()
    repro("checkpoint")
    shape = {
        "path", "purged", "objects", "bytes", "files", "commits", "same", "sharing", "remains", "warnings",
    }  # fmt: skip
    plan = repro.json("purge", "secret", "--dry-run")
    assert set(plan) == shape
    assert (plan["purged"], plan["same"], plan["remains"]) == (False, ["copy"], ["copy"])
    assert repro("cat", "@~1", "secret").out == b"the password"
    done = repro.json("purge", "secret", "--everywhere", "--reason", "a password")
    assert set(done) == shape
    assert done["purged"] is True
    for path in ("secret", "copy"):
        said = repro("cat", "@~1", path, code=1)
        assert said.out == b""
        assert "a password" in said.err
    assert repro.json("verify")["ok"] is True
    (repro.cwd / "secret").write_text("the password")
    assert "purged" in repro("checkpoint", code=1).err
    assert repro.json("purge", "secret", "--allow-again")["allowed"] == 1
    assert repro.json("checkpoint")["created"] is True


def test_damage_is_named_and_ends_with_1(repro: Repro, data_home: Path) -> None:
    repro("init")
    (repro.cwd / "a").write_bytes(os.urandom(5000))
    commit = repro.json("checkpoint")["commit"]
    (pack,) = [path for path in (data_home / "repro" / "projects").rglob("packs/*/*") if path.is_file()]
    data = bytearray(pack.read_bytes())
    at = data.index((repro.cwd / "a").read_bytes()[:100])
    data[at + 50] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    found = repro.json("verify", code=1)
    assert found["ok"] is False
    assert all(set(one) == {"kind", "id", "paths", "commits"} for one in found["damaged"])
    (blob,) = [one for one in found["damaged"] if one["kind"] == "blob"]
    assert (blob["paths"], blob["commits"]) == (["a"], [commit])
    said = repro("verify", code=1)
    assert "file   a" in said.text
    assert said.err.startswith("jupyter-repro: ")
    assert "a" in repro("cat", "@", "a", code=1).err
    repro("checkpoint", "--full", "--allow-empty")
    assert repro("cat", "@", "a").out == (repro.cwd / "a").read_bytes()


def test_space_is_accounted_for(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "large").write_bytes(os.urandom(50_000))
    (repro.cwd / "small").write_bytes(b"x")
    commit = repro.json("checkpoint")["commit"]
    use = repro.json("du")
    assert {"logical_bytes", "stored_bytes", "packs", "objects"} <= set(use)
    assert use["logical_bytes"] == 50_001
    assert use["stored_bytes"] >= 50_000
    assert [one["path"] for one in use["largest"]] == ["large", "small"]
    assert use["largest"][0]["since"] == commit
    assert [one["path"] for one in repro.json("du", "-n", "1")["largest"]] == ["large"]
    assert "large" in repro("du").text


def test_tidying_up_loses_nothing(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    repro("checkpoint")
    assert set(repro.json("gc")) == {"objects", "bytes", "packs_retired", "files_deleted"}
    assert repro.json("thin") == {"commits": [], "bytes": 0, "dry_run": False}
    rebuilt = repro.json("rebuild")
    assert set(rebuilt) == {"objects", "packs", "commits", "environments"}
    assert rebuilt["commits"] == 1
    for command in ("gc", "thin", "rebuild", "verify", "status", "log"):
        assert repro(command).out
    assert repro("cat", "@", "a").out == b"a"


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
