"""Large files in ``status`` and ``diff``: read only where their size leaves something open."""

from __future__ import annotations

import os
from importlib import import_module

import pytest

from jupyter_repro import verbs
from jupyter_repro.workspace import content, scan
from tests.support import scratch
from tests.support.trees import back_date

status = import_module("jupyter_repro.workspace.status")  # the package gives the function of that name

LARGE = b"0123456789abcdef" * 8192


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read, other than small ones."""
    names: list[str] = []

    def noted(path, name, *arguments):
        if os.path.getsize(path) >= len(LARGE) // 2:
            names.append(os.fsdecode(name))
        return content.read_entry(path, name, *arguments)

    monkeypatch.setattr(scan, "WORTH_POSTPONING", len(LARGE) // 2)
    monkeypatch.setattr(scan, "read_entry", noted)
    monkeypatch.setattr(status, "read_entry", noted)
    return names


def found(ws):
    now = verbs.status(ws)
    differing = [(change.path, change.change) for change in verbs.diff(ws, "@")]
    told = {
        **dict.fromkeys(now.added, "added"),
        **dict.fromkeys(now.modified, "modified"),
        **dict.fromkeys(now.deleted, "deleted"),
        **{new: "renamed" for _, new in now.renamed},
    }
    assert told == {path: "modified" if change == "mode" else change for path, change in differing}
    return told


def test_a_new_file_and_one_of_another_size_are_not_read(read: list[str]) -> None:
    with scratch.workspace() as (place, ws):
        grown = place.work / "grown.bin"
        grown.write_bytes(LARGE)
        verbs.checkpoint(ws)
        read.clear()
        grown.write_bytes(LARGE + b"more")
        (place.work / "new.bin").write_bytes(LARGE)
        assert found(ws) == {"grown.bin": "modified", "new.bin": "added"}
        assert read == []
        made = verbs.checkpoint(ws)
        assert (made.added, made.modified) == (1, 1)
        assert sorted(read) == ["grown.bin", "new.bin"]
        assert b"".join(verbs.cat(ws, "@", "new.bin")) == LARGE


def test_a_file_of_the_same_size_is_read_to_see_whether_it_changed(read: list[str]) -> None:
    with scratch.workspace() as (place, ws):
        for name in ("touched.bin", "edited.bin", "opened.bin"):
            (place.work / name).write_bytes(LARGE + name.encode())
            back_date(os.fsencode(place.work / name), 3600)
        verbs.checkpoint(ws)
        read.clear()
        os.utime(place.work / "touched.bin")
        (place.work / "edited.bin").write_bytes(LARGE + b"EDITED.bin")
        (place.work / "opened.bin").chmod(0o600)
        assert found(ws) == {"edited.bin": "modified", "opened.bin": "modified"}
        assert "touched.bin" in read


def test_a_file_that_moved_is_read_to_see_that_it_is_the_one_that_went(read: list[str]) -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "old.bin").write_bytes(LARGE)
        (place.work / "other.bin").write_bytes(LARGE[::-1])
        verbs.checkpoint(ws)
        read.clear()
        (place.work / "old.bin").rename(place.work / "moved.bin")
        (place.work / "other.bin").unlink()
        (place.work / "unlike.bin").write_bytes(LARGE.upper())
        (place.work / "longer.bin").write_bytes(LARGE * 2)
        assert found(ws) == {
            "moved.bin": "renamed",
            "other.bin": "deleted",
            "unlike.bin": "added",
            "longer.bin": "added",
        }
        assert "longer.bin" not in read


def test_a_file_that_goes_or_closes_itself_meanwhile_is_told_as_it_is(
    read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(path, name, *arguments):
        if name == b"gone.bin":
            raise FileNotFoundError(path)
        raise PermissionError(13, "no", path)

    with scratch.workspace() as (place, ws):
        for name in ("gone.bin", "closed.bin"):
            (place.work / name).write_bytes(LARGE + name.encode())
        verbs.checkpoint(ws)
        for name in ("gone.bin", "closed.bin"):
            (place.work / name).write_bytes(LARGE + name.upper().encode())
        monkeypatch.setattr(status, "read_entry", gone)
        now = verbs.status(ws)
        assert (now.deleted, now.modified) == (("gone.bin",), ("closed.bin",))
        assert [path for path, _ in now.skipped] == ["closed.bin"]
