"""The index: where each object lies, kept in SQLite on the reader's machine.

It is a cache of the log and of the tables of the packs, stamped with the log number it was built at.
Losing it costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import itertools
import operator
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

from jupyter_repro.store.cachefile import CacheFile, failure, told
from jupyter_repro.store.log import Head, open_head, seal
from jupyter_repro.store.packs import Table

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pack (number INTEGER PRIMARY KEY, id BLOB UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS object (
    id BLOB NOT NULL, kind INTEGER NOT NULL, pack INTEGER NOT NULL, codec INTEGER NOT NULL,
    offset INTEGER NOT NULL, stored INTEGER NOT NULL, plain INTEGER NOT NULL,
    PRIMARY KEY (id, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS damaged (id BLOB NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (id, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_commit ON object (id) WHERE kind = 4;
"""
_HAS = (
    "SELECT 1 FROM object o WHERE o.id=? AND o.kind=? "
    "AND NOT EXISTS (SELECT 1 FROM damaged d WHERE d.id = o.id AND d.kind = o.kind)"
)


class Location(NamedTuple):
    """Where one object lies: its pack (32 bytes), codec, and offset and lengths in bytes."""

    pack: bytes
    codec: int
    offset: int
    stored: int
    plain: int


Placed = tuple[int, int, int, int, bytes]
"""Where one object lies in its pack: offset, stored length, codec, plain length, id. A bare tuple: there are many."""

_Row = tuple[int, int, int, int, int, bytes]
_FIRST: Callable[[_Row], int] = operator.itemgetter(0)


class Index(CacheFile):
    """The table of objects and the cached head of one project on this machine."""

    schema = _SCHEMA
    version = 1

    def __init__(self, path: Path) -> None:
        self._packs: dict[int, bytes] = {}
        super().__init__(path)
        self._db.execute("PRAGMA cache_size=-65536")

    def _begin(self) -> None:
        self._packs.clear()
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('generation', ?)", (os.urandom(8).hex(),))

    @told
    def generation(self) -> str:
        """A token that changes whenever objects that were in the index may have left it."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='generation'").fetchone()
        return str(row[0]) if row else ""

    @told
    def new_generation(self) -> None:
        """Change the token: whoever counts on objects looks for them again."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (os.urandom(8).hex(),))

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, alone among all processes of this machine."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise failure(self, error) from error
            try:
                yield
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # it may have been rolled back, for want of space
                    self._db.execute("ROLLBACK")
                self._packs.clear()
                raise
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise failure(self, error) from error

    @told
    def head(self) -> Head:
        """The head at which the index was last brought up to date."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='head'").fetchone()
        return open_head(row[0], "the cached head") if row else Head()

    @told
    def number(self) -> int:
        """The log number of ``head()``, without reading all of it; -1 when there is none."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='number'").fetchone()
        return int(row[0]) if row else -1

    @told
    def set_head(self, head: Head) -> None:
        """Stamp the index. Called inside ``writing()``."""
        data, _ = seal(head)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (data,))
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('number', ?)", (head.number,))

    @told
    def keep_record(self, data: bytes) -> None:
        """Keep the bytes of the newest record that this machine wrote."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('record', ?)", (data,))

    @told
    def last_record(self) -> bytes | None:
        """The bytes of the newest record that this machine wrote."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='record'").fetchone()
        return bytes(row[0]) if row else None

    @told
    def add_pack(self, pack: bytes, table: Table, *, stored_again: bool = True) -> None:
        """Enter the objects of a pack. Called inside ``writing()``.

        ``stored_again`` says that the pack is new, so that what was damaged elsewhere is whole in it.
        """
        row = self._db.execute("SELECT number FROM pack WHERE id=?", (pack,)).fetchone()
        if row:
            number = row[0]
        else:
            number = self._db.execute("INSERT INTO pack (id) VALUES (?)", (pack,)).lastrowid
        assert number is not None
        rows = table.rows(number)
        self._db.executemany("INSERT OR REPLACE INTO object VALUES (?,?,?,?,?,?,?)", rows)
        if stored_again and self._db.execute("SELECT 1 FROM damaged LIMIT 1").fetchone():
            self._db.executemany("DELETE FROM damaged WHERE id=? AND kind=?", ((row[0], row[1]) for row in rows))

    @told
    def drop_packs(self, packs: Iterable[bytes]) -> None:
        """Forget packs and whatever still lies in them. Called inside ``writing()``."""
        numbers = [row[0] for pack in packs for row in self._db.execute("SELECT number FROM pack WHERE id=?", (pack,))]
        if numbers:
            marks = ",".join("?" * len(numbers))
            self._db.execute(f"DELETE FROM object WHERE pack IN ({marks})", numbers)
            self._db.execute(f"DELETE FROM pack WHERE number IN ({marks})", numbers)
            self._packs.clear()

    @told
    def drop_strays(self) -> None:
        """Forget rows that can only be damage of this file. Called inside ``writing()``."""
        self._db.execute(
            "DELETE FROM object WHERE id IS NULL OR length(id) != 32 OR pack NOT IN (SELECT number FROM pack)"
        )

    @told
    def drop_objects(self, ids: Iterable[bytes]) -> None:
        """Forget objects. Called inside ``writing()``."""
        self._db.executemany("DELETE FROM object WHERE id=?", ((name,) for name in ids))

    @told
    def has(self, name: bytes, kind: int) -> bool:
        """Whether a live pack holds the object, undamaged as far as is known."""
        with self._lock:
            found = self._db.execute(_HAS, (name, kind)).fetchone()
        return found is not None

    @told
    def damaged(self) -> set[tuple[bytes, int]]:
        """Id and kind of the objects that were found damaged, and were not stored again since."""
        with self._lock:
            return {(row[0], row[1]) for row in self._db.execute("SELECT id, kind FROM damaged")}

    @told
    def set_damaged(self, objects: Collection[tuple[bytes, int]], packs: Collection[bytes]) -> None:
        """Note which objects and packs are damaged; a writer that meets the content stores it again."""
        with self.writing():
            self._db.execute("DELETE FROM damaged")
            self._db.executemany("INSERT OR IGNORE INTO damaged VALUES (?,?)", objects)
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('damaged_packs', ?)", (b"".join(packs),))
        if objects:
            self.new_generation()

    @told
    def damaged_packs(self) -> list[bytes]:
        """The packs that were found damaged."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='damaged_packs'").fetchone()
        joined = bytes(row[0]) if row else b""
        return [joined[i : i + 32] for i in range(0, len(joined), 32)]

    @told
    def locate(self, name: bytes, kind: int) -> Location | None:
        """Where the object lies."""
        with self._lock:
            row = self._db.execute(
                "SELECT pack, codec, offset, stored, plain FROM object WHERE id=? AND kind=?", (name, kind)
            ).fetchone()
            return Location(self._pack(row[0]), *row[1:]) if row else None

    @told
    def in_packs(self, names: Collection[bytes], kind: int) -> dict[bytes, list[Placed]]:
        """Where each of the objects lies: by pack, in the order in which the pack holds them; those unknown are
        left out."""
        found: dict[bytes, list[Placed]] = {}
        with self._lock:
            rows = self._rows_of(names, kind)
            for number, placed in itertools.groupby(rows, key=_FIRST):
                found[self._pack(number)] = [row[1:] for row in placed]
        return found

    def _rows_of(self, names: Collection[bytes], kind: int) -> list[_Row]:
        wanted = names if isinstance(names, Set) else set(names)
        total = self.count() if len(wanted) > 2000 else 0
        # Equal offsets are told apart by the length: an object of no bytes lies where the next one begins.
        if 0 < total < 4 * len(wanted):
            rows = self._db.execute(
                "SELECT pack, offset, stored, codec, plain, id FROM object WHERE kind=? ORDER BY pack, offset, stored",
                (kind,),
            )
            return [row for row in rows if row[5] in wanted]
        one = "SELECT pack, offset, stored, codec, plain, id FROM object WHERE id=? AND kind=?"
        return sorted(row for name in wanted for row in self._db.execute(one, (name, kind)))

    @told
    def kinds_of(self, name: bytes) -> list[int]:
        """The kinds under which the object is stored."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT kind FROM object WHERE id=?", (name,))]

    @told
    def ids(self, kind: int, prefix: bytes = b"") -> list[bytes]:
        """Ids of all objects of a kind, in order; only those that begin with ``prefix``, if given."""
        with self._lock:
            if not prefix:
                # The literal lets SQLite use the small index of commits.
                rows = self._db.execute(f"SELECT id FROM object WHERE kind={int(kind)} ORDER BY id")
            else:
                rows = self._db.execute(
                    "SELECT id FROM object WHERE id>=? AND id<=? AND kind=? ORDER BY id",
                    (prefix, prefix + b"\xff" * 32, kind),
                )
            return [row[0] for row in rows]

    @told
    def empty(self) -> bool:
        """Whether there is no object at all."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM object LIMIT 1").fetchone() is None

    @told
    def count(self) -> int:
        """How many objects there are."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM object").fetchone()[0])

    @told
    def totals(self) -> tuple[int, int, int]:
        """Objects, stored bytes, plain bytes of everything in live packs."""
        with self._lock:
            row = self._db.execute("SELECT count(*), total(stored), total(plain) FROM object").fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    @told
    def in_pack(self, pack: bytes) -> list[tuple[bytes, int]]:
        """Id and kind of the objects that the index reads from this pack."""
        with self._lock:
            rows = self._db.execute(
                "SELECT o.id, o.kind FROM object o JOIN pack p ON p.number = o.pack WHERE p.id=?", (pack,)
            )
            return [(row[0], row[1]) for row in rows]

    @told
    def by_pack(self) -> dict[bytes, list[tuple[bytes, int, int]]]:
        """For each pack, id, kind and stored length of the objects that the index reads from it."""
        found: dict[bytes, list[tuple[bytes, int, int]]] = {}
        with self._lock:
            for number, pack in self._db.execute("SELECT number, id FROM pack").fetchall():
                self._packs[number] = bytes(pack)
                found[bytes(pack)] = []
            lists = {number: found[pack] for number, pack in self._packs.items() if pack in found}
            for name, kind, number, stored in self._db.execute("SELECT id, kind, pack, stored FROM object"):
                lists[number].append((name, kind, stored))
        return found

    def _pack(self, number: int) -> bytes:
        pack = self._packs.get(number)
        if pack is None:
            row = self._db.execute("SELECT id FROM pack WHERE number=?", (number,)).fetchone()
            if row is None:
                raise sqlite3.DatabaseError(f"pack {number} is missing")
            pack = self._packs[number] = bytes(row[0])
        return pack
