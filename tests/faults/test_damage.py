"""Flipped bits, cut and lost files: detected, named, all else still readable, and the next checkpoint succeeds."""

from __future__ import annotations

import os

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound
from jupyter_repro.store import Kind
from jupyter_repro.store.packs import HEADER_SIZE, read_table
from jupyter_repro.verbs.rebuild import rebuild
from jupyter_repro.verbs.verify import verify
from tests.faults.damage import (
    DAMAGES,
    Damage,
    check_the_next_checkpoint,
    check_what_is_readable,
    files_of,
    rewrite,
    store_of,
)
from tests.faults.places import Case, lose_caches
from tests.faults.scenarios import AFTER, BEFORE
from tests.support.profile import spread
from tests.support.trees import File, commit_tree, read_tree

pytestmark = pytest.mark.faults


# -- packs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_pack_is_detected_and_named_and_healed(case: Case, damage: str) -> None:
    for number in spread(range(len(files_of(case, "packs"))), 3, damage):
        case.reset()
        DAMAGES[damage](files_of(case, "packs")[number])
        with verbs.open_workspace(case.place.work) as ws:
            result = verify(ws)
            assert not result.ok
            check_what_is_readable(case, ws, result)
            check_the_next_checkpoint(case, ws, AFTER)
            (case.place.work / "a").write_bytes(b"and on")
            check_the_next_checkpoint(case, ws, {**AFTER, b"a": File(b"and on")})


@pytest.mark.parametrize(
    "damage", [DAMAGES["lost"], DAMAGES["cut to 0.50"], DAMAGES["zeros"], DAMAGES["flipped at 0.99"]]
)
def test_a_damaged_pack_hides_no_other_when_the_index_is_lost_too(case: Case, damage: Damage) -> None:
    for number in range(len(files_of(case, "packs"))):
        case.reset()
        damage(files_of(case, "packs")[number])
        lose_caches(case.place.data)
        with verbs.open_workspace(case.place.work) as ws:
            result = verify(ws)
            assert not result.ok
            check_what_is_readable(case, ws, result)
            check_the_next_checkpoint(case, ws, AFTER)


def test_a_checkpoint_succeeds_though_nobody_looked_for_the_damage(case: Case) -> None:
    for number in range(len(files_of(case, "packs"))):
        for damage in (DAMAGES["zeros"], DAMAGES["lost"]):
            case.reset()
            damage(files_of(case, "packs")[number])
            with verbs.open_workspace(case.place.work) as ws:
                (case.place.work / "a").write_bytes(b"and on")
                verbs.checkpoint(ws, "not knowing")
                result = verify(ws)
                assert not result.ok
                check_the_next_checkpoint(case, ws, {**AFTER, b"a": File(b"and on")})


@pytest.mark.parametrize("kind", [Kind.BLOB, Kind.RECIPE, Kind.TREE, Kind.COMMIT, Kind.NOTE])
def test_each_object_that_is_damaged_is_named_with_its_files_and_commits(case: Case, kind: Kind) -> None:
    for number, pack in enumerate(files_of(case, "packs")):
        with verbs.open_workspace(case.place.work) as ws:
            table = read_table(ws.repository.store.backend, bytes.fromhex(pack.name))
        entries = [entry for entry in table.entries() if entry.kind == kind and entry.stored]
        for entry in spread(entries, 3, f"{kind}{number}"):
            assert entry.offset >= HEADER_SIZE
            case.reset()
            data = bytearray(pack.read_bytes())
            data[entry.offset + entry.stored // 2] ^= 1
            rewrite(pack, bytes(data))
            with verbs.open_workspace(case.place.work) as ws:
                result = verify(ws)
                found = {damage.id: damage for damage in result.damaged}
                assert entry.id.hex() in found
                damage = found[entry.id.hex()]
                assert damage.kind == kind.name.lower()
                if kind in (Kind.BLOB, Kind.RECIPE):
                    assert damage.paths
                assert damage.commits
                check_what_is_readable(case, ws, result)
                check_the_next_checkpoint(case, ws, AFTER)


def test_a_restore_of_damaged_content_leaves_the_folder_as_it_was(case: Case) -> None:
    for number in range(len(files_of(case, "packs"))):
        case.reset()
        DAMAGES["zeros"](files_of(case, "packs")[number])
        with verbs.open_workspace(case.place.work) as ws:
            try:
                verbs.restore(ws, "v1")
            except (BlobCorrupt, BlobMissing, CommitNotFound):
                assert read_tree(os.fsencode(case.place.work)) == AFTER
            else:
                assert read_tree(os.fsencode(case.place.work)) == BEFORE
            (case.place.work / "a").write_bytes(b"and on")
            assert verbs.checkpoint(ws).created


# -- the log -------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_named_and_harms_nothing(case: Case, damage: str) -> None:
    for number in spread(range(len(files_of(case, "log"))), 3, damage):
        case.reset()
        DAMAGES[damage](files_of(case, "log")[number])
        with verbs.open_workspace(case.place.work) as ws:
            result = verify(ws)
            assert not result.ok or put_back(case, number)
            for commit, tree in case.commits.items():
                assert commit_tree(ws, commit) == tree
            check_the_next_checkpoint(case, ws, AFTER)


def put_back(case: Case, number: int) -> bool:
    """Whether the record is in the log again: this machine keeps the newest one."""
    return f"{number:020d}" in {path.name for path in files_of(case, "log")}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_and_a_lost_index_are_overcome_by_a_rebuild(case: Case, damage: str) -> None:
    for number in spread(range(len(files_of(case, "log"))), 4, damage):
        case.reset()
        DAMAGES[damage](files_of(case, "log")[number])
        lose_caches(case.place.data)
        with verbs.open_workspace(case.place.work) as ws:
            rebuild(ws)
            for commit, tree in case.commits.items():
                assert commit_tree(ws, commit) == tree
            (case.place.work / "a").write_bytes(b"and on")
            check_the_next_checkpoint(case, ws, {**AFTER, b"a": File(b"and on")})
        lose_caches(case.place.data)
        with verbs.open_workspace(case.place.work) as ws:
            assert len(verbs.log(ws, everything=True)) > len(case.commits), (
                "what was rebuilt is there for other machines"
            )


def test_a_damaged_record_without_an_index_is_named_by_the_command_that_meets_it(case: Case) -> None:
    DAMAGES["flipped at 0.50"](files_of(case, "log")[2])
    lose_caches(case.place.data)
    with pytest.raises(BlobCorrupt, match=r"log/0{19}2.*rebuild"), verbs.open_workspace(case.place.work) as ws:
        verbs.log(ws)


# -- the marker ----------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["flipped at 0.50", "cut to 0.50", "cut to 0.00", "lost", "zeros"])
def test_a_damaged_marker_hides_nothing(case: Case, damage: str) -> None:
    DAMAGES[damage](store_of(case) / "repro.json")
    for _ in range(2):
        with verbs.open_workspace(case.place.work) as ws:
            for commit, tree in case.commits.items():
                assert commit_tree(ws, commit) == tree
            assert not verify(ws).ok
            check_the_next_checkpoint(case, ws, AFTER)
        lose_caches(case.place.data)
