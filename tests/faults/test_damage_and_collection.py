"""Collecting and merging do not make damage worse, and a second copy serves for a damaged one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_repro import verbs
from jupyter_repro.store import Changes, Kind, Store, object_id
from jupyter_repro.store.backends import open_backend
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.verify import verify
from tests.faults.damage import files_of, flip, rewrite, store_of
from tests.faults.places import Case, lose_caches
from tests.faults.tidying import collect_everything, merge_everything
from tests.support.strategies import bytes_of
from tests.support.trees import commit_tree

pytestmark = pytest.mark.faults


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
