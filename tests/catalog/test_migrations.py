"""The migrations lead from nothing to the tables that the code declares, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from jupyter_repro.catalog import Catalog
from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.migrate import HEAD, bring_up_to_date, migration_config, move_to, revision_of
from jupyter_repro.catalog.schema import metadata
from jupyter_repro.errors import CatalogUnusable
from tests.fixtures.postgres import MARKS


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=MARKS)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    file = f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    opened = Database(file if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    return database.read(lambda connection: set(inspect(connection).get_table_names()))


def revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory.from_config(migration_config()).walk_revisions()][::-1]


def test_the_code_expects_the_newest_migration() -> None:
    assert revisions()[-1] == HEAD


def test_from_nothing_the_migrations_make_what_the_code_declares(database: Database) -> None:
    assert bring_up_to_date(database) is None
    assert tables(database) == {"alembic_version", *metadata.tables}
    differences = database.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata),
    )
    assert differences == []


def test_being_up_to_date_changes_nothing(database: Database) -> None:
    bring_up_to_date(database)
    assert bring_up_to_date(database) == HEAD


def test_every_migration_goes_down_and_up_again(database: Database) -> None:
    steps = revisions()
    for step in (*steps, *steps[-2::-1], "base", "head"):
        database.write(lambda connection, step=step: move_to(connection, step))
        wanted = {"base": None, "head": HEAD}.get(step, step)
        assert database.read(revision_of) == wanted
        if step == "base":
            assert tables(database) == {"alembic_version"}
    assert tables(database) == {"alembic_version", *metadata.tables}


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    def fails(connection: Connection) -> None:
        move_to(connection, "head")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(fails)
    assert tables(database) == set()


def test_a_catalogue_of_a_newer_version_is_not_touched(database: Database) -> None:
    url = database.url
    Catalog(url).close()
    database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(CatalogUnusable, match=r"newer version .*9999.*upgrade"):
        Catalog(url)
    assert database.read(revision_of) == "9999"
