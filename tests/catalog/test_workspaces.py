"""Workspaces are listed with the last used first, whatever bytes their paths are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_repro.catalog import Catalog, WorkspaceRecord
from jupyter_repro.errors import WorkspaceNotFound


def workspace(number: int, **changes: str | int) -> WorkspaceRecord:
    plain = WorkspaceRecord(
        id=f"{number:064x}",
        project_id="p1",
        path=f"/home/someone/{number}",
        branch="main",
        host="host",
        device=1,
        inode=number,
        created=100,
        last_used=1000 + number,
    )
    return replace(plain, **changes)


def test_the_last_used_comes_first_and_pages_meet(catalog: Catalog) -> None:
    known = [catalog.workspaces.put(workspace(number, last_used=1000 + number // 2)) for number in range(6)]
    everything = catalog.workspaces.search()
    assert everything == sorted(known, key=lambda record: (-record.last_used, record.id))
    pages: list[WorkspaceRecord] = []
    while page := catalog.workspaces.search(limit=2, after=pages[-1].id if pages else None):
        assert len(page) == 2
        pages += page
    assert pages == everything


def test_lists_are_narrowed(catalog: Catalog) -> None:
    one = catalog.workspaces.put(workspace(1, project_id="p1", branch="main", host="a"))
    two = catalog.workspaces.put(workspace(2, project_id="p2", branch="other", host="b"))
    assert catalog.workspaces.search(project="p1") == [one]
    assert catalog.workspaces.search(branch="other") == [two]
    assert catalog.workspaces.search(host="a", project="p2") == []
    assert catalog.workspaces.search(path="/home/someone/2") == [two]
    assert catalog.workspaces.search(folder=(1, 1)) == [one]
    assert catalog.workspaces.search(folder=(0, 1)) == []


def test_putting_it_again_updates_it(catalog: Catalog) -> None:
    catalog.workspaces.put(workspace(1))
    moved = catalog.workspaces.put(workspace(1, path="/elsewhere", last_used=5000, created=300))
    assert moved == workspace(1, path="/elsewhere", last_used=5000, created=100)
    assert catalog.workspaces.search() == [moved]


def test_late_news_change_nothing(catalog: Catalog) -> None:
    current = catalog.workspaces.put(workspace(1, branch="new", last_used=5000))
    assert catalog.workspaces.put(workspace(1, branch="old", last_used=4000)) == current
    assert catalog.workspaces.find(current.id) == current


def test_paths_of_any_bytes_and_large_inodes_come_back(catalog: Catalog) -> None:
    odd = workspace(1, path="/data/caf\udce9\n'\U0001f40d", inode=2**64 - 1, device=2**63)
    catalog.workspaces.put(odd)
    assert catalog.workspaces.search(path=odd.path) == [odd]
    assert catalog.workspaces.search(folder=(2**63, 2**64 - 1)) == [odd]


def test_it_is_found_by_id_or_its_beginning(catalog: Catalog) -> None:
    first = catalog.workspaces.put(workspace(1, id="abcd1" + "0" * 59))
    catalog.workspaces.put(workspace(2, id="abcd2" + "0" * 59))
    assert catalog.workspaces.find("abcd1") == first
    assert catalog.workspaces.find(first.id) == first
    with pytest.raises(WorkspaceNotFound, match="more than one"):
        catalog.workspaces.find("abcd")
    for name in ("abc", "ffff", "%%%%", "\udcff" * 5):
        with pytest.raises(WorkspaceNotFound, match="there is no workspace"):
            catalog.workspaces.find(name)


def test_removing_takes_it_out(catalog: Catalog) -> None:
    record = catalog.workspaces.put(workspace(1))
    catalog.workspaces.remove(record.id)
    assert catalog.workspaces.search() == []
