"""Restore and switch: what they replace is saved first, what they need not touch stays, links are not followed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import CannotSave, PathNotFound, UnreadableFile
from jupyter_repro.history import TreeEntry
from jupyter_repro.progress import Progress
from jupyter_repro.verbs import Opened
from jupyter_repro.workspace import applying
from jupyter_repro.workspace.placing import Places, put_entry
from tests.support import scratch
from tests.support.scratch import Scratch
from tests.support.strategies import IS_ROOT
from tests.support.trees import (
    File,
    Folder,
    Link,
    Tree,
    commit_tree,
    files_in,
    read_tree,
    remove_node,
    tree_of,
    write_tree,
)


@pytest.fixture
def opened() -> Iterator[tuple[Scratch, Opened]]:
    """A fresh workspace."""
    with scratch.workspace() as pair:
        yield pair


def hold(place: Scratch, *entries: tuple[bytes, File | Link | Folder]) -> Tree:
    """Let the workspace hold just this."""
    top = os.fsencode(place.work)
    for name in os.listdir(top):
        if name != b".repro":
            remove_node(os.path.join(top, name))
    tree = tree_of(entries)
    write_tree(top, tree)
    return tree


def everything_ever(ws: Opened) -> set[tuple[bytes, object]]:
    """Each (path, file or link) that any commit holds."""
    return {
        (path, node)
        for commit in verbs.log(ws, everything=True)
        for path, node in files_in(commit_tree(ws, commit.id)).items()
    }


def test_the_undo_that_is_printed_takes_it_back(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, (b"a", File(b"1")), (b"gone", File(b"2")))
    first = verbs.checkpoint(ws).commit.id
    late = hold(place, (b"a", File(b"edited, never saved by hand")), (b"new/x", File(b"3")))
    done = verbs.restore(ws, first)
    command = done.undo.split()
    assert command[:2] == ["jupyter-repro", "restore"]
    verbs.restore(ws, command[2])
    assert read_tree(os.fsencode(place.work)) == late


def test_a_selective_restore_leaves_the_rest_as_it_is(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, (b"a", File(b"1")), (b"d/b", File(b"2")), (b"d/c", File(b"3")), (b"e/f", File(b"4", 0o755)))
    first = verbs.checkpoint(ws).commit.id
    hold(place, (b"a", File(b"one")), (b"d/b", File(b"two")), (b"d/z", File(b"new")), (b"other", File(b"stays")))
    verbs.restore(ws, first, ["d/b", "e"])
    assert read_tree(os.fsencode(place.work)) == tree_of(
        [
            (b"a", File(b"one")),
            (b"d/b", File(b"2")),
            (b"d/z", File(b"new")),
            (b"other", File(b"stays")),
            (b"e/f", File(b"4", 0o755)),
        ]
    )
    verbs.restore(ws, first, ["d"])
    assert read_tree(os.fsencode(place.work)) == tree_of(
        [
            (b"a", File(b"one")),
            (b"d/b", File(b"2")),
            (b"d/c", File(b"3")),
            (b"other", File(b"stays")),
            (b"e/f", File(b"4", 0o755)),
        ]
    ), "a directory comes back as it was, without what is newer in it"
    assert (b"d/z", File(b"new")) in everything_ever(ws)


def test_a_path_that_the_commit_lacks_changes_nothing(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, (b"a", File(b"1")))
    first = verbs.checkpoint(ws).commit.id
    now = hold(place, (b"a", File(b"2")), (b"b", File(b"3")))
    commits = len(verbs.log(ws, everything=True))
    with pytest.raises(PathNotFound):
        verbs.restore(ws, first, ["a", "b"])
    assert read_tree(os.fsencode(place.work)) == now
    assert len(verbs.log(ws, everything=True)) == commits


# -- what is ignored -----------------------------------------------------------------------------

HIDE = (b".reproignore", File(b"*.big\nhidden/\n"))


def test_an_ignored_file_that_a_restore_overwrites_is_saved_first(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, (b"data.big", File(b"as it was tracked")), (b"hidden/x", File(b"tracked too")))
    first = verbs.checkpoint(ws).commit.id
    hold(place, HIDE, (b"data.big", File(b"edited since it is ignored")), (b"hidden/x", File(b"edited as well")))
    verbs.checkpoint(ws)
    done = verbs.restore(ws, first)
    assert (place.work / "data.big").read_bytes() == b"as it was tracked"
    assert (place.work / "hidden" / "x").read_bytes() == b"tracked too"
    assert done.safety is not None
    safe = commit_tree(ws, done.safety.id)
    assert safe[b"data.big"] == File(b"edited since it is ignored")
    assert safe[b"hidden/x"] == File(b"edited as well")


def test_an_ignored_path_that_the_target_lacks_stays(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, HIDE, (b"d/a", File(b"1")))
    first = verbs.checkpoint(ws).commit.id
    hold(
        place,
        HIDE,
        (b"d/mine.big", File(b"not to be lost")),
        (b"hidden/deep/y", File(b"nor this")),
        (b"new/n.big", File(b"nor that")),
        (b"new/tracked", File(b"2")),
    )
    verbs.restore(ws, first)
    assert files_in(read_tree(os.fsencode(place.work))) == {
        b".reproignore": HIDE[1],
        b"d/a": File(b"1"),
        b"d/mine.big": File(b"not to be lost"),
        b"hidden/deep/y": File(b"nor this"),
        b"new/n.big": File(b"nor that"),
    }


def test_a_switch_leaves_ignored_paths_alone_and_saves_those_in_its_way(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    hold(place, (b"data.big", File(b"tracked here")), (b"a", File(b"1")))
    verbs.checkpoint(ws)
    verbs.create_branch(ws, "old")
    hold(place, HIDE, (b"data.big", File(b"ignored now")), (b"x.big", File(b"mine")))
    verbs.checkpoint(ws)
    verbs.switch(ws, "old")
    assert (place.work / "data.big").read_bytes() == b"tracked here"
    assert (place.work / "x.big").read_bytes() == b"mine"
    assert (b"data.big", File(b"ignored now")) in everything_ever(ws)


IN_THE_WAY = {
    "an ignored file": [(b"x/n.big", File(b"ignored"))],
    "an ignored link to a file": [(b"x/n.big", Link(b"a"))],
    "an ignored link to a directory": [(b"x/n.big", Link(b"."))],
    "an ignored directory": [(b"x/hidden/deep/f", File(b"ignored"))],
    "an empty ignored directory": [(b"x/hidden", Folder())],
    "an empty directory in an ignored one": [(b"x/hidden/deep", Folder())],
    "an empty directory": [(b"x/y/z", Folder())],
    "tracked and ignored": [(b"x/t", File(b"tracked")), (b"x/y/t", File(b"t")), (b"x/y/n.big", File(b"ignored"))],
    "everything": [
        (b"x/a.big", File(b"1")),
        (b"x/b", Link(b"/nowhere")),
        (b"x/c/hidden", Folder()),
        (b"x/c/d", File(b"2", 0o400)),
    ],
}


@pytest.mark.parametrize("inside", IN_THE_WAY.values(), ids=IN_THE_WAY.keys())
@pytest.mark.parametrize("target", [File(b"a file"), Link(b"a link")], ids=["file", "link"])
def test_a_directory_gives_way_to_a_file_whatever_is_in_it(
    opened: tuple[Scratch, Opened], inside: list[tuple[bytes, File | Link | Folder]], target: File | Link
) -> None:
    place, ws = opened
    wanted = hold(place, HIDE, (b"x", target))
    first = verbs.checkpoint(ws).commit.id
    there = hold(place, HIDE, *inside)
    done = verbs.restore(ws, first)
    assert read_tree(os.fsencode(place.work)) == wanted
    assert done.safety is not None
    saved = commit_tree(ws, done.safety.id)
    assert {**saved, **files_in(there)} == saved, "every file that gave way is in the safety commit"
    assert verbs.status(ws).clean


@pytest.mark.parametrize(
    "inside",
    [
        [(b"x.big", File(b"ignored"))],
        [(b"x.big", Link(b"/etc"))],
        [(b"x.big", Link(b"d")), (b"d/f", File(b"behind the link"))],
        [(b"hidden", Link(b"d")), (b"d/f", File(b"behind the link"))],
    ],
    ids=["file", "link", "link to a directory of the workspace", "link that no rule ignores"],
)
def test_a_file_or_link_gives_way_to_a_directory(
    opened: tuple[Scratch, Opened], inside: list[tuple[bytes, File | Link | Folder]]
) -> None:
    place, ws = opened
    hold(place, (b"x.big/f", File(b"1")), (b"hidden/f", File(b"2")))
    first = verbs.checkpoint(ws).commit.id
    there = hold(place, HIDE, *inside)
    done = verbs.restore(ws, first)
    assert files_in(read_tree(os.fsencode(place.work))) == {b"x.big/f": File(b"1"), b"hidden/f": File(b"2")}
    assert done.safety is not None
    saved = commit_tree(ws, done.safety.id)
    assert {**saved, **files_in(there)} == saved


@pytest.mark.parametrize("path", ["x", "x/y/pipe.big"], ids=["at the path", "below the path"])
def test_what_cannot_be_saved_stops_a_restore_before_it_begins(opened: tuple[Scratch, Opened], path: str) -> None:
    place, ws = opened
    hold(place, HIDE, (b"a", File(b"1")), (b"x", File(b"a file")))
    first = verbs.checkpoint(ws).commit.id
    before = hold(place, HIDE, (b"a", File(b"2")))
    pipe = place.work / path
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    with pytest.raises(CannotSave, match=pipe.name):
        verbs.restore(ws, first)
    assert (place.work / "a").read_bytes() == b"2", "nothing was changed"
    pipe.unlink()
    assert {**read_tree(os.fsencode(place.work)), **before} == read_tree(os.fsencode(place.work))
    (place.work / "a").write_bytes(b"3")
    assert verbs.checkpoint(ws).created, "the workspace goes on"


# -- edits that come in between ------------------------------------------------------------------


def many(place: Scratch, content: bytes) -> None:
    """Forty files, so that the restore reports between them."""
    for number in range(40):
        (place.work / f"f{number:02}").write_bytes(content)


@pytest.mark.parametrize("victim", ["f05", "f39", "new", "f20/inside"])
def test_an_edit_during_a_restore_is_saved(opened: tuple[Scratch, Opened], victim: str) -> None:
    place, ws = opened
    many(place, b"first")
    (place.work / "new").write_bytes(b"first")
    first = verbs.checkpoint(ws).commit.id
    many(place, b"second")
    (place.work / "new").unlink()
    edits = iter([b"typed while the restore ran"])

    def edit(progress: Progress) -> None:
        content = next(edits, None) if progress.phase == "write" else None
        if content is not None:
            path = place.work / victim
            if path.parent.is_file():
                path.parent.unlink()
                path.parent.mkdir()
            path.write_bytes(content)

    verbs.restore(ws, first, on_progress=edit)
    assert next(edits, None) is None, "the edit was made"
    assert read_tree(os.fsencode(place.work)) == commit_tree(ws, first)
    assert (os.fsencode(victim), File(b"typed while the restore ran")) in everything_ever(ws)


@pytest.mark.parametrize("name", [b"plain", b"\xff\xfe no text", b"n" * 255])
@pytest.mark.parametrize("verb", ["restore", "switch"])
def test_an_edit_that_reaches_a_file_while_it_is_replaced_is_saved(
    opened: tuple[Scratch, Opened], monkeypatch: pytest.MonkeyPatch, name: bytes, verb: str
) -> None:
    place, ws = opened
    path = os.path.join(os.fsencode(place.work), name)
    hold(place, (name, File(b"first")))
    first = verbs.checkpoint(ws).commit.id
    verbs.create_branch(ws, "old")
    hold(place, (name, File(b"second")))
    verbs.checkpoint(ws)
    with open(path, "r+b") as editor:

        def put_while_an_editor_writes(places: Places, at: bytes, entry: TreeEntry, blocks: Iterator[bytes]) -> None:
            put_entry(places, at, entry, blocks)
            editor.write(b"saved by the editor at the last moment")
            editor.flush()

        monkeypatch.setattr(applying, "put_entry", put_while_an_editor_writes)
        if verb == "restore":
            verbs.restore(ws, first)
        else:
            verbs.switch(ws, "old")
    with open(path, "rb") as file:
        assert file.read() == b"first"
    assert (name, File(b"saved by the editor at the last moment")) in everything_ever(ws)


# -- rights --------------------------------------------------------------------------------------


def read_only_round() -> None:
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        one = hold(place, (b"d/f", File(b"1", 0o444)), (b"d/e/g", File(b"2", 0o400)), (b"h", File(b"3", 0o555)))
        first = verbs.checkpoint(ws).commit.id
        two = tree_of([(b"d", Folder(0o555)), (b"d/e", Folder(0o500)), (b"h", File(b"three", 0o444))])
        two |= {b"d/new": File(b"4"), b"d/e/x": Folder(0o555), b"d/e/x/y": File(b"5", 0o444)}
        hold(place)
        write_tree(top, two)
        second = verbs.checkpoint(ws).commit.id
        for _ in range(2):
            verbs.restore(ws, first)
            assert read_tree(top) == one
            verbs.restore(ws, second)
            assert read_tree(top) == two
        verbs.restore(ws, first, ["h"])
        verbs.restore(ws, first, ["d/f"])
        two |= {b"h": File(b"3", 0o555), b"d/f": File(b"1", 0o444)}
        assert read_tree(top) == two, "the directory that had to be opened up is read-only again"
        verbs.recreate(ws, second, place.folder("again"))
        with verbs.open_workspace(place.folder("again")) as again:
            assert read_tree(os.fsencode(again.workspace.root)) == commit_tree(ws, second)


def unreadable_round() -> None:
    with scratch.workspace() as (place, ws):
        hold(place, (b"secret", File(b"known once")), (b"d/in", File(b"x")), (b"a", File(b"1")))
        first = verbs.checkpoint(ws).commit.id
        (place.work / "secret").write_bytes(b"changed")
        (place.work / "secret").chmod(0)
        (place.work / "d").chmod(0)
        (place.work / "fresh").write_bytes(b"never seen")
        (place.work / "fresh").chmod(0)
        with pytest.raises(UnreadableFile, match=r"'(secret|fresh|d)' cannot be read"):
            verbs.checkpoint(ws)
        assert verbs.log(ws)[0].id == first
        (place.work / "a").write_bytes(b"2")
        done = verbs.checkpoint(ws, skip_unreadable=True)
        assert {skipped.path for skipped in done.skipped} == {"secret", "d", "fresh"}
        assert {path for path, _ in done.commit.notes} == {"secret", "d", "fresh"}
        kept = commit_tree(ws, done.commit.id)
        assert kept[b"a"] == File(b"2")
        assert kept[b"secret"] == File(b"known once"), "the last known version is kept"
        assert kept[b"d/in"] == File(b"x")
        assert b"fresh" not in kept
        # They hold up no restore of the rest, and nothing that would replace them is done.
        restored = verbs.restore(ws, first)
        assert (place.work / "a").read_bytes() == b"1"
        for path in ("secret", "d", "fresh"):
            assert f"'{path}'" in restored.notice
        for path in ("secret", "d/in", "d"):
            with pytest.raises(UnreadableFile, match="would be replaced"):
                verbs.restore(ws, first, [path])
        (place.work / "secret").chmod(0o644)
        assert (place.work / "secret").read_bytes() == b"changed"
        (place.work / "d").chmod(0o755)
        (place.work / "fresh").chmod(0o644)
        second = verbs.checkpoint(ws).commit.id
        (place.work / "secret").write_bytes(b"changed again")
        (place.work / "secret").chmod(0)
        with pytest.raises(UnreadableFile, match="'secret' would be replaced but cannot be read"):
            verbs.restore(ws, first)
        assert not verbs.restore(ws, second).written
        verbs.restore(ws, first, ["a"])
        verbs.create_branch(ws, "then", first)
        with pytest.raises(UnreadableFile, match="'secret' would be replaced"):
            verbs.switch(ws, "then")
        (place.work / "secret").chmod(0o644)
        assert (place.work / "secret").read_bytes() == b"changed again"


def test_what_the_system_cannot_reach_is_left_out_like_any_file_that_cannot_be_read() -> None:
    """A path too long for the system stands for a dead mount or a broken disk: only that much is lost."""
    with scratch.workspace() as (place, ws):
        hold(place, (b"a", File(b"1")), (b"deep/kept", File(b"kept")))
        first = verbs.checkpoint(ws).commit.id
        here = os.getcwd()
        try:
            os.chdir(place.work / "deep")
            for _ in range(20):
                os.mkdir("d" * 250)
                os.chdir("d" * 250)
                Path("end").write_text("too far")
        finally:
            os.chdir(here)
        with pytest.raises(UnreadableFile, match="File name too long") as caught:
            verbs.checkpoint(ws)
        assert len(str(caught.value)) < 1000
        done = verbs.checkpoint(ws, skip_unreadable=True)
        (skipped,) = done.skipped
        assert "File name too long" in skipped.reason
        assert 10 < done.added < 20
        assert commit_tree(ws, done.commit.id)[b"deep/kept"] == File(b"kept")
        assert not verbs.checkpoint(ws, skip_unreadable=True).created
        (place.work / "a").write_bytes(b"2")
        verbs.restore(ws, done.commit.id)
        assert (place.work / "a").read_bytes() == b"1"
        # An ignored place is not asked about at all.
        (place.work / ".reproignore").write_text("/deep/d*\n")
        assert not verbs.checkpoint(ws).skipped
        assert verbs.diff(ws, first, "@", ["deep"]) == []
        shutil.rmtree(place.work / "deep")


def without_roots_rights() -> None:
    """Let root, after the next exec, be stopped by permission bits as anybody else is."""
    import ctypes

    for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
            raise OSError(ctypes.get_errno(), "prctl")


@pytest.mark.skipif(not IS_ROOT, reason="anybody else runs these without a child process")
@pytest.mark.parametrize("body", [read_only_round, unreadable_round])
def test_rights_of_a_plain_user(body: Callable[[], None]) -> None:
    script = f"from tests.workspace.test_restore import {body.__name__} as body; body()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        preexec_fn=without_roots_rights,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


if not IS_ROOT:

    def test_read_only_files_and_directories_are_restored() -> None:
        read_only_round()

    def test_an_unreadable_file_stops_a_checkpoint_by_name_unless_it_is_to_be_skipped() -> None:
        unreadable_round()
