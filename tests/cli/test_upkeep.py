"""What was done, what is damaged, what takes the space: audit, purge, verify, du, gc, thin and rebuild."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Repro


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
    assert "'secret': content" in repro("checkpoint", code=1).err
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
    assert all(set(one) == {"kind", "id", "paths", "commits", "file", "workspaces"} for one in found["damaged"])
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
