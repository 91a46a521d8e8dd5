"""The format is what docs/store-format.md says: a reader written from it alone reads what the package wrote."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings

from jupyter_repro import verbs
from jupyter_repro.history.trees import TreeEntry, encode_tree
from jupyter_repro.store import Changes, object_id
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.export import export_project
from jupyter_repro.verbs.purge import purge
from tests.support import scratch, strategies
from tests.support.hostile import Entry, entry, hostile, link
from tests.support.scratch import Scratch
from tests.support.trees import File, Folder, Link, Tree, commit_tree, read_tree, tree_of, write_tree

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "second_reader.py"


@pytest.fixture(scope="module")
def second() -> ModuleType:
    """The second reader as a module."""
    spec = importlib.util.spec_from_file_location("second_reader", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def store_of(ws: Opened) -> Path:
    return ws.data.store(ws.project.id)


def extract(second: ModuleType, place: Scratch, store: Path, commit: str) -> Tree:
    target = place.folder(f"second-{commit[:8]}")
    second.Reader(store).extract(commit, target)
    try:
        return read_tree(os.fsencode(target), skip=())
    finally:
        scratch.remove(target)


def test_it_is_short_and_knows_nothing_of_the_package() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) < 200
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"blake3", "msgpack", "zstandard"}


@settings(max_examples=40)
@given(one=strategies.trees(), two=strategies.trees())
def test_the_second_reader_extracts_the_same(second: ModuleType, one: Tree, two: Tree) -> None:
    with scratch.workspace() as (place, ws):
        other = place.folder("other")
        other.mkdir()
        write_tree(os.fsencode(place.work), one)
        first = verbs.checkpoint(ws, allow_empty=True).commit.id
        write_tree(os.fsencode(other), two)
        made = verbs.recreate(ws, first, other)
        with verbs.open_workspace(other) as there:
            safety = made.undo.split()[-1] if made.undo else first
            full = there.resolve(safety).id
        assert extract(second, place, store_of(ws), first) == one
        assert extract(second, place, store_of(ws), full) == commit_tree(ws, full)


def test_a_project_with_a_past_is_read_the_same_by_both() -> None:
    """Chunked files, branches, tags, a purge, a collection, and more records than one snapshot covers."""
    with scratch.workspace() as (place, ws):
        table = strategies.lines_of(1, 3_000_000)
        write_tree(
            os.fsencode(place.work),
            tree_of(
                [
                    (b"table.csv", File(table)),
                    (b"noise.bin", File(strategies.bytes_of(2, 3_000_000), 0o600)),
                    (b"d/secret", File(b"to be purged")),
                    (b"d/\xff\n", File(b"odd", 0o755)),
                    (b"l", Link(b"d/../nowhere")),
                    (b"e/empty", Folder(0o700)),
                    (b"zero", File(b"")),
                ]
            ),
        )
        verbs.checkpoint(ws, "first")
        verbs.create_tag(ws, "v1")
        (place.work / "table.csv").write_bytes(b"a new first row\n" + table)
        verbs.checkpoint(ws, "second")
        verbs.create_branch(ws, "side", "@~1")
        verbs.switch(ws, "side")
        (place.work / "d" / "secret").write_bytes(b"another secret")
        verbs.checkpoint(ws, "third, with 'quotes' and é")
        for _ in range(600):
            ws.repository.store.publish(lambda head: Changes())
        purge(ws, "d/secret", "a test", everywhere=True)
        verbs.create_tag(ws, "gone")
        verbs.delete_tag(ws, "gone")
        store = store_of(ws)
        assert any((store / "snapshots").iterdir())
        said = subprocess.run([sys.executable, SCRIPT, store], capture_output=True, text=True, check=True).stdout
        words = [line.split() for line in said.splitlines()]
        ours = {branch.name: branch.commit for branch in verbs.branches(ws)}
        ours |= {tag.name: tag.commit for tag in verbs.tags(ws)}
        assert {line[0]: line[1] for line in words if line[0] != "commit"} == ours
        log = verbs.log(ws, everything=True)
        assert [line[1] for line in words if line[0] == "commit"] == [commit.id for commit in log]
        for commit in log:
            target = place.folder("extracted")
            done = subprocess.run(
                [sys.executable, SCRIPT, store, commit.id, target], capture_output=True, text=True, check=False
            )
            if any(path == "d/secret" for path in (listed.path for listed in verbs.ls(ws, commit.id))):
                assert "was purged" in done.stderr
                assert done.returncode != 0
            else:
                assert done.returncode == 0, done.stderr
                assert read_tree(os.fsencode(target), skip=()) == commit_tree(ws, commit.id)
            scratch.remove(target)


def test_an_export_is_a_store(second: ModuleType) -> None:
    with scratch.workspace() as (place, ws):
        tree = tree_of([(b"a", File(b"1")), (b"d/b.csv", File(strategies.lines_of(1, 200_000)))])
        write_tree(os.fsencode(place.work), tree)
        commit = verbs.checkpoint(ws).commit.id
        export_project(ws, place.folder("project.tar"))
        with tarfile.open(place.folder("project.tar")) as archive:
            for member in archive.getmembers():
                assert re.fullmatch(r"repro\.json|log/\d{20}|snapshots/\d{20}|packs/../[0-9a-f]{64}", member.name)
            # Python 3.10 and 3.11 have it only in their later releases.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(place.folder("unpacked"), **safely)
        assert extract(second, place, place.folder("unpacked"), commit) == tree


HOSTILE = {
    "climbing": lambda ws: [entry(ws, b"../out")],
    "out of order": lambda ws: [entry(ws, b"b"), entry(ws, b"a")],
    "a marker": lambda ws: [link(b".repro", b"..")],
    "set user id": lambda ws: [entry(ws, b"su", b"x", 0o4755)],
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_second_reader_refuses_what_the_first_refuses(
    second: ModuleType, entries: Callable[[Opened], list[Entry]]
) -> None:
    with scratch.workspace() as (place, ws):
        commit = hostile(ws, *entries(ws))
        with pytest.raises(ValueError, match="hostile"):
            extract(second, place, store_of(ws), commit)
        assert not place.folder("out").exists()


# -- the document --------------------------------------------------------------------------------

DOCUMENT = (ROOT / "docs" / "store-format.md").read_text("utf-8")


def test_the_examples_of_the_document_are_right() -> None:
    assert object_id(b"").hex() in DOCUMENT
    assert object_id(encode_tree([])).hex() in DOCUMENT
    example = encode_tree([TreeEntry(b"a.txt", 1, 0o644, 3, object_id(b"hi\n"))])
    written = re.search(r"^(91 96 .*)\nid ([0-9a-f]{64})$", DOCUMENT, re.MULTILINE)
    assert written is not None
    assert bytes.fromhex(written[1].replace(" ", "")) == example
    assert written[2] == object_id(example).hex()


def test_the_document_names_every_field_that_is_stored() -> None:
    from jupyter_repro.history.commits import KINDS, StoredCommit, StoredEnvironment, StoredSession
    from jupyter_repro.store import Head, Kind, Record
    from jupyter_repro.store.packs import Table

    for struct in (StoredCommit, StoredSession, StoredEnvironment, Record, Head, Table):
        for field in struct.__struct_fields__:
            assert re.search(rf"`{field}`", DOCUMENT), f"{struct.__name__}.{field} is not in docs/store-format.md"
    for kind in KINDS:
        assert f"`{kind}`" in DOCUMENT
    for number in Kind:
        assert f"| {number.value} | {number.name.lower()} |" in DOCUMENT


def test_the_chunk_sizes_of_the_document_are_those_of_the_code() -> None:
    from jupyter_repro.store.chunks import BINARY_CHUNKED_FROM, BINARY_SIZES, TEXT_CHUNKED_FROM, TEXT_SIZES

    def kibi(*sizes: int) -> str:
        return ", ".join(f"{size // 1024} K" for size in sizes)

    text = "; ".join(f"{kibi(sizes.min, sizes.avg, sizes.max)} below {kibi(below)}" for below, sizes in TEXT_SIZES)
    assert f"| text-like | {kibi(TEXT_CHUNKED_FROM)} | {text}; then as any other |" in DOCUMENT
    binary = kibi(BINARY_SIZES.min, BINARY_SIZES.avg, BINARY_SIZES.max)
    assert f"| any other | {kibi(BINARY_CHUNKED_FROM)} | {binary} |" in DOCUMENT
