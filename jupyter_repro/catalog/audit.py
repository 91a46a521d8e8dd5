"""The audit: what was done, by whom, to what. Records are added and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, insert, select

from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.records import AuditRecord, audit_id, microseconds_now
from jupyter_repro.catalog.schema import audit


class Audit:
    """The audit records of this catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        actor: str,
        action: str,
        *,
        project: str = "",
        workspace: str = "",
        subject: str = "",
        details: Mapping[str, object] | None = None,
    ) -> AuditRecord:
        """Add a record of now and return it.

        ``action`` is a verb ("purge"); ``project`` and ``workspace`` are ids; ``subject`` is the commit, path or
        name that it was done to; ``details`` may hold whatever JSON can say.
        """
        moment = microseconds_now()
        record = AuditRecord(audit_id(moment), moment, actor, action, project, workspace, subject, dict(details or {}))
        self._database.write(lambda connection: put_audit(connection, record))
        return record

    def search(
        self,
        *,
        project: str | None = None,
        workspace: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        since: int | None = None,
        until: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[AuditRecord]:
        """Records, the newest first: all, or those of a project or workspace (by id), an actor, an action.

        ``since`` and ``until`` are microseconds since the epoch, the second excluded; ``after`` is the id that
        the previous page ended with, ``limit`` how many at most.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        for column, wanted in {
            audit.c.project_id: project,
            audit.c.workspace_id: workspace,
            audit.c.actor: actor,
            audit.c.action: action,
        }.items():
            if wanted is not None:
                query = query.where(column == wanted)
        if since is not None:
            query = query.where(audit.c.time >= since)
        if until is not None:
            query = query.where(audit.c.time < until)
        if after is not None:
            query = query.where(audit.c.id < after)
        return self._database.read(lambda connection: [_record(row) for row in connection.execute(query).mappings()])


def put_audit(connection: Connection, record: AuditRecord) -> None:
    """Add the record, unless it is there already."""
    if connection.execute(select(audit.c.id).where(audit.c.id == record.id)).first() is None:
        connection.execute(insert(audit).values(asdict(record)))


def _record(row: RowMapping) -> AuditRecord:
    return AuditRecord(**row)
