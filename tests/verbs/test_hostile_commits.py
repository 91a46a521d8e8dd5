"""A commit is not trusted, whoever wrote it: nothing that it says is written outside of its root."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import BlobCorrupt, CommitNotFound, HostilePath, ReproError
from jupyter_repro.store import Kind
from jupyter_repro.verbs import Opened
from tests.support import scratch
from tests.support.hostile import Entry, commit_of, entry, folder, hostile, link, put, put_tree
from tests.support.scratch import Scratch
from tests.support.trees import File, Tree, read_tree

OUTSIDE = b"../outside"

REFUSED: dict[str, Callable[[Opened], list[Entry]]] = {
    "dot dot": lambda ws: [entry(ws, b"..")],
    "dot": lambda ws: [entry(ws, b".")],
    "empty": lambda ws: [entry(ws, b"")],
    "absolute": lambda ws: [entry(ws, b"/tmp/escaped")],
    "a slash inside": lambda ws: [entry(ws, b"a/b")],
    "climbing": lambda ws: [entry(ws, b"../escaped")],
    "climbing from below": lambda ws: [folder(ws, b"d", [entry(ws, b"../../escaped")])],
    "dot dot below": lambda ws: [folder(ws, b"d", [folder(ws, b"..", [entry(ws, b"escaped")])])],
    "NUL": lambda ws: [entry(ws, b"a\0b")],
    "too long": lambda ws: [entry(ws, b"n" * 256)],
    "twice": lambda ws: [entry(ws, b"a", b"1"), entry(ws, b"a", b"2")],
    "out of order": lambda ws: [entry(ws, b"b"), entry(ws, b"a")],
    "a link and a directory of one name": lambda ws: [link(b"d", OUTSIDE), folder(ws, b"d", [entry(ws, b"escaped")])],
    "a directory and a link of one name": lambda ws: [folder(ws, b"d", [entry(ws, b"escaped")]), link(b"d", OUTSIDE)],
    "a link to nowhere at all": lambda ws: [link(b"l", b"")],
    "a link with NUL": lambda ws: [link(b"l", b"a\0b")],
    "a link longer than any path": lambda ws: [link(b"l", b"x" * 5000)],
    "set user id": lambda ws: [entry(ws, b"su", b"#!/bin/sh\n", 0o4755)],
    "set group id on a directory": lambda ws: [folder(ws, b"d", [], 0o2777)],
    "a mode of negative numbers": lambda ws: [entry(ws, b"f", b"x", -1)],
    "a type that does not exist": lambda ws: [(b"f", 7, 0o644, 1, b"\0" * 32, None)],
    "an id that is none": lambda ws: [(b"f", 1, 0o644, 1, b"short", None)],
    "a directory that is none": lambda ws: [(b"d", 3, 0o755, 0, b"", None)],
    "a recipe that is none": lambda ws: [(b"f", 1, 0o644, 1, b"\0" * 32, b"short")],
    "a negative size": lambda ws: [(b"f", 1, 0o644, -5, put(ws, Kind.BLOB, b"x"), None)],
}


MARKERS: dict[str, Callable[[Opened], list[Entry]]] = {
    "a marker": lambda ws: [folder(ws, b".repro", [entry(ws, b"workspace.json", b'{"project": "x"}')])],
    "a link for a marker": lambda ws: [link(b".repro", OUTSIDE)],
    "a file for a marker": lambda ws: [entry(ws, b".repro")],
}

Verb = Callable[[Opened, Path, str], object]
WRITING: dict[str, Verb] = {
    "recreate": lambda ws, target, commit: verbs.recreate(ws, commit, target),
    "restore": lambda ws, target, commit: verbs.restore(ws, commit),
    "restore a path": lambda ws, target, commit: verbs.restore(ws, commit, ["d/escaped"]),
    "switch": lambda ws, target, commit: verbs.switch(ws, "hostile"),
}
READING: dict[str, Verb] = {
    "ls": lambda ws, target, commit: verbs.ls(ws, commit),
    "diff": lambda ws, target, commit: verbs.diff(ws, commit),
    "diff of commits": lambda ws, target, commit: verbs.diff(ws, "@", commit),
}


def everything(place: Scratch) -> Tree:
    """All that lies around the workspace but the product's own data."""
    return read_tree(os.fsencode(place.base), skip=(b"jupyter-data", b"target"))


@contextlib.contextmanager
def threatened(entries: Callable[[Opened], list[Entry]]) -> Iterator[tuple[Scratch, Opened, str]]:
    """A workspace, and a hostile commit in its project; nothing may change while the block runs."""
    with scratch.workspace() as (place, ws):
        place.folder("outside").mkdir()
        (place.work / "mine").write_bytes(b"mine")
        verbs.checkpoint(ws)
        commit = hostile(ws, *entries(ws))
        before = everything(place)
        yield place, ws, commit
        after = everything(place)
        probe = b"work/.repro/probe"
        before.pop(probe, None), after.pop(probe, None)
        assert after == before, "nothing changed, inside or outside"
        (place.work / "mine").write_bytes(b"still at work")
        assert verbs.checkpoint(ws).created, "the workspace goes on"


@pytest.mark.parametrize("entries", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("verb", [*WRITING.values(), *READING.values()], ids=[*WRITING, *READING])
def test_a_hostile_tree_is_refused_and_nothing_is_written(entries: Callable[[Opened], list[Entry]], verb: Verb) -> None:
    with threatened(entries) as (place, ws, commit):
        with pytest.raises(HostilePath):
            verb(ws, place.folder("target"), commit)
        assert not place.folder("target").exists()


@pytest.mark.parametrize("entries", MARKERS.values(), ids=MARKERS.keys())
@pytest.mark.parametrize("verb", WRITING.values(), ids=WRITING.keys())
def test_a_commit_with_a_marker_of_its_own_is_not_put_on_a_disk(
    entries: Callable[[Opened], list[Entry]], verb: Verb
) -> None:
    with threatened(lambda ws: [*entries(ws), folder(ws, b"d", [entry(ws, b"escaped")])]) as (place, ws, commit):
        with pytest.raises(HostilePath):
            verb(ws, place.folder("target"), commit)
        assert not place.folder("target").exists()
        assert verbs.ls(ws, commit), "it can be looked at"


@pytest.mark.parametrize("entries", [*REFUSED.values(), *MARKERS.values()], ids=[*REFUSED, *MARKERS])
def test_what_is_in_a_folder_stays_when_a_hostile_commit_is_recreated_there(
    entries: Callable[[Opened], list[Entry]],
) -> None:
    with threatened(entries) as (place, ws, commit):
        target = place.folder("target")
        target.mkdir()
        (target / "was here").write_bytes(b"kept")
        with pytest.raises(HostilePath):
            verbs.recreate(ws, commit, target)
        assert read_tree(os.fsencode(target)) == {b"was here": File(b"kept")}


def test_a_file_below_a_link_of_the_workspace_is_not_written_through_it() -> None:
    with scratch.workspace() as (place, ws):
        outside = place.folder("outside")
        outside.mkdir()
        (outside / "f").write_bytes(b"precious")
        commit = hostile(ws, folder(ws, b"d", [entry(ws, b"f", b"overwritten"), entry(ws, b"g", b"new")]))
        (place.work / "d").symlink_to(outside)
        verbs.restore(ws, commit)
        assert read_tree(os.fsencode(outside)) == {b"f": File(b"precious")}
        assert not (place.work / "d").is_symlink()
        assert (place.work / "d" / "f").read_bytes() == b"overwritten"


def test_an_ignored_link_in_the_way_is_saved_and_not_followed() -> None:
    with scratch.workspace() as (place, ws):
        outside = place.folder("outside")
        outside.mkdir()
        (outside / "f").write_bytes(b"precious")
        commit = hostile(ws, folder(ws, b"d", [folder(ws, b"e", [entry(ws, b"f", b"overwritten")])]))
        (place.work / ".reproignore").write_text("/d/e\n")
        (place.work / "d").mkdir()
        (place.work / "d" / "e").symlink_to(outside)
        done = verbs.restore(ws, commit)
        assert (outside / "f").read_bytes() == b"precious"
        assert (place.work / "d" / "e" / "f").read_bytes() == b"overwritten"
        assert done.safety is not None
        assert [item.type for item in verbs.ls(ws, done.safety.id, "d/e")] == ["symlink"]


def test_set_user_id_bits_of_the_disk_are_not_stored() -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "su").write_bytes(b"x")
        (place.work / "su").chmod(0o4755)
        commit = verbs.checkpoint(ws).commit.id
        verbs.recreate(ws, commit, place.folder("again"))
        assert stat.S_IMODE((place.folder("again") / "su").stat().st_mode) == 0o755


GARBAGE = {
    "no MessagePack": b"\xc1\xc1\xc1",
    "empty": b"",
    "a map": msgspec.msgpack.encode({"a": 1}),
    "entries that are too short": msgspec.msgpack.encode([[b"a", 1]]),
    "text for a name": msgspec.msgpack.encode([["a", 1, 0o644, 0, b"\0" * 32, None]]),
    "an endless array": b"\xdd\xff\xff\xff\xff",
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_tree_that_is_no_tree_is_named_as_damage(data: bytes) -> None:
    with scratch.workspace() as (place, ws):
        commit = commit_of(ws, put(ws, Kind.TREE, data))
        with pytest.raises(BlobCorrupt):
            verbs.ls(ws, commit)
        with pytest.raises(BlobCorrupt):
            verbs.recreate(ws, commit, place.folder("target"))
        assert not place.folder("target").exists()


RECIPES = {
    "sizes that do not add up": [10, b"\0" * 32, [4]],
    "half an id": [4, b"\0" * 16, [4]],
    "negative lengths": [4, b"\0" * 64, [8, -4]],
    "a chunk that is not there": [4, b"\1" * 32, [4]],
    "no list": 5,
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_a_recipe_that_does_not_add_up_is_refused(recipe: object) -> None:
    with scratch.workspace() as (place, ws):
        name = put(ws, Kind.RECIPE, msgspec.msgpack.encode(recipe))
        commit = hostile(ws, (b"f", 1, 0o644, 4, b"\0" * 32, name))
        with pytest.raises(ReproError):
            b"".join(verbs.cat(ws, commit, "f"))
        with pytest.raises(ReproError):
            verbs.recreate(ws, commit, place.folder("target"))
        assert not place.folder("target").exists()


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", "d/..", "a\0b", "d//f"])
def test_a_path_in_a_request_does_not_leave_the_root(path: str) -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "d").mkdir()
        (place.work / "d" / "f").write_bytes(b"x")
        commit = verbs.checkpoint(ws).commit.id
        for call in (
            lambda: verbs.ls(ws, commit, path),
            lambda: list(verbs.cat(ws, commit, path)),
            lambda: verbs.restore(ws, commit, [path]),
            lambda: verbs.diff(ws, commit, None, [path]),
            lambda: verbs.log(ws, path=path),
        ):
            with pytest.raises(HostilePath):
                call()


@pytest.mark.parametrize("ids", [("../../x", "y"), ("x", "../../../etc"), ("x", "a/b"), ("-rf", "-rf")])
def test_a_marker_grants_nothing_and_leads_nowhere(ids: tuple[str, str]) -> None:
    with scratch.scratch() as place:
        marker = place.work / ".repro"
        marker.mkdir()
        (marker / "workspace.json").write_text(f'{{"project": "{ids[0]}", "workspace": "{ids[1]}"}}')
        with pytest.raises(ReproError):
            verbs.open_workspace(place.work)


def test_a_marker_of_another_project_does_not_open_it() -> None:
    with scratch.scratch() as place:
        one, two = place.folder("one"), place.folder("two")
        first, second = verbs.init(one), verbs.init(two)
        text = (two / ".repro" / "workspace.json").read_text()
        (two / ".repro" / "workspace.json").write_text(text.replace(second.project, first.project))
        with pytest.raises(ReproError):
            verbs.open_workspace(two)


def test_the_tree_of_another_kind_of_object_is_not_a_commit() -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "f").write_bytes(b"x")
        commit = verbs.checkpoint(ws).commit
        with pytest.raises(CommitNotFound):
            verbs.ls(ws, commit.tree)
        nested = commit_of(ws, put_tree(ws, []), "empty")
        assert verbs.ls(ws, nested) == []


def test_the_folder_for_a_hostile_commit_may_be_named_by_a_link(tmp_path: Path) -> None:
    with scratch.workspace() as (place, ws):
        commit = hostile(ws, entry(ws, b"f"))
        real = place.folder("real")
        real.mkdir()
        place.folder("target").symlink_to(real)
        verbs.recreate(ws, commit, place.folder("target"))
        assert (real / "f").read_bytes() == b"content", "the user's own link is followed, as by any program"
