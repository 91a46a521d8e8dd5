"""The catalogue's database: transactions that wait for each other, and errors that people can act on."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from jupyter_repro.catalog.server import driver_arguments, shown, without_secrets
from jupyter_repro.errors import CatalogUnusable, InvalidConfiguration
from jupyter_repro.store.filesystem import is_local

T = TypeVar("T")

# SQLite tells only by words (before Python 3.11), PostgreSQL by words too unless its driver is imported.
_TRANSIENT = ("locked", "busy", "locking protocol", "deadlock detected", "could not serialize", "schema has changed")
_CODES = {
    "40001": "could not serialize",
    "40P01": "deadlock detected",
    "42P07": "already exists",
    "53100": "disk full",
}
_DAMAGED = ("malformed", "not a database", "file is encrypted")
_FULL = ("disk is full", "disk full", "no space left")


class Database:
    """Runs functions in transactions on the database at ``url``.

    ``patience`` is how many seconds a transaction waits for those of other processes. ``on_damage`` is called
    before the error when the file turns out to be damaged. ``before`` is called before each ``read`` and
    ``write``, outside of any transaction.
    """

    def __init__(self, url: str | URL, *, patience: float = 60.0, on_damage: Callable[[], None] | None = None) -> None:
        self.url = make_url(url)
        self.before: Callable[[], None] | None = None
        self._patience = patience
        self._on_damage = on_damage
        self._sqlite = self.url.get_backend_name() == "sqlite"
        if self._sqlite:
            self._engine = create_engine(self.url, connect_args={"timeout": patience, "check_same_thread": False})
            self._teach_sqlite(self.url.database or "")
        else:
            # Records are read and then written: as on SQLite, nobody else's write may come in between.
            self._engine = self._server_engine()

    def _server_engine(self) -> Engine:
        url, arguments = driver_arguments(self.url)
        arguments["timeout"] = self._patience  # of each answer, and of the connection itself
        try:
            return create_engine(url, isolation_level="SERIALIZABLE", pool_pre_ping=True, connect_args=arguments)
        except ModuleNotFoundError as error:
            raise InvalidConfiguration(
                f"The catalogue {self.name} needs the Python package {error.name}, which is not installed: "
                "pip install 'jupyter-repro[postgres]'."
            ) from error

    def _teach_sqlite(self, file: str) -> None:
        wanted = "wal" if is_local(Path(file).parent) else "delete"

        def connected(connection: sqlite3.Connection, _record: object) -> None:
            # The driver's own transactions begin as readers, and a reader that wants to write may fail at
            # once when another did so first. Ours say what they are: see begins() below.
            connection.isolation_level = None
            cursor = connection.cursor()
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
                # Refused while another process is inside: then whoever connects next changes the mode.
                with contextlib.suppress(sqlite3.OperationalError):
                    cursor.execute(f"PRAGMA journal_mode={wanted}")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.close()

        def begins(connection: Connection) -> None:
            writes = connection.get_execution_options().get("repro_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        event.listen(self._engine, "connect", connected)
        event.listen(self._engine, "begin", begins)

    @property
    def name(self) -> str:
        """What to call the database before a user: the file, or the URL without its password."""
        return self.url.database or "" if self._sqlite else shown(self.url)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that sees one moment, and return what it returns."""
        if self.before is not None:
            self.before()
        return self.transact(work, writes=False)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that writes, all or nothing. It may run more than once."""
        if self.before is not None:
            self.before()
        return self.transact(work, writes=True)

    def transact(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        """As ``read`` and ``write``, without calling ``before``. Raises CatalogUnusable."""
        deadline = time.monotonic() + self._patience
        pause = 0.005
        conflicts = 0
        while True:
            try:
                with self._connected() as connection:
                    connection.execution_options(repro_writes=writes)
                    with connection.begin():
                        return work(connection)
            except DBAPIError as error:
                said = self._said(error.orig)
                words = said.lower()
                # On PostgreSQL two may insert the same row or make the same tables: the second finds them made
                # when it tries again.
                conflicts += isinstance(error, IntegrityError) or "already exists" in words
                again = any(word in words for word in _TRANSIENT) or 0 < conflicts < 4
                if not again or time.monotonic() >= deadline:
                    raise self._explained(said) from error
            except OSError as error:
                raise self._explained(self._said(error)) from error
            time.sleep(pause * random.random())
            pause = min(pause * 2, 0.5)

    def _connected(self) -> Connection:
        try:
            return self._engine.connect()
        except ConnectionError:
            # A pooled connection that the server cut is made again by the pool's ping, except where the driver
            # lets the socket's own error through (pg8000 does when bytes were under way): then all of the pool
            # is made again. Nothing of the transaction was sent yet.
            self._engine.dispose()
            return self._engine.connect()
        except AttributeError as error:
            # That is how pg8000 meets a server that asks for a password when it has none.
            if self._sqlite or self.url.password:
                raise
            raise self._explained("the server asks for a password, and the address has none") from error

    def _said(self, error: BaseException | None) -> str:
        said = error.args[0] if error is not None and error.args else None
        sentence = str(error)
        if isinstance(said, dict):
            # PostgreSQL's driver hands on all the fields of the server's message: people want the one with the
            # sentence, which may be in any language.
            known = _CODES.get(said.get("C", ""))
            sentence = f"{said.get('M', error)}" + (f": {known}" if known else "")
        return without_secrets(sentence.rstrip(". "), self.url)

    def _explained(self, said: str) -> CatalogUnusable:
        words = said.lower()
        if any(word in words for word in _DAMAGED):
            if self._on_damage is not None:
                self._on_damage()
            return CatalogUnusable(
                f"The catalogue {self.name} is damaged. No history is touched by that, and the next command makes the "
                "catalogue again from the data directory: run the same command once more."
            )
        if any(word in words for word in _FULL):
            return CatalogUnusable(f"There is no space left for the catalogue {self.name}: free some and try again.")
        if any(word in words for word in _TRANSIENT):
            return CatalogUnusable(
                f"The catalogue {self.name} was held by another process for {self._patience:.0f} s: try again, "
                "or end the process that holds it."
            )
        cure = "it can be read and written" if self._sqlite else "its server runs and lets this user in"
        return CatalogUnusable(f"The catalogue {self.name} cannot be used ({said}): see that {cure}, and try again.")

    def close(self) -> None:
        """Close every connection. The next transaction opens a new one."""
        self._engine.dispose()
