"""What you restore is what you saved: any tree, through a checkpoint and back by recreate and by restore."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from jupyter_repro import verbs
from tests.support import scratch, strategies
from tests.support.trees import (
    File,
    Folder,
    Link,
    Tree,
    back_date,
    commit_tree,
    read_tree,
    remove_node,
    tree_of,
    write_node,
    write_tree,
)


def replace_all(root: Path, tree: Tree) -> None:
    """Let the workspace hold ``tree`` and nothing else."""
    top = os.fsencode(root)
    for name in os.listdir(top):
        if name != b".repro":
            remove_node(os.path.join(top, name))
    write_tree(top, tree)


@given(tree=strategies.trees())
def test_any_tree_survives_checkpoint_and_recreate(tree: Tree) -> None:
    with scratch.workspace() as (place, ws):
        write_tree(os.fsencode(place.work), tree)
        commit = verbs.checkpoint(ws, "all of it", allow_empty=True).commit.id
        assert commit_tree(ws, commit) == tree
        verbs.recreate(ws, commit, place.folder("again"))
        assert read_tree(os.fsencode(place.folder("again"))) == tree
        with verbs.open_workspace(place.folder("again")) as again:
            assert verbs.status(again).clean
            assert not verbs.checkpoint(again).created


@given(before=strategies.trees(), after=strategies.trees())
def test_any_tree_is_restored_over_any_other(before: Tree, after: Tree) -> None:
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        write_tree(top, before)
        first = verbs.checkpoint(ws, "first", allow_empty=True).commit.id
        replace_all(place.work, after)
        done = verbs.restore(ws, first)
        assert read_tree(top) == before
        assert done.safety is not None
        assert commit_tree(ws, done.safety.id) == after, "what was replaced is in the safety commit"
        assert verbs.status(ws).clean
        verbs.restore(ws, done.safety.id)
        assert read_tree(top) == after
        assert commit_tree(ws, first) == before, "a commit never changes"


@given(tree=strategies.trees(max_size=20, of=strategies.plain_paths))
def test_a_tree_is_recreated_over_a_folder_that_holds_another(tree: Tree) -> None:
    with scratch.workspace() as (place, ws):
        write_tree(os.fsencode(place.work), tree)
        commit = verbs.checkpoint(ws, allow_empty=True).commit.id
        there = place.folder("there")
        there.mkdir()
        mine = tree_of([(b"mine", File(b"mine")), (b"a", File(b"in the way", 0o600)), (b"d/e/f", File(b"deep"))])
        write_tree(os.fsencode(there), mine)
        made = verbs.recreate(ws, commit, there)
        assert read_tree(os.fsencode(there)) == tree
        with verbs.open_workspace(there) as other:
            safety = made.undo.split()[-1]
            assert commit_tree(other, safety) == mine


# -- one by one, so that a failure says which promise it broke -----------------------------------

ODD = {
    "newline": b"new\nline",
    "invalid UTF-8": b"\xff\xfe\x80",
    "the bytes of a lone surrogate": b"\xed\xb3\xbf",
    "255 bytes": b"n" * 255,
    "255 bytes that are no text": b"\xff" * 255,
    "a leading dash": b"-rf",
    "a glob": b"*?[a]",
    "a backslash": b"a\\..\\b",
    "spaces": b"  ",
    "control bytes": bytes(range(1, 32)),
    "composed": "é".encode(),
    "decomposed": b"e\xcc\x81",
    "three dots": b"...",
    "what a browser makes of a slash": b"%2f..%2f",
}


@pytest.mark.parametrize("name", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_a_name_of_any_bytes_comes_back(name: bytes, kind: str) -> None:
    node = {"file": File(b"content"), "link": Link(name), "folder": Folder(0o750)}[kind]
    tree = tree_of([(name, node), (b"d/" + name, node)])
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        write_tree(top, tree)
        commit = verbs.checkpoint(ws).commit.id
        replace_all(place.work, {})
        verbs.restore(ws, commit, [os.fsdecode(name)])
        assert read_tree(top) == tree_of([(name, node)]), "a selective restore takes the same names"
        verbs.restore(ws, commit)
        assert read_tree(top) == tree


def test_names_that_differ_only_in_case_stay_apart(tmp_path: Path) -> None:
    tree = tree_of([(b"Data", File(b"1")), (b"data", File(b"2")), (b"DATA/x", File(b"3"))])
    with scratch.workspace() as (place, ws):
        write_tree(os.fsencode(place.work), tree)
        verbs.recreate(ws, verbs.checkpoint(ws).commit.id, place.folder("again"))
        assert read_tree(os.fsencode(place.folder("again"))) == tree


def test_a_directory_becomes_a_file_and_back() -> None:
    versions: list[Tree] = [
        tree_of([(b"x/a", File(b"1")), (b"x/deep/b", File(b"2")), (b"x/empty", Folder())]),
        tree_of([(b"x", File(b"now a file", 0o755))]),
        tree_of([(b"x", Link(b"elsewhere"))]),
        tree_of([(b"x/deep", File(b"3"))]),
        tree_of([(b"x", Folder(0o700))]),
        tree_of([]),
    ]
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        commits = []
        for version in versions:
            replace_all(place.work, version)
            commits.append(verbs.checkpoint(ws, allow_empty=True).commit.id)
        for i in range(len(versions)):
            for j in range(len(versions)):
                verbs.restore(ws, commits[i])
                verbs.restore(ws, commits[j])
                assert read_tree(top) == versions[j], f"from version {i} to version {j}"


def test_a_sparse_file_comes_back_sparse_and_equal() -> None:
    with scratch.workspace() as (place, ws):
        size = 64 * 1024 * 1024
        with open(place.work / "sparse.bin", "wb") as file:
            file.seek(size // 2)
            file.write(b"in the middle")
            file.truncate(size)
        commit = verbs.checkpoint(ws).commit.id
        verbs.recreate(ws, commit, place.folder("again"))
        (place.work / "sparse.bin").unlink()
        verbs.restore(ws, commit)
        for copy in (place.folder("again") / "sparse.bin", place.work / "sparse.bin"):
            st = copy.stat()
            assert st.st_size == size
            assert st.st_blocks * 512 < size // 4, "the zeros take no space"
            with open(copy, "rb") as file:
                file.seek(size // 2)
                assert file.read(13) == b"in the middle"
                assert not any(file.read())


def test_hard_links_are_saved_as_files_and_a_restore_of_one_leaves_the_other() -> None:
    with scratch.workspace() as (place, ws):
        one, two = place.work / "one", place.work / "two"
        one.write_bytes(b"shared")
        os.link(one, two)
        outside = place.folder("outside")
        os.link(one, outside)
        commit = verbs.checkpoint(ws).commit.id
        assert commit_tree(ws, commit) == {b"one": File(b"shared"), b"two": File(b"shared")}
        one.write_bytes(b"changed through one name")
        verbs.restore(ws, commit, ["one"])
        assert one.read_bytes() == b"shared"
        assert outside.read_bytes() == b"changed through one name", "nothing is written through a link"
        verbs.restore(ws, commit)
        assert two.read_bytes() == b"shared"


@pytest.mark.parametrize("mode", [0o444, 0o555, 0o400, 0o755, 0o777, 0o600])
def test_permission_bits_come_back_whatever_the_umask(mode: int) -> None:
    before = os.umask(0o077)
    try:
        with scratch.workspace() as (place, ws):
            tree = tree_of([(b"f", File(b"x", mode)), (b"d/g", File(b"y", mode)), (b"d", Folder(0o775))])
            tree = {b"f": File(b"x", mode), b"d": Folder(0o775), b"d/g": File(b"y", mode)}
            write_tree(os.fsencode(place.work), tree)
            commit = verbs.checkpoint(ws).commit.id
            verbs.recreate(ws, commit, place.folder("again"))
            assert read_tree(os.fsencode(place.folder("again"))) == tree
            replace_all(place.work, {})
            verbs.restore(ws, commit)
            assert read_tree(os.fsencode(place.work)) == tree
    finally:
        os.umask(before)


def test_a_mode_alone_is_a_change_and_is_restored() -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "run.sh").write_bytes(b"#!/bin/sh\n")
        (place.work / "d").mkdir(mode=0o755)
        first = verbs.checkpoint(ws).commit.id
        (place.work / "run.sh").chmod(0o755)
        (place.work / "d").chmod(0o700)
        second = verbs.checkpoint(ws)
        assert second.created
        assert {(change.path, change.change) for change in verbs.diff(ws, first, second.commit.id)} == {
            ("run.sh", "mode"),
            ("d/", "mode"),
        }
        verbs.restore(ws, first)
        assert read_tree(os.fsencode(place.work)) == {b"run.sh": File(b"#!/bin/sh\n", 0o644), b"d": Folder(0o755)}


def test_directories_a_thousand_levels_deep_round_trip() -> None:
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        tree = tree_of([(b"/".join([b"d"] * 1000) + b"/leaf", File(b"at the bottom"))])
        write_tree(top, tree)
        commit = verbs.checkpoint(ws).commit.id
        verbs.recreate(ws, commit, place.folder("again"))
        assert os.path.exists(place.folder("again") / "/".join(["d"] * 1000) / "leaf")
        replace_all(place.work, {})
        verbs.restore(ws, commit)
        assert verbs.status(ws).clean
        assert verbs.diff(ws, commit) == []


@pytest.mark.parametrize("old", [None, 3600], ids=["times too young to trust", "times that are trusted"])
@settings(max_examples=30)
@given(before=strategies.trees(of=strategies.plain_paths), after=strategies.trees(of=strategies.plain_paths))
def test_the_stat_cache_never_hides_a_change(before: Tree, after: Tree, old: int | None) -> None:
    with scratch.workspace() as (place, ws):
        top = os.fsencode(place.work)
        write_tree(top, before, old)
        verbs.checkpoint(ws, allow_empty=True)
        verbs.checkpoint(ws)  # once more, so that what has settled by now is in the cache
        for path in sorted(before.keys() - after.keys(), reverse=True):
            remove_node(os.path.join(top, path))
        for path in sorted(after):
            full = os.path.join(top, path)
            if before.get(path) != after[path] or not os.path.lexists(full):
                if isinstance(after[path], Folder) and os.path.isdir(full) and not os.path.islink(full):
                    continue
                remove_node(full)
                write_node(full, after[path])
                if old is not None and not isinstance(after[path], Folder):
                    back_date(full, old)
        for path, node in after.items():
            if isinstance(node, Folder):
                os.chmod(os.path.join(top, path), node.mode)
        commit = verbs.checkpoint(ws, allow_empty=True).commit.id
        assert commit_tree(ws, commit) == read_tree(top)
        assert not verbs.checkpoint(ws, full=True).created, "reading everything again finds nothing else"
