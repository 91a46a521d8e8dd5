"""The stat cache: what each directory looked like when it was last read, and the tree entries it gave.

An unchanged directory costs one comparison. The cache lives in the data directory, one SQLite file a
workspace; losing it costs a full reading and nothing else. Each row ends with a digest of itself: what the
cache says goes into commits unread, and a commit must not name content that nobody has.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from blake3 import blake3

from jupyter_repro.history.trees import TreeEntry
from jupyter_repro.store.filesystem import is_local

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS directory (
    path BLOB PRIMARY KEY, signature BLOB NOT NULL, entries BLOB NOT NULL, directories BLOB NOT NULL,
    tree BLOB NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
"""
VERSION = 2


class StatRow(NamedTuple):
    """What ``lstat`` said of a file; ``size`` is -1 when it is to be read again in any case."""

    name: bytes
    mode: int
    size: int
    mtime: int
    ctime: int
    inode: int


def row_of(name: bytes, st: os.stat_result) -> StatRow:
    """What ``st`` says of the file called ``name``."""
    return StatRow(name, st.st_mode, st.st_size, st.st_mtime_ns, st.st_ctime_ns, st.st_ino)


class CachedDirectory(NamedTuple):
    """A directory as it was: encoded ``StatRow``s, the encoded tree entries of its files in the same
    order, encoded ``(name, mode, tree)`` of its directories, and the id of its tree."""

    signature: bytes
    entries: bytes
    directories: bytes
    tree: bytes


_encode = msgspec.msgpack.Encoder().encode
decode_rows = msgspec.msgpack.Decoder(list[StatRow]).decode
decode_entries = msgspec.msgpack.Decoder(list[TreeEntry]).decode


_FIRST, _LAST = -(2**63), 2**63 - 1


def encode_rows(rows: Sequence[tuple[bytes | int, ...]]) -> bytes:
    """The bytes of ``rows``. Times beyond what fits (the year 2262 and later) are cut: such files are read again."""
    try:
        return _encode(rows)
    except OverflowError:
        return _encode([tuple(_fitting(value) for value in row) for row in rows])


def _fitting(value: bytes | int) -> bytes | int:
    return min(max(value, _FIRST), _LAST) if isinstance(value, int) else value


def _digest(path: bytes, row: Sequence[bytes]) -> bytes:
    whole = blake3(path)
    for column in row:
        whole.update(b"%d:" % len(column))
        whole.update(column)
    return whole.digest(16)


class StatCache:
    """The cache of one workspace in the SQLite file ``path``.

    ``generation`` names the state of the store that the entries count on: when it differs from the one
    kept in the file, the cache begins empty.
    """

    def __init__(self, path: Path, generation: str = "") -> None:
        self.path = path
        try:
            self._open()
            self._begin(generation)
        except sqlite3.Error:
            self._anew(generation)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute(f"PRAGMA journal_mode={'WAL' if is_local(self.path.parent) else 'DELETE'}")
        self._db.execute("PRAGMA synchronous=OFF")
        if self._db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            self._db.executescript(f"DROP TABLE IF EXISTS directory; {_SCHEMA}")
            self._db.execute(f"PRAGMA user_version={VERSION}")

    def _begin(self, generation: str) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE name='generation'").fetchone()
        if row is None or row[0] != generation:
            self._db.execute("DELETE FROM directory")
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (generation,))

    def _anew(self, generation: str) -> None:
        """Begin with an empty file, or, where none can be written (a full disk), in memory."""
        try:
            self._remove()
            self._open()
            self._begin(generation)
        except (sqlite3.Error, OSError):
            self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._db.executescript(_SCHEMA)

    def _remove(self) -> None:
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self._db.close()
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def get(self, path: bytes) -> CachedDirectory | None:
        """The directory at ``path`` (relative to the workspace) as it was."""
        try:
            row = self._db.execute(
                "SELECT signature, entries, directories, tree, digest FROM directory WHERE path=?", (path,)
            ).fetchone()
        except sqlite3.Error:
            return None
        if row is None or any(type(column) is not bytes for column in row) or row[4] != _digest(path, row[:4]):
            return None
        return CachedDirectory._make(row[:4])

    def store(self, changed: Iterable[tuple[bytes, CachedDirectory]], seen: set[bytes] | None) -> None:
        """Keep directories; forget those not in ``seen``, unless it is None. A failure costs only the cache."""
        try:
            self._store(changed, seen)
        except sqlite3.Error:
            self._anew("")  # no generation: whatever was kept in it is not believed again

    def _store(self, changed: Iterable[tuple[bytes, CachedDirectory]], seen: set[bytes] | None) -> None:
        rows = ((path, *row, _digest(path, row)) for path, row in changed)
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR REPLACE INTO directory VALUES (?,?,?,?,?,?)", rows)
        if seen is not None and self._count() > len(seen):
            gone = [row for row in self._db.execute("SELECT path FROM directory") if row[0] not in seen]
            self._db.executemany("DELETE FROM directory WHERE path=?", gone)
        self._db.execute("COMMIT")

    @property
    def empty(self) -> bool:
        """Whether nothing is known yet."""
        try:
            return self._db.execute("SELECT 1 FROM directory LIMIT 1").fetchone() is None
        except sqlite3.Error:
            return True

    def _count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM directory").fetchone()[0])

    def noted(self, name: str) -> str | None:
        """A remark kept beside the directories."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else None

    def note(self, name: str, value: str) -> None:
        """Keep a remark."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Forget every directory."""
        self._db.execute("DELETE FROM directory")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
