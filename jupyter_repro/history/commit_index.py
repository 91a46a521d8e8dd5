"""The table of commits and of changed paths, kept in SQLite beside the store's index.

A cache like that one: made again from the commits whenever it is missing or behind.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from jupyter_repro.store.cachefile import CacheFile, told

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "commit" (
    id BLOB PRIMARY KEY, time INTEGER NOT NULL, data BLOB NOT NULL, paths INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS commit_time ON "commit" (time);
CREATE TABLE IF NOT EXISTS changed_path (
    path BLOB NOT NULL, "commit" BLOB NOT NULL, PRIMARY KEY (path, "commit")) WITHOUT ROWID;
"""
VERSION = 1


class CommitIndex(CacheFile):
    """Commits by id and time, and which of them changed a path."""

    schema = _SCHEMA
    version = VERSION

    @told
    def stamp(self) -> bytes:
        """Digest of the log record at which the table was complete."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name='stamp'").fetchone()
        return bytes(row[0]) if row else b""

    @told
    def add(self, commits: Iterable[tuple[bytes, int, bytes]], stamp: bytes) -> None:
        """Enter commits (id, time, stored bytes), and note that all up to ``stamp`` are there."""
        with self._writing():
            self._db.executemany('INSERT OR IGNORE INTO "commit" (id, time, data) VALUES (?,?,?)', commits)
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('stamp', ?)", (stamp,))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # it may have been rolled back, for want of space
                    self._db.execute("ROLLBACK")
                raise

    @told
    def known(self) -> set[bytes]:
        """Ids of all commits in the table."""
        with self._lock:
            return {row[0] for row in self._db.execute('SELECT id FROM "commit"')}

    @told
    def get(self, name: bytes) -> bytes | None:
        """The stored bytes of a commit."""
        with self._lock:
            row = self._db.execute('SELECT data FROM "commit" WHERE id=?', (name,)).fetchone()
        return bytes(row[0]) if row else None

    @told
    def with_prefix(self, low: bytes, high: bytes) -> list[bytes]:
        """Ids from ``low`` to ``high``."""
        with self._lock:
            rows = self._db.execute('SELECT id FROM "commit" WHERE id>=? AND id<=? LIMIT 17', (low, high))
            return [row[0] for row in rows]

    @told
    def newest_first(self) -> list[bytes]:
        """Ids of all commits, newest first."""
        with self._lock:
            return [row[0] for row in self._db.execute('SELECT id FROM "commit" ORDER BY time DESC, id')]

    @told
    def rows(self, *, ordered: bool = True) -> list[tuple[bytes, bytes]]:
        """Ids and stored bytes of all commits, newest first, or in any order: sorting takes most of the time."""
        with self._lock:
            return list(self._db.execute('SELECT id, data FROM "commit"' + " ORDER BY time DESC, id" * ordered))

    @told
    def without_paths(self) -> list[tuple[bytes, bytes]]:
        """Id and stored bytes of the commits whose changed paths are not entered yet."""
        with self._lock:
            return [(row[0], row[1]) for row in self._db.execute('SELECT id, data FROM "commit" WHERE paths=0')]

    @told
    def add_paths(self, name: bytes, paths: Iterable[bytes]) -> None:
        """Enter the paths that commit ``name`` changed."""
        with self._writing():
            self._db.executemany("INSERT OR IGNORE INTO changed_path VALUES (?,?)", ((path, name) for path in paths))
            self._db.execute('UPDATE "commit" SET paths=1 WHERE id=?', (name,))

    @told
    def changing(self, path: bytes, catch_up: Callable[[], None]) -> set[bytes]:
        """Ids of the commits that changed ``path`` or something below it."""
        catch_up()
        with self._lock:
            rows = self._db.execute(
                'SELECT "commit" FROM changed_path WHERE path=? OR (path>? AND path<?)',
                (path, path + b"/", path + b"0"),
            )
            return {row[0] for row in rows}
