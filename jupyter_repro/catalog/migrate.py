"""Brings a database to the tables of this version. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from jupyter_repro.catalog.database import Database
from jupyter_repro.errors import CatalogUnusable

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest migration: a test holds it to the folder ``migrations/versions``."""

_ADVISORY_LOCK = 0x7265_7072_6F  # "repro": any number will do that others do not use


def bring_up_to_date(database: Database) -> str | None:
    """Run the migrations that ``database`` lacks.

    Returns the revision that it was at, None for an empty one. Raises CatalogUnusable when it was written by a newer
    version.
    """
    before = database.transact(revision_of, writes=False)
    if before != HEAD:
        database.transact(lambda connection: _upgrade(connection, database.name), writes=True)
    return before


def revision_of(connection: Connection) -> str | None:
    """The migration that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def move_to(connection: Connection, revision: str) -> None:
    """Run migrations up or down to ``revision`` ("head", "base" or an id) in the transaction of ``connection``."""
    from alembic import command

    config = migration_config()
    config.attributes["connection"] = connection
    here = revision_of(connection)
    if revision == "base" or (here is not None and revision != "head" and revision < here):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def migration_config() -> Config:
    """Alembic's configuration for the migrations in this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, name: str) -> None:
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        # SQLite has one writer; here another process may be at the same work.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    here = revision_of(connection)
    known = {script.revision for script in ScriptDirectory.from_config(migration_config()).walk_revisions()}
    if here is not None and here not in known:
        raise CatalogUnusable(
            f"The catalogue {name} was written by a newer version of jupyter-repro (revision {here}): "
            "upgrade with 'pip install --upgrade jupyter-repro'."
        )
    move_to(connection, "head")
