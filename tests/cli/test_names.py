"""How commits, branches, tags and paths are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repro


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


def test_an_empty_name_is_not_the_newest_commit(repro: Repro) -> None:
    """``restore "$COMMIT"`` with a variable that nobody set must not put anything back."""
    repro("init")
    (repro.cwd / "a").write_text("1")
    repro("checkpoint")
    (repro.cwd / "a").write_text("2")
    assert "is empty" in repro("restore", "", code=2).err
    assert (repro.cwd / "a").read_text() == "2"


def test_a_name_beyond_the_beginning_is_told_where_that_is(repro: Repro) -> None:
    repro("init")
    first = repro.json("checkpoint", "--allow-empty")["commit"]
    for beyond in ("@~3", "@{3 years ago}"):
        assert first[:12] in repro("show", beyond, code=1).err


@pytest.mark.parametrize(("one", "other"), [("branch", "tag"), ("tag", "branch")])
def test_a_name_is_not_given_to_a_branch_and_a_tag(repro: Repro, one: str, other: str) -> None:
    repro("init")
    repro("checkpoint", "--allow-empty")
    repro(one, "v1")
    assert f"There is a {one} 'v1'" in repro(other, "v1", code=1).err
    repro("branch", "old")
    if one == "tag":
        assert "There is a tag 'v1'" in repro("branch", "--rename", "old", "v1", code=1).err
