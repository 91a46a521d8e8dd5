"""What is noted reaches the catalogue once, whoever is killed on the way."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_repro.catalog import (
    AuditRecord,
    Catalog,
    ProjectRecord,
    SessionRecord,
    WorkspaceRecord,
    audit_id,
    note,
    open_catalog,
    outbox,
)
from jupyter_repro.data_directory import DataDirectory

PROJECT = ProjectRecord("a" * 64, "climate", "", 10)
WORKSPACE = WorkspaceRecord("w1", "a" * 64, "/data/caf\udce9", "main", "host", 1, 2**64 - 1, 20, 30)
SESSION = SessionRecord("s1", "a" * 64, "w1", "someone", "host", "day", 20, 30)
AUDIT = AuditRecord(audit_id(30), 30, "someone", "restore", "a" * 64, "w1", "caf\udce9", {"paths": ["\udcff"]})


def contents(catalog: Catalog) -> list[object]:
    nouns = (catalog.projects, catalog.workspaces, catalog.sessions, catalog.audit)
    return [record for noun in nouns for record in noun.search()]


def test_every_kind_of_record_arrives_as_it_was(data: DataDirectory) -> None:
    assert note(data, PROJECT, WORKSPACE, SESSION, AUDIT)
    with open_catalog(data) as catalog:
        assert contents(catalog) == [PROJECT, WORKSPACE, SESSION, AUDIT]
    assert not list(data.root.glob("catalog.outbox*"))


def test_an_open_catalogue_hears_the_news(data: DataDirectory) -> None:
    with open_catalog(data) as catalog:
        assert contents(catalog) == []
        note(data, SESSION)
        assert catalog.sessions.get("s1") == SESSION
        note(data, replace(SESSION, ended=99))
        assert catalog.sessions.get("s1").ended == 99


def test_noting_imports_no_database(data: DataDirectory) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jupyter_repro.catalog import AuditRecord, audit_id, note\n"
        "from jupyter_repro.data_directory import DataDirectory\n"
        "assert note(DataDirectory(Path(sys.argv[1])), AuditRecord(audit_id(1), 1, 'someone', 'restore'))\n"
        "print(sorted({'sqlalchemy', 'alembic', 'sqlite3'} & set(sys.modules)))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(data.root)], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout == "[]\n"
    with open_catalog(data) as catalog:
        assert [record.action for record in catalog.audit.search()] == ["restore"]


def test_taking_in_twice_changes_nothing(data: DataDirectory) -> None:
    note(data, PROJECT, WORKSPACE, SESSION, AUDIT)
    copy = data.catalog_outbox.read_bytes()
    with open_catalog(data) as catalog:
        first = contents(catalog)
        # As after a crash between the transaction and the removal of the file.
        data.root.joinpath("catalog.outbox.1.crashed").write_bytes(copy)
        assert contents(catalog) == first
    assert not list(data.root.glob("catalog.outbox*"))


def test_a_line_cut_short_by_a_kill_spoils_only_itself(data: DataDirectory) -> None:
    note(data, PROJECT, WORKSPACE)
    whole = data.catalog_outbox.read_bytes()
    data.catalog_outbox.write_bytes(whole[:-20])
    note(data, SESSION)
    with open_catalog(data) as catalog:
        assert contents(catalog) == [PROJECT, SESSION]


@pytest.mark.parametrize(
    "line",
    ["[]", "1", "{}", '{"planet":{"id":"x"}}', '{"audit":{"id":1}}', '{"audit":[1]}', "\x00\xff", '{"a":1,"b":2}'],
)
def test_a_line_that_nobody_understands_is_passed_over(data: DataDirectory, line: str) -> None:
    note(data, PROJECT)
    with open(data.catalog_outbox, "a", encoding="latin-1") as file:
        file.write(line + "\n")
    note(data, SESSION)
    with open_catalog(data) as catalog:
        assert contents(catalog) == [PROJECT, SESSION]


def test_an_outbox_that_nobody_empties_does_not_grow_for_ever(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_LARGE", 1000)
    for number in range(20):
        assert note(data, replace(SESSION, id=f"s{number}"))
        assert not data.catalog_outbox.exists() or data.catalog_outbox.stat().st_size <= 1000
    with open_catalog(data) as catalog:
        assert len(catalog.sessions.search()) == 20


def test_where_nothing_can_be_written_the_answer_is_no(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not note(DataDirectory(tmp_path / "file" / "repro"), SESSION)
