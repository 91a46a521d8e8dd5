"""Workspaces in the catalogue: which directories are attached to which branch of which project."""

from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update

from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.records import WorkspaceRecord
from jupyter_repro.catalog.schema import workspaces
from jupyter_repro.errors import WorkspaceNotFound

PREFIX_LENGTH = 4


class Workspaces:
    """The workspaces that this catalogue has seen. Their own state file is the truth; this is for lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, record: WorkspaceRecord) -> WorkspaceRecord:
        """Add the workspace or bring it up to date, and return it as it is now.

        A record that was last used earlier than the one in the catalogue changes nothing.
        """
        return self._database.write(lambda connection: put_workspace(connection, record))

    def find(self, workspace: str) -> WorkspaceRecord:
        """The workspace of that id, or whose id begins so (4 characters at least). Raises WorkspaceNotFound."""

        def work(connection: Connection) -> WorkspaceRecord:
            exact = workspace_by_id(connection, workspace)
            if exact is not None:
                return exact
            found: list[WorkspaceRecord] = []
            if len(workspace) >= PREFIX_LENGTH and workspace.isalnum():
                begins = func.substr(workspaces.c.id, 1, len(workspace)) == workspace.lower()
                found = [
                    _record(row) for row in connection.execute(select(workspaces).where(begins).limit(2)).mappings()
                ]
            if len(found) != 1:
                why = "more than one workspace id begins with" if found else "there is no workspace"
                raise WorkspaceNotFound(
                    f"In this catalogue {why} {workspace!r}: 'jupyter-repro workspaces' lists them with their ids."
                )
            return found[0]

        return self._database.read(work)

    def search(
        self,
        *,
        project: str | None = None,
        host: str | None = None,
        branch: str | None = None,
        path: str | None = None,
        folder: tuple[int, int] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[WorkspaceRecord]:
        """Workspaces, the last used first: all, or those of a project (by id), host, branch, absolute path or folder.

        ``folder`` is a pair of device and inode. ``after`` is the id that the previous page ended with, ``limit``
        how many at most.
        """
        query = select(workspaces).order_by(workspaces.c.last_used.desc(), workspaces.c.id).limit(limit)
        device, inode = folder or (None, None)
        for column, wanted in {
            workspaces.c.project_id: project,
            workspaces.c.host: host,
            workspaces.c.branch: branch,
            workspaces.c.path: path,
            workspaces.c.device: device,
            workspaces.c.inode: inode,
        }.items():
            if wanted is not None:
                query = query.where(column == wanted)
        if after is not None:
            last = self.find(after)
            earlier = workspaces.c.last_used < last.last_used
            query = query.where(or_(earlier, and_(workspaces.c.last_used == last.last_used, workspaces.c.id > last.id)))
        return self._database.read(lambda connection: [_record(row) for row in connection.execute(query).mappings()])

    def remove(self, workspace: str) -> None:
        """Take the workspace of that id out of the catalogue; its files stay where they are."""
        self._database.write(
            lambda connection: connection.execute(delete(workspaces).where(workspaces.c.id == workspace))
        )


def put_workspace(connection: Connection, record: WorkspaceRecord) -> WorkspaceRecord:
    """Add the workspace, or replace what is known of it by what is newer, and return it as it is now."""
    known = workspace_by_id(connection, record.id)
    if known is None:
        connection.execute(insert(workspaces).values(asdict(record)))
        return record
    newer = record if record.last_used >= known.last_used else known
    current = replace(newer, created=min(known.created, record.created))
    connection.execute(update(workspaces).where(workspaces.c.id == record.id).values(asdict(current)))
    return current


def workspace_by_id(connection: Connection, workspace: str) -> WorkspaceRecord | None:
    """The workspace of exactly that id; None when there is none."""
    row = connection.execute(select(workspaces).where(workspaces.c.id == workspace)).mappings().first()
    return None if row is None else _record(row)


def _record(row: RowMapping) -> WorkspaceRecord:
    return WorkspaceRecord(**row)
