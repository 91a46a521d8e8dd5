"""Sessions in the catalogue: the lives of workspaces, under which their checkpoints are listed."""

from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.records import SessionKind, SessionRecord, microseconds_now
from jupyter_repro.catalog.schema import sessions
from jupyter_repro.errors import SessionNotFound


class Sessions:
    """The sessions that this catalogue has seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, record: SessionRecord) -> SessionRecord:
        """Add the session or bring it up to date, and return it as it is now.

        A session only grows: the earlier start and the later end of the two records hold.
        """
        return self._database.write(lambda connection: put_session(connection, record))

    def end(self, session: str, ended: int | None = None) -> SessionRecord:
        """End a session at ``ended`` (microseconds since the epoch; now when None). Raises SessionNotFound."""
        moment = microseconds_now() if ended is None else ended

        def work(connection: Connection) -> SessionRecord:
            return put_session(connection, replace(_known(connection, session), ended=moment))

        return self._database.write(work)

    def get(self, session: str) -> SessionRecord:
        """The session of that id. Raises SessionNotFound."""
        return self._database.read(lambda connection: _known(connection, session))

    def search(
        self,
        *,
        project: str | None = None,
        workspace: str | None = None,
        user: str | None = None,
        kind: SessionKind | None = None,
        since: int | None = None,
        until: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[SessionRecord]:
        """Sessions, the last started first: all, or those of a project or workspace (by id), a user, a kind.

        ``since`` and ``until`` are microseconds since the epoch between which they started, the second
        excluded; ``after`` the id that the previous page ended with, ``limit`` how many at most.
        """
        query = select(sessions).order_by(sessions.c.started.desc(), sessions.c.id).limit(limit)
        for column, wanted in {
            sessions.c.project_id: project,
            sessions.c.workspace_id: workspace,
            sessions.c.user: user,
            sessions.c.kind: kind,
        }.items():
            if wanted is not None:
                query = query.where(column == wanted)
        if since is not None:
            query = query.where(sessions.c.started >= since)
        if until is not None:
            query = query.where(sessions.c.started < until)
        if after is not None:
            last = self.get(after)
            earlier = sessions.c.started < last.started
            query = query.where(or_(earlier, and_(sessions.c.started == last.started, sessions.c.id > last.id)))
        return self._database.read(lambda connection: [_record(row) for row in connection.execute(query).mappings()])


def put_session(connection: Connection, record: SessionRecord) -> SessionRecord:
    """Add the session, or let the one that is known grow by this one, and return it as it is now."""
    known = _by_id(connection, record.id)
    if known is None:
        connection.execute(insert(sessions).values(asdict(record)))
        return record
    ends = [end for end in (known.ended, record.ended) if end is not None]
    current = replace(record, started=min(known.started, record.started), ended=max(ends, default=None))
    connection.execute(update(sessions).where(sessions.c.id == record.id).values(asdict(current)))
    return current


def _known(connection: Connection, session: str) -> SessionRecord:
    found = _by_id(connection, session)
    if found is None:
        raise SessionNotFound(
            f"There is no session {session!r} in this catalogue: 'jupyter-repro sessions' lists them."
        )
    return found


def _by_id(connection: Connection, session: str) -> SessionRecord | None:
    row = connection.execute(select(sessions).where(sessions.c.id == session)).mappings().first()
    return None if row is None else _record(row)


def _record(row: RowMapping) -> SessionRecord:
    return SessionRecord(**row)
