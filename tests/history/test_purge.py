"""Purged content is gone at once: from every commit, from every file of the store, and for every reader."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import Purged, PurgedContent
from jupyter_repro.history.collect import MOST_IN_TIER
from jupyter_repro.store import Changes, Kind
from jupyter_repro.store.project_log import ObjectsGone
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.gc import gc
from jupyter_repro.verbs.purge import allow_again, purge
from jupyter_repro.verbs.verify import verify
from tests.support import scratch, strategies
from tests.support.scratch import Scratch
from tests.support.trees import File, commit_tree, read_tree, tree_of, write_tree

SECRET = b"a secret that does not compress: " + strategies.bytes_of(7, 40)


@pytest.fixture
def opened() -> Iterator[tuple[Scratch, Opened]]:
    with scratch.workspace() as pair:
        yield pair


def holding(place: Scratch, data: bytes) -> list[Path]:
    """Every file around the workspace that holds these bytes as they are."""
    return [file for file in place.data.rglob("*") if file.is_file() and data in file.read_bytes()]


def test_purged_bytes_are_in_no_file_of_the_store(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    write_tree(os.fsencode(place.work), tree_of([(b"secret", File(SECRET)), (b"kept", File(b"kept"))]))
    commit = verbs.checkpoint(ws).commit.id
    (place.work / "secret").unlink()
    assert holding(place, SECRET)
    purge(ws, "secret", "a test")
    assert holding(place, SECRET) == []
    with pytest.raises(Purged, match="a test"):
        list(verbs.cat(ws, commit, "secret"))
    assert b"".join(verbs.cat(ws, commit, "kept")) == b"kept"
    assert verify(ws).ok, "it is purged, not damaged"


def test_packs_that_were_merged_before_the_purge_are_purged_too(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    (place.work / "secret").write_bytes(SECRET)
    verbs.checkpoint(ws)
    (place.work / "secret").unlink()
    for number in range(MOST_IN_TIER + 2):
        (place.work / "f").write_bytes(b"%d" % number)
        verbs.checkpoint(ws)
    gc(ws)  # small packs are merged, and their files stay for slow readers
    assert len(holding(place, SECRET)) > 1
    purge(ws, "secret", "a test")
    assert holding(place, SECRET) == []


def test_a_pack_of_a_writer_that_died_is_purged_too(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    (place.work / "secret").write_bytes(SECRET)
    verbs.checkpoint(ws)
    (place.work / "secret").unlink()
    with ws.repository.store.batch() as batch:
        batch.put(Kind.NOTE, SECRET)
        batch.put(Kind.BLOB, b"something else of the same writer")
        batch.flush()
    assert len(holding(place, SECRET)) == 2
    purge(ws, "secret", "a test")
    assert holding(place, SECRET) == []


def test_a_writer_at_work_does_not_bring_purged_content_back(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    (place.work / "secret").write_bytes(SECRET)
    verbs.checkpoint(ws)
    (place.work / "secret").unlink()
    with verbs.open_workspace(place.work) as other, other.repository.store.batch() as batch:
        batch.put(Kind.BLOB, SECRET)
        purge(ws, "secret", "a test")
        with pytest.raises(ObjectsGone):
            other.repository.store.publish(lambda head: Changes(), batch)
    gc(ws, grace_seconds=0)
    assert holding(place, SECRET) == []


def test_purged_content_is_refused_by_name_until_it_is_allowed_again(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    (place.work / "secret").write_bytes(SECRET)
    commit = verbs.checkpoint(ws).commit.id
    purge(ws, "secret", "a test")
    (place.work / "other name").write_bytes(SECRET)
    for _ in range(2):
        with pytest.raises(PurgedContent):
            verbs.checkpoint(ws, full=True)
    allow_again(ws, "secret")
    now = verbs.checkpoint(ws).commit.id
    assert commit_tree(ws, now) == {b"secret": File(SECRET), b"other name": File(SECRET)}
    assert commit_tree(ws, commit) == {b"secret": File(SECRET)}, "stored again, it is there for the old commit too"


def test_what_shares_content_is_named_and_kept_unless_everywhere(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    table = strategies.lines_of(1, 200_000)
    write_tree(
        os.fsencode(place.work),
        tree_of([(b"a.csv", File(table)), (b"copy.csv", File(table)), (b"longer.csv", File(table + b"more\n"))]),
    )
    commit = verbs.checkpoint(ws).commit.id
    done = purge(ws, "a.csv", "a test").plan
    assert set(done.remains) == {"copy.csv", "longer.csv"}
    assert b"".join(verbs.cat(ws, commit, "copy.csv")) == table
    done = purge(ws, "a.csv", "now really", everywhere=True).plan
    assert set(done.same) == {"copy.csv"}
    assert set(done.sharing) == {"longer.csv"}
    for path in ("a.csv", "copy.csv", "longer.csv"):
        with pytest.raises(Purged):
            b"".join(verbs.cat(ws, commit, path))
    assert verify(ws).ok


def test_the_rest_of_a_commit_can_be_had_after_a_purge(opened: tuple[Scratch, Opened]) -> None:
    place, ws = opened
    large = strategies.bytes_of(11, 3_000_000)
    before = tree_of([(b"data/secret", File(SECRET)), (b"data/large.bin", File(large)), (b"kept", File(b"kept"))])
    write_tree(os.fsencode(place.work), before)
    commit = verbs.checkpoint(ws).commit.id
    verbs.create_branch(ws, "then", commit)
    (place.work / "data" / "secret").write_bytes(b"harmless")
    (place.work / "data" / "large.bin").unlink()
    (place.work / "kept").write_bytes(b"changed")
    now = verbs.checkpoint(ws).commit.id
    for path in ("data/secret", "data/large.bin"):
        verbs.purge(ws, path, "a test")
    # What was put in its place since is gone with the path, in the history; the workspace keeps it.
    (place.work / "data" / "secret").write_bytes(b"as harmless")

    there = place.folder("there")
    made = verbs.recreate(ws, commit, there)
    assert made.notice == "Left out, because the content was purged: 'data/large.bin', 'data/secret'."
    assert read_tree(os.fsencode(there)) == {b"data": before[b"data"], b"kept": File(b"kept")}
    with verbs.open_workspace(there) as again:
        assert verbs.status(again).deleted == ("data/large.bin", "data/secret")
        assert verbs.checkpoint(again).deleted == 2

    done = verbs.restore(ws, commit)
    assert done.notice == "Left out, because the content was purged: 'data/large.bin', 'data/secret'."
    assert read_tree(os.fsencode(place.work)) == {
        b"data": before[b"data"],
        b"data/secret": File(b"as harmless"),
        b"kept": File(b"kept"),
    }
    assert verbs.restore(ws, now).notice, "the path held something else then, and that was purged with it"
    assert verbs.switch(ws, "then").notice
    assert (place.work / "kept").read_bytes() == b"kept"
    with pytest.raises(Purged, match="data/secret"):
        verbs.restore(ws, commit, ["data/secret"])
    assert verbs.restore(ws, commit, ["data"]).notice

    verbs.create_tag(ws, "start", commit)
    exported = verbs.export_git(ws, place.folder("git"))
    assert exported.notice
    listing = ["git", "-C", exported.path, "ls-tree", "-r", "--name-only", "start"]
    said = subprocess.run(listing, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["kept"]
