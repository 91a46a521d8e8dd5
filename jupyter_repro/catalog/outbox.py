"""The outbox: records on their way to the catalogue.

A checkpoint has something to tell the catalogue, and no time to import a database toolkit for it (half a
second). So it appends lines to a file, and whoever opens the catalogue next takes them in. Records can be
taken in twice without harm, so a crash on either side loses at most the line that was being written.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.catalog.records import AuditRecord, ProjectRecord, Record, SessionRecord, WorkspaceRecord
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import CatalogUnusable, InvalidConfiguration

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_repro.catalog.database import Database

_LARGE = 16 * 1024 * 1024
"""When the outbox has so many bytes, nobody seems to open the catalogue: then the one who notes does."""

_KINDS: dict[str, type[Record]] = {
    "project": ProjectRecord,
    "workspace": WorkspaceRecord,
    "session": SessionRecord,
    "audit": AuditRecord,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def note(data: DataDirectory, *records: Record) -> bool:
    """Leave ``records`` for the catalogue of ``data``, without importing or waiting for a database.

    Returns False when they could not be written (a full disk, say): what they tell of is done all the same,
    and the catalogue is for lists only.
    """
    lines = "".join(
        json.dumps({_NAMES[type(record)]: asdict(record)}, separators=(",", ":")) + "\n" for record in records
    )
    try:
        data.make()
        with _held(data.catalog_outbox) as fd:
            size = os.fstat(fd).st_size
            if size and os.pread(fd, 1, size - 1) != b"\n":
                # Whoever wrote last was killed in the middle of a line.
                lines = "\n" + lines
            rest = memoryview(lines.encode("ascii"))
            while rest:
                rest = rest[os.write(fd, rest) :]
            size = os.fstat(fd).st_size
    except (OSError, InvalidConfiguration):
        return False
    if size > _LARGE:
        from jupyter_repro.catalog.catalog import open_catalog

        with contextlib.suppress(CatalogUnusable, InvalidConfiguration), open_catalog(data) as catalog:
            catalog.audit.search(limit=1)
    return True


def take_in(database: Database, data: DataDirectory) -> None:
    """Bring what was noted into ``database``, and remove it from the outbox. Raises CatalogUnusable."""
    if not _waiting(data):
        return
    with locked(data.catalog_lock):
        fresh = data.catalog_outbox
        if fresh.exists():
            with _held(fresh):
                os.rename(fresh, f"{fresh}.{os.getpid()}.{os.urandom(4).hex()}")
        for file in _waiting(data):
            if file == fresh:
                continue
            database.transact(partial(_put, records=list(_records(file))), writes=True)
            file.unlink(missing_ok=True)


def _waiting(data: DataDirectory) -> list[Path]:
    """The outbox's files: the one that is being written, and those that were set aside to be taken in."""
    try:
        return sorted(data.root / name for name in os.listdir(data.root) if name.startswith(data.catalog_outbox.name))
    except FileNotFoundError:
        return []


def _records(file: Path) -> Iterator[Record]:
    import msgspec

    for line in file.read_bytes().splitlines():
        try:
            ((kind, said),) = json.loads(line).items()
            yield msgspec.convert(said, _KINDS[kind])
        except (ValueError, KeyError, AttributeError):
            # Cut short by a kill, or written by another version: the catalogue is for lists only.
            continue


def _put(connection: Connection, records: list[Record]) -> None:
    from jupyter_repro.catalog.audit import put_audit
    from jupyter_repro.catalog.projects import put_project
    from jupyter_repro.catalog.sessions import put_session
    from jupyter_repro.catalog.workspaces import put_workspace

    for record in records:
        if isinstance(record, ProjectRecord):
            put_project(connection, record)
        elif isinstance(record, WorkspaceRecord):
            put_workspace(connection, record)
        elif isinstance(record, SessionRecord):
            put_session(connection, record)
        else:
            put_audit(connection, record)


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold ``file``, made when missing; others wait."""
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def _held(file: Path) -> Iterator[int]:
    """Hold the outbox at ``file`` itself, open for appending, and not one that was set aside meanwhile."""
    while True:
        fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(fd), os.stat(file)):
                    yield fd
                    return
        finally:
            os.close(fd)
