"""The timeline: pages, filters, sessions, and what retention hides."""

from __future__ import annotations

import random

import pytest

from jupyter_repro import verbs
from jupyter_repro.api.services import Services
from jupyter_repro.history.thin import DAY_US, HOUR_US, Retention, hidden
from jupyter_repro.verbs.timeline import Filter, Timeline
from jupyter_repro.workspace.workspace import Described
from tests.api.client import Client

ADDRESS = "projects/current/commits"


async def pages(api: Client, address: str = ADDRESS, **query) -> list[dict]:
    """Every item of a paged list."""
    items: list[dict] = []
    cursor = None
    while True:
        page = (await api.get(address, cursor=cursor, **query)).ok()
        items += page["items"]
        assert len(page["items"]) == query["limit"] or page["next"] is None
        cursor = page["next"]
        if cursor is None:
            return items


@pytest.fixture
def story(api: Client, protected, jp_asyncio_loop):
    """Seven commits on two branches, one tagged; their messages."""

    async def make() -> list[str]:
        for number in range(3):
            (protected.root / "train.py").write_text(f"depth = {number}")
            await api.checkpoint(f"Depth {number}")
        (protected.root / "data" / "customers.csv").write_text("id\n")
        await api.checkpoint()
        await api.post("projects/current/branches", {"name": "other", "commit": "@~1"})
        await api.done("POST", "workspaces/current/switch", {"branch": "other"})
        (protected.root / "notes.md").write_text("on other")
        await api.checkpoint("On other")
        await api.post("projects/current/tags", {"name": "v1", "commit": "@"})
        return ["On other", "", "Depth 2", "Depth 1", "Depth 0", "First checkpoint"]

    return jp_asyncio_loop.run_until_complete(make())


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 100])
async def test_pages_tell_everything_once(api: Client, story, limit):
    assert [item["message"] for item in await pages(api, limit=limit)] == story


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"branch": "main"}, ["", "Depth 2", "Depth 1", "Depth 0", "First checkpoint"]),
        ({"branch": "other"}, ["On other", "Depth 2", "Depth 1", "Depth 0", "First checkpoint"]),
        ({"text": "DEPTH"}, ["Depth 2", "Depth 1", "Depth 0"]),
        ({"text": "v1"}, ["On other"]),
        ({"path": "data"}, ["", "First checkpoint"]),
        ({"path": "train.py", "branch": "other"}, ["Depth 2", "Depth 1", "Depth 0", "First checkpoint"]),
        ({"named": True}, ["On other", "Depth 2", "Depth 1", "Depth 0", "First checkpoint"]),
        ({"kind": ["run", "checkpoint"], "text": "other"}, ["On other"]),
        ({"kind": "run"}, []),
        ({"author": "nobody"}, []),
        ({"mine": True, "text": "First"}, ["First checkpoint"]),
        ({"session": "none"}, []),
        ({"until": "2000-01-01T00:00:00Z"}, []),
        ({"since": "2000-01-01T01:00:00+01:00", "text": "On"}, ["On other"]),
    ],
)
async def test_filters(api: Client, story, query, expected):
    assert [item["message"] for item in await pages(api, limit=2, **query)] == expected


async def test_a_page_carries_its_sessions_and_the_graph(api: Client, story):
    page = (await api.get(ADDRESS, limit=2)).ok()
    assert page["multiple_branches"]
    (session,) = page["sessions"]
    assert (session["commits"], session["current"], session["mine"]) == (6, True, True)
    rows = await pages(api, limit=100)
    assert rows[0]["tags"] == ["v1"]
    assert {name for row in rows for name in row["branches"]} == {"main", "other"}
    known = {row["id"] for row in rows}
    assert all(parent in known for row in rows for parent in row["parents"])
    assert rows[0]["parents"] == rows[1]["parents"], "they fork here"


async def test_a_page_goes_on_after_new_commits(api: Client, story, protected):
    page = (await api.get(ADDRESS, limit=2)).ok()
    (protected.root / "late.txt").write_text("late")
    await api.checkpoint("Late")
    rest = (await api.get(ADDRESS, limit=100, cursor=page["next"])).ok()
    assert [item["message"] for item in rest["items"]] == story[2:]


def test_a_list_shows_what_thinning_would_keep(protected, services: Services):
    """The timeline hides exactly what ``thin`` would free, in pages of any size."""
    chance = random.Random(7)
    with verbs.open_workspace(protected.root) as opened:
        now = opened.workspace.base.time
        made = _aged(opened, chance, 120)
        present = now + 20 * DAY_US
        kept = set(opened.repository.tags.values()) | set(opened.repository.branches.values())
        gone = {each.id for each in hidden(opened.repository.all_commits(), Retention(), present, kept)}
        assert len(gone) > 20
        assert len(made) - len(gone) > 20
        expected = [each.id for each in opened.repository.all_commits() if each.id not in gone]
        for limit in (1, 3, 7, 50, 500):
            timeline = Timeline(opened)
            seen: list[str] = []
            counted = 0
            after = None
            while True:
                page = timeline.page(Filter(), after, limit, present)
                seen += [each.id for each in page.commits]
                counted += page.hidden
                after = page.after
                if after is None:
                    break
            assert seen == expected
            assert counted == len(gone)
        everything = timeline.page(Filter(hidden=True), None, 1000, present)
        assert len(everything.commits) == len(made) + 1


def _aged(opened, chance: random.Random, count: int) -> list[str]:
    """Commits of many kinds over twenty days, written as a checkpoint writes them."""
    from jupyter_repro.history.commits import StoredCommit, StoredSession

    repository, base = opened.repository, opened.workspace.base
    made = []
    moment = base.time
    parent = base
    for number in range(count):
        moment += chance.choice([HOUR_US // 7, HOUR_US // 3, HOUR_US, 5 * HOUR_US])
        with repository.store.batch() as batch:
            stored = StoredCommit(
                format=1,
                tree=bytes.fromhex(base.tree),
                parents=[bytes.fromhex(parent.id)],
                branch="main",
                author="ada",
                time=moment,
                message="" if number % 3 else f"number {number}",
                kind=chance.choice(["auto", "auto", "auto", "checkpoint", "recovered"]),
                session=StoredSession("s", moment, "here", "ada"),
            )
            parent = repository.add_commit(batch, stored, "main", bytes.fromhex(parent.id))
        made.append(parent.id)
        if number % 17 == 0:
            repository.create_tag(f"tag-{number}", parent)
    return made


async def test_the_changes_of_a_large_commit_come_in_pages(api: Client, protected):
    for number in range(25):
        (protected.root / f"file-{number:02}.txt").write_text(str(number))
    done = await api.checkpoint("many")
    detail = (await api.get(f"{ADDRESS}/{done['commit']}", changes=10)).ok()
    assert len(detail["changes"]) == 10
    rest = (await api.get(f"{ADDRESS}/{done['commit']}/changes", cursor=detail["changes_next"], limit=100)).ok()
    paths = [each["path"] for each in detail["changes"] + rest["items"]]
    assert paths == [f"file-{number:02}.txt" for number in range(25)]
    assert (detail["files"], detail["unchanged"]) == (28, 3)
    assert detail["bytes"] == sum(
        path.stat().st_size for path in protected.root.rglob("*.*") if path.is_file() and ".repro" not in path.parts
    )


async def test_a_deleted_branch_hides_nothing(api: Client, story):
    await api.done("POST", "workspaces/current/switch", {"branch": "main"})
    (await api.request("DELETE", "projects/current/branches/other")).ok(204)
    assert [item["message"] for item in await pages(api, limit=3)] == story


async def test_a_row_says_with_which_commit_the_software_changed(api: Client, protected):
    def described(software: bytes, label: str = "") -> Described:
        return Described(software, lambda: b"host", label=label)

    installed = [
        ("numpy 1", described(b"numpy 1")),
        ("the same", described(b"numpy 1")),
        ("numpy 2", described(b"numpy 2", "analysis r2")),
        ("nobody looked", None),
        ("numpy 3", described(b"numpy 3")),
    ]
    with verbs.open_workspace(protected.root) as opened:
        for number, (message, found) in enumerate(installed):
            opened.workspace.describe = lambda found=found: found
            (protected.root / "train.py").write_text(f"{number}")
            verbs.checkpoint(opened, message)
    rows = (await api.get(ADDRESS)).ok()["items"]
    changed = {row["message"]: row["software_changed"] for row in rows}
    assert changed == {
        "First checkpoint": False,
        "numpy 1": True,
        "the same": False,
        "numpy 2": True,
        "nobody looked": False,
        "numpy 3": False,
    }, "what is not known on both sides is no change"
    labelled = [row["environment"] for row in rows if row["environment"] is not None]
    assert labelled == [{"name": "analysis", "revision": 2, "applied": None, "label": "analysis r2", "changed": True}]
    for row in rows:
        alone = (await api.get(f"{ADDRESS}/{row['id']}")).ok()["commit"]
        assert alone["software_changed"] == row["software_changed"], "whatever else is on the page"
