"""What is different about a server: many processes make, migrate and write at once, and it may be away."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import URL, text

from jupyter_repro.catalog import Catalog
from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.migrate import HEAD, move_to, revision_of
from jupyter_repro.catalog.schema import metadata
from jupyter_repro.errors import CatalogUnusable, ProjectExists
from tests.fixtures.postgres import MARKS

pytestmark = [*MARKS]

WRITER = """
import sys
from jupyter_repro.catalog import Catalog
from jupyter_repro.errors import ProjectExists

url, me = sys.argv[1:]
sys.stdin.readline()
with Catalog(url) as catalog:
    for number in range(20):
        catalog.audit.record(me, "write", subject=str(number))
        catalog.projects.add(f"{me}{number}", f"{me} {number}")
    try:
        catalog.projects.add(me * 64, "the one name")
        print("won")
    except ProjectExists:
        print("lost")
"""


class Cutter:
    """Stands between clients and the server; once told, ends the connection that asks next without reading it.

    Its client is told that by a reset, where a server that says goodbye is told by the end of the stream.
    """

    def __init__(self, server: str, path: Path) -> None:
        self.cut_next = False
        self.address = str(path)
        self._server = server
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.address)
        self._listener.listen()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server)
        with client, server:
            while True:
                asks, _, _ = select.select([client, server], [], [])
                if client in asks and self.cut_next:
                    self.cut_next = False
                    return
                for source, goal in ((client, server), (server, client)):
                    if source in asks:
                        data = source.recv(65536)
                        if not data:
                            return
                        goal.sendall(data)


def run_at_once(url: URL, names: list[str]) -> list[str]:
    """What processes say that all begin at the same moment."""
    command = [sys.executable, "-c", WRITER, url.render_as_string(hide_password=False)]
    writers = [
        subprocess.Popen(
            [*command, name],
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
    said = [writer.communicate()[0].strip() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * len(names)
    return said


@pytest.mark.parametrize("before", [None, "0001"], ids=["new", "of-an-older-version"])
def test_processes_that_make_or_migrate_and_write_it_at_once_lose_nothing(postgres_url: URL, before: str | None):
    database = Database(postgres_url)
    if before is not None:
        database.write(lambda connection: move_to(connection, before))
    names = ["a", "b"]
    assert sorted(run_at_once(postgres_url, names)) == ["lost", "won"]
    assert database.read(revision_of) == HEAD
    database.close()
    with Catalog(postgres_url) as catalog:
        found = sorted((record.actor, int(record.subject)) for record in catalog.audit.search())
        assert found == [(name, number) for name in names for number in range(20)]
        assert len(catalog.projects.search()) == 2 * 20 + 1


def test_a_migration_that_dies_half_way_leaves_nothing(postgres_url: URL):
    database = Database(postgres_url)

    def dies(connection):
        move_to(connection, "head")
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(CatalogUnusable):
        database.write(dies)
    assert database.read(revision_of) is None
    with Catalog(postgres_url) as catalog:
        catalog.projects.add("a" * 64, "one")
        assert catalog.was_empty
    database.close()


def test_a_connection_that_was_cut_is_made_again(postgres_url: URL):
    with Catalog(postgres_url) as catalog:
        catalog.projects.add("a" * 64, "one")
        other = Database(postgres_url)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :name"
        other.write(lambda connection: connection.execute(text(cut), {"name": postgres_url.database}).all())
        other.close()
        assert [project.name for project in catalog.projects.search()] == ["one"]
        with pytest.raises(ProjectExists):
            catalog.projects.add("b" * 64, "one")


def test_a_connection_that_is_reset_when_it_asks_is_made_again(postgres_url: URL, tmp_path: Path):
    cutter = Cutter(str(postgres_url.query["unix_sock"]), tmp_path / "s")
    with Catalog(postgres_url.update_query_dict({"unix_sock": cutter.address})) as catalog:
        catalog.projects.add("a" * 64, "one")
        cutter.cut_next = True
        assert [project.name for project in catalog.projects.search()] == ["one"]
        assert not cutter.cut_next


def test_a_server_that_is_away_is_told_in_one_sentence_without_the_password(tmp_path: Path):
    socket = str(tmp_path / "nobody listens")
    url = URL.create(
        "postgresql+pg8000", username="ada", password="hunter2", database="repro", query={"unix_sock": socket}
    )
    with pytest.raises(CatalogUnusable, match="cannot be used") as told:
        Catalog(url)
    assert "hunter2" not in str(told.value)


def test_every_table_is_there_and_nothing_else(postgres_url: URL):
    with Catalog(postgres_url):
        database = Database(postgres_url)
        found = database.read(
            lambda connection: (
                connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
            )
        )
        assert set(found) == {"alembic_version", *metadata.tables}
        database.close()
