"""A cache that is damaged or wrong is made again, and never reaches a commit or a collection."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import StoreError
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.verify import verify
from tests.faults.damage import DAMAGES, Damage, check_the_next_checkpoint, close_cleanly, noise
from tests.faults.places import Case, lose_caches
from tests.faults.scenarios import AFTER
from tests.faults.tidying import collect_everything, merge_everything
from tests.support.profile import spread
from tests.support.trees import File, commit_tree, read_tree

pytestmark = pytest.mark.faults


CACHES = ("index.sqlite", "history.sqlite", "stat.sqlite")
PLACES = [number / 41 for number in range(41)]


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


WRONG_INDEX = {
    "commits are missing": "DELETE FROM object WHERE kind = 4",
    "trees are missing": "DELETE FROM object WHERE kind = 3",
    "blobs are missing": "DELETE FROM object WHERE kind = 1",
    "every second row is missing": "DELETE FROM object WHERE (unicode(hex(id)) + offset) % 2",
    "rows point to another pack": "UPDATE object SET pack = (SELECT min(number) FROM pack)",
    "rows point to no pack": "UPDATE object SET pack = 99",
    "offsets are wrong": "UPDATE object SET offset = offset + 1",
}


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
