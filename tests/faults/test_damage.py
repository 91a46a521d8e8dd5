"""Flipped bits, cut and lost files: detected, named, all else still readable, and the next checkpoint succeeds."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound, ReproError, StoreError
from jupyter_repro.history import collect
from jupyter_repro.history.verify import Verified
from jupyter_repro.store import Changes, Kind, Store, object_id
from jupyter_repro.store.backends import open_backend
from jupyter_repro.store.packs import HEADER_SIZE, read_table
from jupyter_repro.store.repack import delete_retired
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.gc import gc
from jupyter_repro.verbs.rebuild import rebuild
from jupyter_repro.verbs.verify import verify
from tests.faults.places import Case, lose_caches, made_ready
from tests.faults.scenarios import AFTER, BEFORE, Scenario, hold, with_history
from tests.support.profile import spread
from tests.support.strategies import bytes_of
from tests.support.trees import File, Tree, commit_tree, files_in, read_tree

pytestmark = pytest.mark.faults


def settled(root: Path) -> None:
    """A history, and a folder that is as its newest commit."""
    with_history(root)
    hold(root, AFTER)


@pytest.fixture(scope="module")
def ready() -> Iterator[Case]:
    with made_ready(Scenario(settled, lambda: None, (AFTER,))) as case:
        yield case


@pytest.fixture
def case(ready: Case) -> Case:
    ready.reset()
    return ready


def store_of(case: Case) -> Path:
    return next(case.place.data.glob("repro/projects/*/store"))


def files_of(case: Case, kind: str) -> list[Path]:
    """The files of one kind in the store, in the order of their writing."""
    found = (path for path in (store_of(case) / kind).rglob("*") if path.is_file())
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


# -- ways to damage ------------------------------------------------------------------------------

Damage = Callable[[Path], None]


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def flip(at: float) -> Damage:
    """Turn one bit over, ``at`` so far into the file (0 to 1)."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(int(at * len(data)), len(data) - 1)] ^= 0x10
        rewrite(path, bytes(data))

    return damage


def cut(to: float) -> Damage:
    """Cut the file to that part of its length."""
    return lambda path: rewrite(path, path.read_bytes()[: int(to * path.stat().st_size)])


DAMAGES: dict[str, Damage] = {
    **{f"flipped at {at:.2f}": flip(at) for at in (0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 1)},
    **{f"cut to {to:.2f}": cut(to) for to in (0, 0.2, 0.5, 0.9, 0.99)},
    "lost": lambda path: path.unlink(),
    "zeros": lambda path: rewrite(path, bytes(path.stat().st_size)),
    "longer": lambda path: rewrite(path, path.read_bytes() + b"garbage"),
}


# -- what must hold ------------------------------------------------------------------------------


def named(result: Verified, commit: str, path: str) -> bool:
    """Whether a verification names this path of this commit, or something above it."""
    for damage in result.damaged:
        if commit not in damage.commits:
            continue
        if damage.kind in ("commit", "log") or any(
            above in ("", path) or path.startswith(above + "/") for above in damage.paths
        ):
            return True
    return False


def check_what_is_readable(case: Case, ws: Opened, result: Verified) -> None:
    """What is not named reads as it was; what is named is refused, and never wrong."""
    for commit, tree in case.commits.items():
        listed: set[str] | None = None
        try:
            listed = {item.path for item in verbs.ls(ws, commit)}
        except (BlobCorrupt, BlobMissing, CommitNotFound):
            assert any(commit in damage.commits for damage in result.damaged), f"{commit} cannot be listed"
        for path, node in files_in(tree).items():
            shown = os.fsdecode(path)
            if not isinstance(node, File):
                continue
            try:
                data = b"".join(verbs.cat(ws, commit, shown))
            except ReproError:
                data = None
            assert data == node.data if data is not None else named(result, commit, shown), f"{shown!r} of {commit}"
            assert listed is None or shown in listed


def check_the_next_checkpoint(case: Case, ws: Opened, tree: Tree) -> str:
    """It succeeds, and what it holds is what the folder holds; returns its id."""
    done = verbs.checkpoint(ws, "the next one", full=True)
    assert read_tree(os.fsencode(case.place.work)) == tree
    assert commit_tree(ws, done.commit.id) == tree, "content that can be read again is stored again"
    return done.commit.id


# -- packs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_pack_is_detected_and_named_and_healed(case: Case, damage: Damage) -> None:
    for number in spread(range(len(files_of(case, "packs"))), 3, str(damage)):
        case.reset()
        damage(files_of(case, "packs")[number])
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


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_record_is_named_and_harms_nothing(case: Case, damage: Damage) -> None:
    for number in spread(range(len(files_of(case, "log"))), 3, str(damage)):
        case.reset()
        damage(files_of(case, "log")[number])
        with verbs.open_workspace(case.place.work) as ws:
            result = verify(ws)
            last = number == len(files_of(case, "log")) - 1
            assert not result.ok or (last and "lost" in str(damage)) or result.ok is False or put_back(case, number)
            for commit, tree in case.commits.items():
                assert commit_tree(ws, commit) == tree
            check_the_next_checkpoint(case, ws, AFTER)


def put_back(case: Case, number: int) -> bool:
    """Whether the record is in the log again: this machine keeps the newest one."""
    return f"{number:020d}" in {path.name for path in files_of(case, "log")}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_record_and_a_lost_index_are_overcome_by_a_rebuild(case: Case, damage: Damage) -> None:
    for number in spread(range(len(files_of(case, "log"))), 4, str(damage)):
        case.reset()
        damage(files_of(case, "log")[number])
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


# -- caches --------------------------------------------------------------------------------------

CACHES = ("index.sqlite", "history.sqlite", "stat.sqlite")
PLACES = [number / 41 for number in range(41)]


def close_cleanly(case: Case) -> None:
    """Bring what SQLite keeps beside its files into them, so that the damage hits something."""
    for path in case.place.data.rglob("*.sqlite"):
        database = sqlite3.connect(path)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


@pytest.mark.parametrize("name", CACHES)
@pytest.mark.parametrize(
    "damage",
    [*(DAMAGES[name] for name in ("cut to 0.00", "cut to 0.50", "cut to 0.90", "zeros", "lost")), None],
    ids=["empty", "half", "cut", "zeros", "lost", "flipped bits"],
)
def test_a_damaged_cache_is_made_again(case: Case, name: str, damage: Damage | None) -> None:
    damages = [damage] if damage else [noise(at) for at in spread(PLACES, 14, name)]
    for each in damages:
        case.reset()
        close_cleanly(case)
        each(next(case.place.data.rglob(name)))
        use_after_damage(case)


def noise(at: float) -> Damage:
    """Some random-looking bytes in the middle of a page."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        place = int(at * (len(data) - 64))
        data[place : place + 48] = bytes(byte ^ 0x55 for byte in data[place : place + 48])
        rewrite(path, bytes(data))

    return damage


def use_after_damage(case: Case) -> None:
    """Everything works; a command that meets the damage may say so once, plainly, and then it is gone."""
    told: list[str] = []
    while len(told) < 2:
        try:
            with verbs.open_workspace(case.place.work) as ws:
                for commit, tree in case.commits.items():
                    assert commit_tree(ws, commit) == tree
                    assert ws.repository.commit_at(commit).id == commit
                log = verbs.log(ws)
                assert {commit.id for commit in log} <= {c.id for c in verbs.log(ws, everything=True)}
                assert [commit.message for commit in log][-2:] == ["after", "before"]
                (case.place.work / "a").write_bytes(b"and on")
                check_the_next_checkpoint(case, ws, {**AFTER, b"a": File(b"and on")})
                assert verify(ws).ok
            return
        except StoreError as error:
            told.append(str(error))
    pytest.fail(f"it is told twice: {told}")


def test_a_flipped_bit_in_the_stat_cache_never_reaches_a_commit(case: Case) -> None:
    """The cache says what unchanged files hold: a commit that believed it would name content that nobody has."""
    for path in [case.place.work / "same", case.place.work / "table.csv"]:
        os.utime(path, ns=(10**18, 10**18))
    with verbs.open_workspace(case.place.work) as ws:
        verbs.checkpoint(ws)
        verbs.checkpoint(ws)
    close_cleanly(case)
    path = next(case.place.data.rglob("stat.sqlite"))
    whole = path.read_bytes()
    for number in spread(range(len(whole) // 24), 60):
        data = bytearray(whole)
        data[24 * number + 7] ^= 0x04
        path.write_bytes(data)
        for extra in ("-wal", "-shm"):
            Path(f"{path}{extra}").unlink(missing_ok=True)
        with verbs.open_workspace(case.place.work) as ws:
            (case.place.work / "d" / "b").write_bytes(b"edit %d" % number)
            (case.place.work / "a").write_bytes(b"edit %d" % number)
            done = verbs.checkpoint(ws)
            assert commit_tree(ws, done.commit.id) == read_tree(os.fsencode(case.place.work)), f"at byte {24 * number}"


# -- collecting and merging do not make damage worse ----------------------------------------------

WRONG_INDEX = {
    "commits are missing": "DELETE FROM object WHERE kind = 4",
    "trees are missing": "DELETE FROM object WHERE kind = 3",
    "blobs are missing": "DELETE FROM object WHERE kind = 1",
    "every second row is missing": "DELETE FROM object WHERE (unicode(hex(id)) + offset) % 2",
    "rows point to another pack": "UPDATE object SET pack = (SELECT min(number) FROM pack)",
    "rows point to no pack": "UPDATE object SET pack = 99",
    "offsets are wrong": "UPDATE object SET offset = offset + 1",
}


def collect_everything(ws: Opened) -> None:
    gc(ws, grace_seconds=0)


def merge_everything(ws: Opened) -> None:
    before = collect.MOST_IN_TIER
    collect.MOST_IN_TIER = 0
    try:
        collect.merge_small_packs(ws.repository)
        delete_retired(ws.repository.store, 0)
    finally:
        collect.MOST_IN_TIER = before


@pytest.mark.parametrize("tidying", [collect_everything, merge_everything])
@pytest.mark.parametrize("statement", WRONG_INDEX.values(), ids=WRONG_INDEX.keys())
def test_nothing_is_collected_because_a_cache_is_wrong(
    case: Case, statement: str, tidying: Callable[[Opened], None]
) -> None:
    close_cleanly(case)
    with sqlite3.connect(next(case.place.data.rglob("index.sqlite"))) as database:
        database.execute(statement)
    database.close()
    with verbs.open_workspace(case.place.work) as ws, contextlib.suppress(StoreError):
        tidying(ws)
    lose_caches(case.place.data)
    with verbs.open_workspace(case.place.work) as ws:
        for commit, tree in case.commits.items():
            assert commit_tree(ws, commit) == tree
        assert verify(ws).ok


@pytest.mark.parametrize("tidying", [collect_everything, merge_everything])
@pytest.mark.parametrize("at", [0.03, 0.3, 0.6, 0.9, 0.97])
def test_a_damaged_pack_takes_nothing_along_when_garbage_is_collected(
    case: Case, at: float, tidying: Callable[[Opened], None]
) -> None:
    """A file that is put back from a backup is as good as before, however much was collected meanwhile."""
    for number in range(len(files_of(case, "packs"))):
        for forgotten in (False, True):
            case.reset()
            pack = files_of(case, "packs")[number]
            whole = pack.read_bytes()
            flip(at)(pack)
            if forgotten:
                lose_caches(case.place.data)
            with verbs.open_workspace(case.place.work) as ws:
                verify(ws)
                tidying(ws)
                if pack.exists():
                    rewrite(pack, whole)
            lose_caches(case.place.data)
            with verbs.open_workspace(case.place.work) as ws:
                for commit, tree in case.commits.items():
                    assert commit_tree(ws, commit) == tree
                assert verify(ws).ok


def test_a_second_copy_is_read_when_the_first_is_damaged(case: Case) -> None:
    """Two machines stored the same content, each in a pack of its own."""
    data = b"content that both of them had: " + bytes_of(3, 50)
    with verbs.open_workspace(case.place.work) as ws:
        store = ws.repository.store
        elsewhere = Store(open_backend(store_of(case)), case.place.base / "other" / "index.sqlite")
        with store.batch() as one, elsewhere.batch() as two:
            for batch in (one, two):
                batch.put(Kind.BLOB, data)
                batch.flush()
            store.publish(lambda head: Changes(), one)
            elsewhere.publish(lambda head: Changes(), two)
        elsewhere.close()
        store.sync()
        holding = [pack for pack in files_of(case, "packs") if data in pack.read_bytes()]
        assert len(holding) == 2
    for bad in holding:
        saved = bad.read_bytes()
        rewrite(bad, saved.replace(data, data.swapcase()))
        for _ in range(2):
            with verbs.open_workspace(case.place.work) as ws:
                assert ws.repository.store.get(Kind.BLOB, object_id(data)) == data
            lose_caches(case.place.data)
        rewrite(bad, saved)
