"""Environments in the catalogue: their names, who may see them, their revisions, and the builds of those."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from jupyter_repro.catalog.database import Database
from jupyter_repro.catalog.records import BuildRecord, EnvironmentRecord, RevisionRecord
from jupyter_repro.catalog.schema import environment_builds as builds
from jupyter_repro.catalog.schema import environment_revisions as revisions
from jupyter_repro.catalog.schema import environments
from jupyter_repro.errors import EnvironmentExists, EnvironmentNotFound


class Environments:
    """The environments of this catalogue. Names are unique in it. Who may see what is the caller's business."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: EnvironmentRecord, revision: RevisionRecord) -> None:
        """Add an environment with its first revision. Raises EnvironmentExists when the name is taken."""

        def work(connection: Connection) -> None:
            if _by_name(connection, record.name) is not None:
                raise EnvironmentExists(f"There is an environment {record.name!r} already: choose another name.")
            connection.execute(insert(environments).values(asdict(record)))
            connection.execute(insert(revisions).values(asdict(revision)))

        self._database.write(work)

    def find(self, name_or_id: str) -> EnvironmentRecord:
        """The environment of that name or id, archived or not. Raises EnvironmentNotFound."""

        def work(connection: Connection) -> EnvironmentRecord:
            found = _by_name(connection, name_or_id) or _by_id(connection, name_or_id)
            if found is None:
                raise EnvironmentNotFound(_not_found(connection, name_or_id))
            return found

        return self._database.read(work)

    def all(self, *, archived: bool = False) -> list[EnvironmentRecord]:
        """The environments by name, with ``archived`` those too that were put away."""
        query = select(environments).order_by(environments.c.name)
        if not archived:
            query = query.where(environments.c.archived.is_(None))
        return self._database.read(
            lambda connection: [_environment(row) for row in connection.execute(query).mappings()]
        )

    def change(self, environment: str, **values: object) -> EnvironmentRecord:
        """Change columns of the environment of that id and return it. Raises EnvironmentExists for a taken name."""

        def work(connection: Connection) -> EnvironmentRecord:
            found = _by_id(connection, environment)
            if found is None:
                raise EnvironmentNotFound(_not_found(connection, environment))
            other = _by_name(connection, str(values["name"])) if "name" in values else None
            if other is not None and other.id != environment:
                raise EnvironmentExists(f"There is an environment {other.name!r} already: choose another name.")
            if values.get("is_default"):
                connection.execute(update(environments).values(is_default=0))
            connection.execute(update(environments).where(environments.c.id == environment).values(**values))
            return replace(found, **values)  # type: ignore[arg-type]  # replace is not typed by field

        return self._database.write(work)

    # -- revisions -------------------------------------------------------------------------------

    def add_revision(self, revision: RevisionRecord) -> RevisionRecord:
        """Add a revision with the next number, and return it with that. The number of the argument is not looked at."""

        def work(connection: Connection) -> RevisionRecord:
            last = connection.execute(
                select(func.max(revisions.c.number)).where(revisions.c.environment_id == revision.environment_id)
            ).scalar()
            numbered = replace(revision, number=(last or 0) + 1)
            connection.execute(insert(revisions).values(asdict(numbered)))
            return numbered

        return self._database.write(work)

    def put_revision(self, revision: RevisionRecord) -> None:
        """Add a revision with the number that it has, unless there is one of that number."""

        def work(connection: Connection) -> None:
            same = (revisions.c.environment_id == revision.environment_id) & (revisions.c.number == revision.number)
            if connection.execute(select(revisions.c.number).where(same)).first() is None:
                connection.execute(insert(revisions).values(asdict(revision)))

        self._database.write(work)

    def revisions(self, environment: str) -> list[RevisionRecord]:
        """The revisions of the environment of that id, the newest first."""
        query = select(revisions).where(revisions.c.environment_id == environment).order_by(revisions.c.number.desc())
        return self._database.read(
            lambda connection: [RevisionRecord(**row) for row in connection.execute(query).mappings()]
        )

    def newest_revisions(self) -> Mapping[str, int]:
        """The highest revision number of each environment, by its id."""
        query = select(revisions.c.environment_id, func.max(revisions.c.number)).group_by(revisions.c.environment_id)
        return self._database.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})

    # -- builds ----------------------------------------------------------------------------------

    def put_build(self, build: BuildRecord) -> BuildRecord:
        """Add the build or bring it up to date, and return it."""

        def work(connection: Connection) -> BuildRecord:
            if connection.execute(select(builds.c.id).where(builds.c.id == build.id)).first() is None:
                connection.execute(insert(builds).values(asdict(build)))
            else:
                connection.execute(update(builds).where(builds.c.id == build.id).values(asdict(build)))
            return build

        return self._database.write(work)

    def newest_builds(self) -> Mapping[str, BuildRecord]:
        """The newest build of each environment, by its id."""
        newest = (
            select(builds.c.environment_id, func.max(builds.c.queued).label("queued"))
            .group_by(builds.c.environment_id)
            .subquery()
        )
        query = (
            select(builds)
            .join(newest, (builds.c.environment_id == newest.c.environment_id) & (builds.c.queued == newest.c.queued))
            .order_by(builds.c.id)
        )
        return self._database.read(
            lambda connection: {
                row["environment_id"]: BuildRecord(**row) for row in connection.execute(query).mappings()
            }
        )

    def active_packages(self) -> Mapping[str, int]:
        """How many packages the newest good build of the active revision has, by the id of its environment."""
        query = (
            select(environments.c.id, builds.c.packages)
            .join(builds, (builds.c.environment_id == environments.c.id) & (builds.c.number == environments.c.active))
            .where(builds.c.state == "ready")
            .order_by(builds.c.queued)
        )
        return self._database.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})

    def build(self, build: str) -> BuildRecord:
        """The build of that id. Raises EnvironmentNotFound."""
        query = select(builds).where(builds.c.id == build)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        if row is None:
            raise EnvironmentNotFound(f"There is no build {build!r}: 'jupyter-repro env show NAME' lists them.")
        return BuildRecord(**row)

    def builds(self, environment: str | None = None, *, state: str | None = None) -> list[BuildRecord]:
        """The builds of the environment of that id, or of all, the newest first; only those in ``state``, if given."""
        query = select(builds).order_by(builds.c.queued.desc(), builds.c.id.desc())
        if environment is not None:
            query = query.where(builds.c.environment_id == environment)
        if state is not None:
            query = query.where(builds.c.state == state)
        return self._database.read(
            lambda connection: [BuildRecord(**row) for row in connection.execute(query).mappings()]
        )


def _not_found(connection: Connection, name: str) -> str:
    known = [
        row.name
        for row in connection.execute(select(environments.c.name).where(environments.c.visibility == "everyone"))
    ]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return f"There is no environment {name!r}. {hint}'jupyter-repro env list' lists them."


def _by_id(connection: Connection, environment: str) -> EnvironmentRecord | None:
    row = connection.execute(select(environments).where(environments.c.id == environment)).mappings().first()
    return None if row is None else _environment(row)


def _by_name(connection: Connection, name: str) -> EnvironmentRecord | None:
    row = connection.execute(select(environments).where(environments.c.name == name)).mappings().first()
    return None if row is None else _environment(row)


def _environment(row: RowMapping) -> EnvironmentRecord:
    return EnvironmentRecord(**row)
