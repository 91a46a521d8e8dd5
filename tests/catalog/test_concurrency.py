"""Many processes make, write and read one catalogue at once, and none of them loses anything."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from jupyter_repro.catalog import Catalog, open_catalog
from jupyter_repro.catalog.database import Database
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import CatalogUnusable, ProjectExists

WRITER = """
import sys
from pathlib import Path
from jupyter_repro.catalog import AuditRecord, audit_id, microseconds_now, note, open_catalog
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import ProjectExists

data, me = DataDirectory(Path(sys.argv[1])), sys.argv[2]
sys.stdin.readline()
with open_catalog(data) as catalog:
    for number in range(20):
        catalog.audit.record(me, "write", subject=str(number))
        now = microseconds_now()
        assert note(data, AuditRecord(audit_id(now), now, me, "note", subject=str(number)))
    try:
        catalog.projects.add(me * 64, "the one name")
        print("won")
    except ProjectExists:
        print("lost")
"""


def test_processes_that_all_make_and_write_it_lose_nothing(data: DataDirectory) -> None:
    names = ["a", "b", "c", "d"]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(data.root), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for name in names
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    outcomes = [writer.communicate()[0].strip() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * len(names)
    assert sorted(outcomes) == ["lost"] * (len(names) - 1) + ["won"]
    with open_catalog(data) as catalog:
        found = sorted((record.actor, record.action, int(record.subject)) for record in catalog.audit.search())
    assert found == sorted((name, how, number) for name in names for how in ("write", "note") for number in range(20))


def test_threads_share_one_catalogue(catalog: Catalog) -> None:
    failures: list[BaseException] = []

    def write(me: str) -> None:
        try:
            for number in range(10):
                catalog.audit.record(me, "write", subject=str(number))
                catalog.audit.search(limit=1)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(catalog.audit.search()) == 40


def test_a_reader_is_not_held_up_by_a_writer(data: DataDirectory) -> None:
    with open_catalog(data) as catalog:
        catalog.projects.add("a" * 64, "one")
    url = f"sqlite:///{data.catalog}"
    with Catalog(url, patience=0.1) as reader:
        mode = Database(url).read(lambda connection: connection.execute(text("PRAGMA journal_mode")).scalar())
        if mode != "wal":
            pytest.skip("the temporary directory is on no local file system, so there is no write-ahead log")

        def meanwhile(_connection: object) -> list[str]:
            return [project.name for project in reader.projects.search()]

        assert Database(url).write(meanwhile) == ["one"]


def test_a_writer_that_waits_in_vain_says_so(data: DataDirectory) -> None:
    with open_catalog(data):
        pass
    url = f"sqlite:///{data.catalog}"
    with Catalog(url, patience=0.1) as impatient:

        def meanwhile(_connection: object) -> None:
            with pytest.raises(CatalogUnusable, match="held by another process"):
                impatient.projects.add("a" * 64, "one")

        Database(url).write(meanwhile)
        impatient.projects.add("a" * 64, "one")
        with pytest.raises(ProjectExists):
            impatient.projects.add("b" * 64, "one")
