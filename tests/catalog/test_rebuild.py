"""A lost or damaged catalogue is made again from the data directory."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict
from pathlib import Path

import pytest

from jupyter_repro.catalog import Catalog, Rebuilt, open_catalog
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import CatalogUnusable
from jupyter_repro.workspace.state import WorkspaceState, write_state

ONE, TWO = "1" * 64, "2" * 64


def make_project(data: DataDirectory, project: str, name: str, store: str = "") -> None:
    data.make_project(project)
    data.project_file(project).write_text(json.dumps({"id": project, "name": name, "store": store}))


def make_workspace(
    data: DataDirectory, workspace: str, project: str, path: str = "/data/x", branch: str = "main"
) -> None:
    state = WorkspaceState(workspace, project, "", branch, None, path, 7, 8)
    write_state(data.make_workspace(workspace), state)


@pytest.fixture
def filled(data: DataDirectory) -> DataDirectory:
    make_project(data, ONE, "climate")
    make_project(data, TWO, "weather", "s3://bucket/two")
    make_workspace(data, "w1", ONE, "/data/caf\udce9")
    make_workspace(data, "w2", TWO, branch="other")
    return data


def listed(catalog: Catalog) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str, str]]]:
    return (
        {project.id: (project.name, project.store) for project in catalog.projects.search(archived=True)},
        {place.id: (place.project_id, place.path, place.branch) for place in catalog.workspaces.search()},
    )


EXPECTED = (
    {ONE: ("climate", ""), TWO: ("weather", "s3://bucket/two")},
    {"w1": (ONE, "/data/caf\udce9", "main"), "w2": (TWO, "/data/x", "other")},
)


def test_a_missing_catalogue_is_made_from_the_data_directory(filled: DataDirectory) -> None:
    with open_catalog(filled) as catalog:
        assert listed(catalog) == EXPECTED
        place = catalog.workspaces.find("w1")
        assert (place.device, place.inode, place.host) == (7, 8, socket.gethostname())
        assert place.last_used == filled.workspace_state("w1").stat().st_mtime_ns // 1000


def test_an_empty_file_is_as_good_as_none(filled: DataDirectory) -> None:
    filled.catalog.touch()
    with open_catalog(filled) as catalog:
        assert listed(catalog) == EXPECTED


def test_a_file_that_is_no_database_is_replaced_and_kept(filled: DataDirectory) -> None:
    filled.catalog.write_bytes(b"not a database, by far " * 1000)
    with open_catalog(filled) as catalog:
        assert listed(catalog) == EXPECTED
    assert filled.catalog.with_name("catalog.sqlite.damaged").read_bytes().startswith(b"not a database")
    assert not filled.catalog_damaged.exists()


def test_damage_in_the_middle_is_mended_by_the_next_command_and_the_audit_saved(filled: DataDirectory) -> None:
    with open_catalog(filled) as catalog:
        catalog.projects.archive("climate")
        for number in range(200):
            catalog.audit.record("someone", "restore", project=ONE, subject=f"{number:0200d}")
        catalog.audit.search()
    whole = filled.catalog.read_bytes()
    pages = len(whole) // 4096
    # The last pages are the audit's: what was written before them can still be read.
    with open(filled.catalog, "r+b") as file:
        file.seek((pages - 8) * 4096)
        file.write(os.urandom(8 * 4096))
    damaged = pytest.raises(CatalogUnusable, match=r"damaged.*No history is touched.*once more")
    with open_catalog(filled) as catalog, damaged:
        catalog.audit.search()
    with open_catalog(filled) as catalog:
        assert listed(catalog) == EXPECTED
        assert [project.name for project in catalog.projects.search()] == ["weather"], "the archiving was saved"
        saved = catalog.audit.search()
        assert 0 < len(saved) < 200
        assert {(record.actor, record.action, record.project_id) for record in saved} == {("someone", "restore", ONE)}


def test_a_stale_write_ahead_log_is_not_taken_for_the_new_files(filled: DataDirectory) -> None:
    catalog = open_catalog(filled)
    catalog.audit.record("someone", "restore")
    log = Path(f"{filled.catalog}-wal")
    stale = log.read_bytes() if log.exists() else os.urandom(8192)
    catalog.close()
    filled.catalog.unlink()
    log.write_bytes(stale)
    with open_catalog(filled) as catalog:
        assert listed(catalog) == EXPECTED
        assert catalog.audit.search() == []


def test_rebuilding_a_sound_catalogue_follows_the_data_directory(filled: DataDirectory) -> None:
    with open_catalog(filled) as catalog:
        catalog.projects.archive("weather")
        make_project(filled, TWO, "rain", "s3://bucket/two")
        catalog.projects.add("9" * 64, "gone")
        catalog.audit.record("someone", "restore")
        make_project(filled, "3" * 64, "new")
        filled.workspace_state("w1").unlink()
        filled.workspace_directory("w1").rmdir()
        make_workspace(filled, "w2", TWO, branch="moved-on")
        assert catalog.rebuild(filled) == Rebuilt(3, 1, ())
        projects, workspaces = listed(catalog)
        assert projects == {ONE: ("climate", ""), TWO: ("rain", "s3://bucket/two"), "3" * 64: ("new", "")}
        assert workspaces == {"w2": (TWO, "/data/x", "moved-on")}
        assert len(catalog.audit.search()) == 1


def test_what_cannot_be_read_is_reported_and_forgets_nothing(filled: DataDirectory) -> None:
    with open_catalog(filled) as catalog:
        known = listed(catalog)
        filled.project_file(ONE).write_text('{"id": "')
        filled.project_file(TWO).write_text('{"name": 5}')
        state = asdict(WorkspaceState("w1", ONE, "", "main", None, "/x", 1, 2))
        filled.workspace_state("w1").write_text(json.dumps({**state, "inode": "two"}))
        filled.workspace_state("w2").write_text("[]")
        rebuilt = catalog.rebuild(filled)
        assert set(rebuilt.unreadable) == {
            filled.project_file(ONE),
            filled.project_file(TWO),
            filled.workspace_state("w1"),
            filled.workspace_state("w2"),
        }
        assert (rebuilt.projects, rebuilt.workspaces) == (0, 0)
        assert listed(catalog) == known


def test_two_projects_of_one_name_are_both_listed(data: DataDirectory) -> None:
    make_project(data, ONE, "climate")
    make_project(data, TWO, "climate")
    with open_catalog(data) as catalog:
        assert [project.name for project in catalog.projects.search()] == ["climate", "climate-2"]
