"""The catalogue as one object, and the one of a data directory, which mends itself."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL

from jupyter_repro.catalog.audit import Audit
from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.environments import Environments
from jupyter_repro.catalog.migrate import bring_up_to_date
from jupyter_repro.catalog.outbox import locked, take_in
from jupyter_repro.catalog.projects import Projects
from jupyter_repro.catalog.rebuild import Rebuilt, rebuild
from jupyter_repro.catalog.server import server_url
from jupyter_repro.catalog.sessions import Sessions
from jupyter_repro.catalog.workspaces import Workspaces
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import CatalogUnusable


class Catalog:
    """What a person lists and searches: ``projects``, ``workspaces``, ``sessions``,
    ``environments``, ``audit``.

    ``url`` is SQLAlchemy's for a database, whose tables are made or migrated when needed. ``patience`` is how
    many seconds to wait for other processes. Many processes and threads may use one catalogue at once.
    Every method raises CatalogUnusable when the database cannot be used. A context manager, which closes it.
    """

    def __init__(self, url: str | URL, *, patience: float = 60.0, on_damage: Callable[[], None] | None = None) -> None:
        self._database = Database(url, patience=patience, on_damage=on_damage)
        self.projects = Projects(self._database)
        self.workspaces = Workspaces(self._database)
        self.sessions = Sessions(self._database)
        self.environments = Environments(self._database)
        self.audit = Audit(self._database)
        try:
            self.was_empty = bring_up_to_date(self._database) is None
        except BaseException:
            self.close()
            raise

    def rebuild(self, data_directory: DataDirectory) -> Rebuilt:
        """Make the lists of projects and workspaces again from what ``data_directory`` holds.

        What is no longer there leaves the lists, except those of a server, where it may be in another data directory;
        sessions and audit stay. Says which files it could not read.
        """
        forget = not data_directory.catalog_url
        return self._database.write(lambda connection: rebuild(connection, data_directory, forget=forget))

    def take_in_from(self, data_directory: DataDirectory) -> None:
        """From now on, before each answer, take in what was noted in the outbox of ``data_directory``."""
        self._database.before = lambda: take_in(self._database, data_directory)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_catalog(data: DataDirectory) -> Catalog:
    """The catalogue of a data directory, up to date with its outbox.

    One that is missing is made from what the data directory holds, and so is one that is damaged; the damaged
    file is kept beside it as ``catalog.sqlite.damaged``, and its sessions and audit are taken over as far as they
    can be read. Where the data directory says that its catalogue is on a server, that one is opened. Raises
    CatalogUnusable when it cannot be used, InvalidConfiguration for an address that is none.
    """
    data.make()
    if data.catalog_url:
        return _on_server(data)
    if not data.catalog.exists() or data.catalog_damaged.exists():
        _make(data)
    try:
        catalog = _opened(data)
    except CatalogUnusable:
        if not data.catalog_damaged.exists():
            raise
        _make(data)
        catalog = _opened(data)
    if catalog.was_empty:
        catalog.rebuild(data)
    catalog.take_in_from(data)
    return catalog


def _on_server(data: DataDirectory) -> Catalog:
    catalog = Catalog(server_url(data.catalog_url))
    try:
        if catalog.was_empty:
            catalog.rebuild(data)
    except BaseException:
        catalog.close()
        raise
    catalog.take_in_from(data)
    return catalog


def _opened(data: DataDirectory) -> Catalog:
    return Catalog(_url(data.catalog), on_damage=lambda: data.catalog_damaged.touch(mode=0o600))


def _url(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))


def _make(data: DataDirectory) -> None:
    """Put a new catalogue into place, with all that the data directory and a damaged one can tell."""
    with locked(data.catalog_lock):
        if data.catalog.exists() and not data.catalog_damaged.exists():
            return  # by another process, while we waited
        fresh = data.catalog.with_name("catalog.sqlite.new")
        _remove(fresh)
        with Catalog(_url(fresh)) as new:
            if data.catalog.exists():
                _salvage(data.catalog, fresh)
            new.rebuild(data)
        aside = data.catalog.with_name("catalog.sqlite.damaged")
        if data.catalog.exists():
            os.replace(data.catalog, aside)
        # A write-ahead log that was left behind would be taken for the new file's.
        _remove(data.catalog)
        os.replace(fresh, data.catalog)
        data.catalog_damaged.unlink(missing_ok=True)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _salvage(damaged: Path, fresh: Path) -> None:
    """Copy what exists nowhere else, row by row, up to the first that cannot be read."""
    with contextlib.closing(sqlite3.connect(damaged)) as source, contextlib.closing(sqlite3.connect(fresh)) as target:
        for table in (
            "projects",
            "sessions",
            "environments",
            "environment_revisions",
            "environment_builds",
            "audit",
        ):
            columns = {row[1]: row[2] for row in target.execute(f"PRAGMA table_info({table})")}
            names = ", ".join(f'"{column}"' for column in columns)
            holes = ", ".join("?" for _ in columns)
            with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
                for row in source.execute(f"SELECT {names} FROM {table}"):
                    if all(_sound(value, kind) for value, kind in zip(row, columns.values(), strict=True)):
                        target.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({holes})", row)
        target.commit()


def _sound(value: object, kind: str) -> bool:
    """Whether a value read from a damaged file is of the kind that its column declares."""
    if kind == "JSON":
        with contextlib.suppress(TypeError, ValueError):
            return isinstance(json.loads(str(value)), dict)
        return False
    wanted = int if kind == "BIGINT" else bytes if kind == "BLOB" else str
    return value is None or isinstance(value, wanted)
