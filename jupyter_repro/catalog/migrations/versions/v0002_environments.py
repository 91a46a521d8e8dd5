"""Environments, their revisions and builds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "environments",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("engine", sa.String(16), nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("shared", sa.JSON, nullable=False),
        sa.Column("active", sa.BigInteger),
        sa.Column("is_default", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("archived", sa.BigInteger),
        sa.UniqueConstraint("name", name="uq_environments_name"),
    )
    op.create_table(
        "environment_revisions",
        sa.Column("environment_id", sa.String(128), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("message", sa.String, nullable=False),
    )
    op.create_table(
        "environment_builds",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("environment_id", sa.String(128), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("queued", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("lock", sa.String(64), nullable=False),
        sa.Column("packages", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
    )
    op.create_index("ix_environment_builds_environment_id_number", "environment_builds", ["environment_id", "number"])


def downgrade() -> None:
    """Drop them."""
    for table in ("environment_builds", "environment_revisions", "environments"):
        op.drop_table(table)
