"""The tables. A change here needs a migration beside it: a test compares the two."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Dialect, Index, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator


class PlainText(TypeDecorator[str]):
    """Text for which neither a lone surrogate nor a NUL is an error: they are written as escapes, and match nothing."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text that is stored."""
        return None if value is None else value.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")


class FileText(TypeDecorator[str]):
    """Text that may hold a path. Paths are bytes: what is no UTF-8 (a lone surrogate) is no text to a database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """The bytes that are stored."""
        return None if value is None else value.encode("utf-8", "surrogateescape")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """The text as it was given."""
        return None if value is None else value.decode("utf-8", "surrogateescape")


class Unsigned(TypeDecorator[int]):
    """A number of 64 bits without a sign, as inodes are; databases only have signed ones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """The signed number with the same bits."""
        return value if value is None or value < 1 << 63 else value - (1 << 64)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """The number as it was given."""
        return value if value is None or value >= 0 else value + (1 << 64)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# No foreign keys: a row may come before the one that it names, when the catalogue was lost in between.
projects = Table(
    "projects",
    metadata,
    Column("id", PlainText(128), primary_key=True),
    Column("name", PlainText(200), nullable=False, unique=True),
    Column("store", FileText, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("archived", BigInteger),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", PlainText(128), primary_key=True),
    Column("project_id", PlainText(128), nullable=False, index=True),
    Column("path", FileText, nullable=False),
    Column("branch", PlainText(), nullable=False),
    Column("host", PlainText(), nullable=False),
    Column("device", Unsigned, nullable=False),
    Column("inode", Unsigned, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("last_used", BigInteger, nullable=False),
    Index(None, "device", "inode"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", PlainText(128), primary_key=True),
    Column("project_id", PlainText(128), nullable=False),
    Column("workspace_id", PlainText(128), nullable=False, index=True),
    Column("user", PlainText(), nullable=False),
    Column("host", PlainText(), nullable=False),
    Column("kind", PlainText(16), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Index(None, "project_id", "started"),
)

environments = Table(
    "environments",
    metadata,
    Column("id", PlainText(128), primary_key=True),
    Column("name", PlainText(200), nullable=False, unique=True),
    Column("description", PlainText(), nullable=False),
    Column("owner", PlainText(), nullable=False),
    Column("engine", PlainText(16), nullable=False),
    Column("visibility", PlainText(16), nullable=False),
    Column("shared", JSON, nullable=False),
    Column("active", BigInteger),
    Column("is_default", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("archived", BigInteger),
)

environment_revisions = Table(
    "environment_revisions",
    metadata,
    Column("environment_id", PlainText(128), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("definition", PlainText(64), nullable=False),
    Column("author", PlainText(), nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("message", PlainText(), nullable=False),
)

environment_builds = Table(
    "environment_builds",
    metadata,
    Column("id", PlainText(128), primary_key=True),
    Column("environment_id", PlainText(128), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("state", PlainText(16), nullable=False),
    Column("host", PlainText(), nullable=False),
    Column("author", PlainText(), nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("started", BigInteger),
    Column("ended", BigInteger),
    Column("lock", PlainText(64), nullable=False),
    Column("packages", BigInteger, nullable=False),
    Column("problem", PlainText(), nullable=False),
    Index(None, "environment_id", "number"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", PlainText(64), primary_key=True),
    Column("time", BigInteger, nullable=False, index=True),
    Column("actor", PlainText(), nullable=False),
    Column("action", PlainText(64), nullable=False),
    Column("project_id", PlainText(128), nullable=False, index=True),
    Column("workspace_id", PlainText(128), nullable=False),
    Column("subject", FileText, nullable=False),
    Column("details", JSON, nullable=False),
)
