"""The history of one file in a project whose commits other programs made: entered by a process, beforehand."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_repro import verbs
from jupyter_repro.api import path_index
from jupyter_repro.api.services import Services
from jupyter_repro.verbs.changed_paths import commits_without_paths, enter_paths
from tests.api.client import Client

ADDRESS = "projects/current/commits"
MADE = 12


@pytest.fixture
def unseen(protected, monkeypatch):
    """Commits that nobody has asked yet which files they changed; more than a question enters by itself."""
    monkeypatch.setattr(path_index, "FEW", 5)
    with verbs.open_workspace(protected.root) as opened:
        for number in range(MADE):
            (protected.root / f"{'odd' if number % 2 else 'even'}.txt").write_text(f"{number}")
            verbs.checkpoint(opened, f"Step {number}")
    return protected


def indexing(services: Services) -> list:
    return [record for record in services.tasks.all() if record.kind == "index"]


async def test_a_question_for_one_file_waits_for_a_process_and_not_in_the_server(
    api: Client, services: Services, unseen, monkeypatch
):
    entered_here = []
    monkeypatch.setattr("jupyter_repro.history.commit_index.CommitIndex.add_paths", lambda *_: entered_here.append(1))
    question = asyncio.ensure_future(api.get(ADDRESS, path="odd.txt"))
    while not indexing(services):
        await asyncio.sleep(0)
    # Everybody else is answered meanwhile, and no task is shown that would keep a person from a checkpoint.
    assert (await api.get("workspaces/current")).ok()["tasks"] == []
    assert len((await api.get(ADDRESS, limit=3)).ok()["items"]) == 3
    found = (await question).ok()["items"]
    assert [row["message"] for row in found] == [f"Step {number}" for number in range(MADE - 1, 0, -2)]
    (record,) = indexing(services)
    assert record.automatic
    assert record.workspace is None, "work in the workspace need not wait for it"
    assert record.result == {"kind": "index", "commits": MADE + 1}
    assert entered_here == []

    # The next question finds it done.
    assert len((await api.get(ADDRESS, path="even.txt")).ok()["items"]) == MADE // 2
    assert len(indexing(services)) == 1


async def test_looking_at_the_history_has_it_entered_before_anybody_asks(api: Client, services: Services, unseen):
    (await api.get(ADDRESS)).ok()
    while not indexing(services):
        await asyncio.sleep(0)
    (record,) = indexing(services)
    await services.tasks.wait(record, None)
    assert record.state == "done"
    with services.rooms.project("current") as room:
        assert commits_without_paths(room.opened) == 0


async def test_a_cancelled_one_is_told_and_begun_again(api: Client, services: Services, unseen):
    question = asyncio.ensure_future(api.get(ADDRESS, path="odd.txt"))
    while not indexing(services):
        await asyncio.sleep(0)
    services.tasks.cancel(indexing(services)[0].id)
    answer = await question
    if answer.status != 200:  # it may have been over already
        answer.problem(409, "cancelled")
    assert len((await api.get(ADDRESS, path="odd.txt")).ok()["items"]) == MADE // 2


async def test_a_short_history_begins_nothing(api: Client, services: Services, protected):
    (await api.get(ADDRESS)).ok()
    assert len((await api.get(ADDRESS, path="train.py")).ok()["items"]) == 1
    assert indexing(services) == []


async def test_a_commit_that_cannot_be_read_is_not_tried_for_ever(api: Client, services: Services, unseen, monkeypatch):
    await services.path_index.ready("current")
    with services.rooms.project("current") as room:
        # As if all of them were damaged: the process could enter none.
        room.opened.repository.index._db.execute('UPDATE "commit" SET paths=0')
        room.opened.repository.index._db.commit()
    assert await services.path_index.begin("current") is None
    assert len(indexing(services)) == 1


def test_entering_tells_how_far_it_is(unseen):
    told = []
    with verbs.open_workspace(unseen.root) as opened:
        assert enter_paths(opened, told.append) == MADE + 1
        assert enter_paths(opened) == 0
    assert (told[0].phase, told[0].total_files) == ("index", MADE + 1)
