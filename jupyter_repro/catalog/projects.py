"""Projects in the catalogue."""

from __future__ import annotations

import difflib
from dataclasses import asdict, replace

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.records import ProjectRecord, microseconds_now
from jupyter_repro.catalog.schema import projects
from jupyter_repro.errors import AmbiguousProject, InvalidRequest, ProjectExists, ProjectNotFound

NAME_LENGTH = 200
PREFIX_LENGTH = 4


class Projects:
    """The projects that this catalogue knows. Names are unique in it, ids everywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, project: str, name: str, store: str = "") -> ProjectRecord:
        """Add a project with that id, made now, and return it.

        Raises ProjectExists when name or id is taken, InvalidRequest for a name that cannot be one.
        """
        record = ProjectRecord(project, checked_name(name), store, microseconds_now())

        def work(connection: Connection) -> ProjectRecord:
            _refuse_taken(connection, record.name)
            if _by_id(connection, project) is not None:
                raise ProjectExists(f"The project {project} is in the catalogue already: open it by its id or name.")
            connection.execute(insert(projects).values(asdict(record)))
            return record

        return self._database.write(work)

    def find(self, name_or_id: str) -> ProjectRecord:
        """The project of that id or name, or whose id begins so (4 characters at least), archived or not.

        Raises ProjectNotFound, and AmbiguousProject when more than one id begins so.
        """

        def work(connection: Connection) -> ProjectRecord:
            exact = _by_id(connection, name_or_id) or _by_name(connection, name_or_id)
            if exact is not None:
                return exact
            found: list[ProjectRecord] = []
            if len(name_or_id) >= PREFIX_LENGTH and name_or_id.isalnum():
                begins = func.substr(projects.c.id, 1, len(name_or_id)) == name_or_id.lower()
                found = [
                    _record(row) for row in connection.execute(select(projects).where(begins).limit(10)).mappings()
                ]
            if len(found) > 1:
                names = ", ".join(sorted(f"{record.name} ({record.id[:12]})" for record in found))
                raise AmbiguousProject(
                    f"More than one project begins with {name_or_id!r}: {names}. Give more of the id."
                )
            if not found:
                raise ProjectNotFound(_not_found(connection, name_or_id))
            return found[0]

        return self._database.read(work)

    def search(
        self, *, archived: bool = False, text: str = "", after: str = "", limit: int | None = None
    ) -> list[ProjectRecord]:
        """Projects by name.

        ``archived`` lists those too that were put away, ``text`` only those with it in the name, ``after``
        is the name that the previous page ended with, ``limit`` how many at most.
        """
        query = select(projects).order_by(projects.c.name).limit(limit)
        if not archived:
            query = query.where(projects.c.archived.is_(None))
        if text:
            query = query.where(func.lower(projects.c.name).contains(text.lower(), autoescape=True))
        if after:
            query = query.where(projects.c.name > after)
        return self._database.read(lambda connection: [_record(row) for row in connection.execute(query).mappings()])

    def rename(self, name_or_id: str, name: str) -> ProjectRecord:
        """Give a project another name, and return it. Raises as ``find`` and ``add``.

        The name in the project's own file is the one that lasts: who renames a project writes that too.
        """
        record = replace(self.find(name_or_id), name=checked_name(name))

        def work(connection: Connection) -> ProjectRecord:
            _refuse_taken(connection, record.name, but=record.id)
            connection.execute(update(projects).where(projects.c.id == record.id).values(name=record.name))
            return record

        return self._database.write(work)

    def archive(self, name_or_id: str, *, archived: bool = True) -> ProjectRecord:
        """Put a project away so that lists leave it out, or take it back (``archived=False``). Raises as ``find``."""
        record = replace(self.find(name_or_id), archived=microseconds_now() if archived else None)
        change = update(projects).where(projects.c.id == record.id).values(archived=record.archived)
        self._database.write(lambda connection: connection.execute(change))
        return record

    def remove(self, project: str) -> None:
        """Take the project of that id out of the catalogue; its history stays where it is."""
        self._database.write(lambda connection: connection.execute(delete(projects).where(projects.c.id == project)))


def checked_name(name: str) -> str:
    """``name`` without spaces around it. Raises InvalidRequest when it cannot be a project's name."""
    plain = name.strip()
    if not plain or len(plain) > NAME_LENGTH or not plain.isprintable() or plain.startswith("-"):
        raise InvalidRequest(
            f"{name!r} cannot be a project's name: choose 1 to {NAME_LENGTH} printable characters, "
            "the first of them not a hyphen."
        )
    return plain


def put_project(connection: Connection, record: ProjectRecord) -> ProjectRecord:
    """Add the project or bring it up to date, and return it as it is now.

    Creation and archiving are kept as the catalogue knows them. A name that another project has gives way to
    ``name-2``, or ``name-3``, ...
    """
    known = _by_id(connection, record.id)
    name, number = record.name, 1
    while (other := _by_name(connection, name)) is not None and other.id != record.id:
        number += 1
        name = f"{record.name[: NAME_LENGTH - 8]}-{number}"
    current = replace(record, name=name)
    if known is None:
        connection.execute(insert(projects).values(asdict(current)))
    else:
        current = replace(current, created=min(known.created, record.created), archived=known.archived)
        connection.execute(update(projects).where(projects.c.id == record.id).values(asdict(current)))
    return current


def _refuse_taken(connection: Connection, name: str, but: str = "") -> None:
    other = _by_name(connection, name)
    if other is not None and other.id != but:
        raise ProjectExists(
            f"The name {name!r} is taken by project {other.id[:12]}: choose another, or name that project by its id."
        )


def _not_found(connection: Connection, name: str) -> str:
    known = [row.name for row in connection.execute(select(projects.c.name).limit(1000))]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return f"There is no project {name!r} in this catalogue. {hint}'jupyter-repro projects' lists them."


def _by_id(connection: Connection, project: str) -> ProjectRecord | None:
    row = connection.execute(select(projects).where(projects.c.id == project)).mappings().first()
    return None if row is None else _record(row)


def _by_name(connection: Connection, name: str) -> ProjectRecord | None:
    if not name.isprintable():
        return None
    row = connection.execute(select(projects).where(projects.c.name == name)).mappings().first()
    return None if row is None else _record(row)


def _record(row: RowMapping) -> ProjectRecord:
    return ProjectRecord(**row)
