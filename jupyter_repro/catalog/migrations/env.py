"""Alembic's way in: runs the migrations on the connection that the caller holds, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from jupyter_repro.catalog.schema import metadata

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection)
# SQLite cannot alter most of a table: Alembic's batch mode makes a new one.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
