"""The environments of a user: which there are, which may be seen, and which may be changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import TracebackType

from jupyter_repro.catalog import (
    BuildRecord,
    EnvironmentRecord,
    RevisionRecord,
    audit_id,
    microseconds_now,
    note,
)
from jupyter_repro.catalog.records import AuditRecord
from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.environments.definitions import Definition, read_definition
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import EnvironmentForbidden, EnvironmentNotFound, InvalidRequest


@dataclass(frozen=True, slots=True)
class EnvironmentSummary:
    """An environment in a list: its record, its newest revision's number, and how its newest build went (or None)."""

    record: EnvironmentRecord
    newest: int
    build: BuildRecord | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision with its definition, and its builds, the newest first."""

    record: RevisionRecord
    definition: Definition
    builds: tuple[BuildRecord, ...]
    active: bool

    @property
    def lock(self) -> str:
        """The id of the lock of its newest good build, or ""."""
        return next((build.lock for build in self.builds if build.state == "ready"), "")


@dataclass(frozen=True, slots=True)
class EnvironmentDetail:
    """An environment with its revisions, the newest first."""

    record: EnvironmentRecord
    revisions: tuple[Revision, ...]
    mine: bool

    def revision(self, number: int | None = None) -> Revision:
        """The revision of that number; the active one, else the newest, without. Raises EnvironmentNotFound."""
        wanted = number or self.record.active or self.revisions[0].record.number
        for one in self.revisions:
            if one.record.number == wanted:
                return one
        raise EnvironmentNotFound(
            f"Environment {self.record.name!r} has no revision {wanted}: 'jupyter-repro env show {self.record.name}' "
            "lists them."
        )


def revision_named(text: str) -> tuple[str, int | None]:
    """The environment and number that "name@3" says; "name" and "name@active" mean the active revision (None)."""
    name, _, number = text.partition("@")
    if number in ("", "active"):
        return name, None
    if not number.isdecimal() or not int(number):
        raise InvalidRequest(f"{text!r} names no revision: write NAME@3, or NAME for the active one.")
    return name, int(number)


class Library:
    """The environments that ``user`` (of these ``groups``) may see. A context manager, which closes the catalogue.

    ``places`` is where their files are.
    """

    def __init__(
        self, *, configuration: Configuration | None = None, user: str | None = None, groups: Collection[str] = ()
    ) -> None:
        from jupyter_repro.catalog import open_catalog
        from jupyter_repro.configuration import user_name

        self.configuration = configuration or load_configuration()
        self.data = self.configuration.data_directory
        self.user = user_name() if user is None else user
        self.groups = frozenset(groups)
        self.places = Places(self.data.root / "environments")
        self.catalog = open_catalog(self.data)

    def list(self, text: str = "", *, archived: bool = False) -> list[EnvironmentSummary]:
        """The environments by name: all, or those with ``text`` in name, description or owner."""
        wanted = text.casefold()
        newest, builds = self.catalog.environments.newest_revisions(), self.catalog.environments.newest_builds()
        return [
            EnvironmentSummary(one, newest.get(one.id, 0), builds.get(one.id), one.owner == self.user)
            for one in self.catalog.environments.all(archived=archived)
            if self.may_see(one)
            and (not wanted or any(wanted in said.casefold() for said in (one.name, one.description, one.owner)))
        ]

    def show(self, name: str) -> EnvironmentDetail:
        """The environment of that name or id. Raises EnvironmentNotFound, also when the user may not see it."""
        found = self.seen(name)
        builds = self.catalog.environments.builds(found.id)
        revisions = tuple(
            Revision(
                one,
                read_definition(self.places.get(one.definition)),
                tuple(build for build in builds if build.number == one.number),
                one.number == found.active,
            )
            for one in self.catalog.environments.revisions(found.id)
        )
        return EnvironmentDetail(found, revisions, found.owner == self.user)

    def seen(self, name: str) -> EnvironmentRecord:
        """The record, if the user may see it. Raises EnvironmentNotFound."""
        found = self.catalog.environments.find(name)
        if not self.may_see(found):
            # In the same words as for one that does not exist: its name is nobody's business.
            raise EnvironmentNotFound(f"There is no environment {name!r}. 'jupyter-repro env list' lists them.")
        return found

    def owned(self, name: str) -> EnvironmentRecord:
        """The record, if the user may change it. Raises EnvironmentNotFound or EnvironmentForbidden."""
        found = self.seen(name)
        if found.owner != self.user:
            raise EnvironmentForbidden(
                f"Environment {found.name!r} belongs to {found.owner}. Make one of your own from it: "
                f"'jupyter-repro env duplicate {found.name} NEW'."
            )
        return found

    def may_see(self, record: EnvironmentRecord) -> bool:
        """Whether the user may see and use an environment."""
        return (
            record.owner == self.user
            or record.visibility == "everyone"
            or (
                record.visibility == "shared"
                and (
                    self.user in record.shared.get("users", [])
                    or not self.groups.isdisjoint(record.shared.get("groups", []))
                )
            )
        )

    def record(self, action: str, subject: str, **details: object) -> None:
        """Note in the audit that the user did ``action`` to the environment ``subject``."""
        now = microseconds_now()
        note(self.data, AuditRecord(audit_id(now), now, self.user, action, "", "", subject, details))

    def close(self) -> None:
        """Close the catalogue."""
        self.catalog.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
