"""Revisions of environments: list, detail, save, compare, activate."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_builds import builds_of, pending_builds, title_of
from jupyter_repro.api.environment_translate import definition_from, definition_of, package_change_of, revision_of
from jupyter_repro.api.operations.environments import environment_for, marked_here, saved
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import make_cursor, read_cursor
from jupyter_repro.api.problems import refuse
from jupyter_repro.api.schemas.environments import (
    EnvironmentSaved,
    LockedPackage,
    RevisionDetail,
    RevisionDetailQuery,
    RevisionPage,
    SaveRevision,
)
from jupyter_repro.api.schemas.environments_builds import ActivateRevision
from jupyter_repro.api.schemas.environments_software import (
    DefinitionLine,
    RevisionComparison,
    RevisionComparisonQuery,
)
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.catalog import EnvironmentRecord, RevisionRecord
from jupyter_repro.environments.comparing import compare_packages, summary
from jupyter_repro.environments.definitions import read_definition, read_lock
from jupyter_repro.environments.differing import definition_changes, definition_difference
from jupyter_repro.errors import EnvironmentNotFound, EnvironmentNotReady
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments import Library
from jupyter_repro.verbs.environments.overview import (
    locked_packages,
    revision_summaries,
)

_MOST_BUILDS = 100


def page(call: Call) -> RevisionPage:
    """Revisions, newest first."""
    query = call.asked(PageQuery)
    place = read_cursor(query.cursor, int)
    pending = pending_builds(call)
    with call.library() as library:
        record = library.seen(call["environment"])
        rest = [
            one
            for one in library.catalog.environments.revisions(record.id)
            if place is None or one.number < int(place[0])
        ]
        builds = builds_of(library, record.id, pending)
        shown = rest[: query.limit]
        locks = {build.revision: build.lock for build in reversed(builds) if build.lock}
        changed = revision_summaries(library, rest[: query.limit + 1], locks)
    marked = marked_here(call)
    return RevisionPage(
        items=[
            revision_of(one, active=record.active, builds=builds, changed=changed.get(one.number, ""), marked=marked)
            for one in shown
        ],
        next=make_cursor(shown[-1].number) if len(rest) > len(shown) else None,
    )


async def save(call: Call) -> EnvironmentSaved:
    """Save a changed definition."""
    body = call.sent(SaveRevision)

    def work() -> tuple[EnvironmentRecord, RevisionRecord, bool]:
        with call.library() as library:
            record = library.owned(call["environment"])
            newest = library.catalog.environments.revisions(record.id)[0].number
            if body.after is not None and newest > body.after:
                raise refuse(
                    409,
                    f"{record.name!r} has revision {newest} meanwhile: look at it, and save again.",
                    "revision_moved",
                )
            definition = definition_from(library, body.definition)
            revision = verbs.edit(library, record.id, definition, message=body.message)
            return record, revision, revision.number > newest

    record, revision, created = await call.services.in_thread(work)
    return await saved(call, record, revision.number, build=body.build and created, created=created)


def revision(call: Call) -> RevisionDetail:
    """One revision."""
    pending = pending_builds(call)
    with call.library() as library:
        record = library.seen(call["environment"])
        found = revision_named(library, record, call["revision"])
        definition = read_definition(library.places.get(found.definition))
        everything = builds_of(library, record.id, pending)
        builds = [build for build in everything if build.revision == found.number]
        locks = {build.revision: build.lock for build in reversed(everything) if build.lock}
        lock = locks.get(found.number)
        packages = None if lock is None else locked_packages(library.places, lock)
        text = read_lock(library.places.get(lock)).text if lock and call.asked(RevisionDetailQuery).lock else None
        revisions = library.catalog.environments.revisions(record.id)
        pair = [one for one in revisions if one.number in (found.number, found.number - 1)]
        changed = revision_summaries(library, pair, locks)
    return RevisionDetail(
        environment=environment_for(call, record, pending=pending),
        revision=revision_of(
            found,
            active=record.active,
            builds=builds,
            changed=changed.get(found.number, ""),
            marked=marked_here(call),
        ),
        definition=definition_of(definition),
        builds=builds[:_MOST_BUILDS],
        packages=None
        if packages is None
        else [LockedPackage(ecosystem=one.ecosystem, name=one.name, version=one.version) for one in packages],
        lock=text,
    )


def compare(call: Call) -> RevisionComparison:
    """What changed between two revisions."""
    query = call.asked(RevisionComparisonQuery)
    with call.library() as library:
        record = library.seen(call["environment"])
        sides = [revision_named(library, record, str(number)) for number in (query.a, query.b)]
        old, new = (read_definition(library.places.get(side.definition)) for side in sides)
        locks = {
            build.number: build.lock
            for build in reversed(library.catalog.environments.builds(record.id, state="ready"))
        }
        known = [locks.get(side.number) for side in sides]
        packages = [locked_packages(library.places, lock) for lock in known if lock]
    changes = compare_packages(*packages) if len(packages) == len(sides) else ()
    return RevisionComparison(
        a=query.a,
        b=query.b,
        definition=definition_difference(old, new, (f"r{query.a}", f"r{query.b}")),
        lines=[
            DefinitionLine(part=one.part, change="added" if one.added else "removed", text=one.text)
            for one in definition_changes(old, new)
        ],
        locked=len(packages) == len(sides),
        summary=summary(changes),
        packages=[package_change_of(change) for change in changes],
    )


async def activate(call: Call) -> Task:
    """Make a revision that was built the active one."""
    number = call.sent(ActivateRevision).revision

    def look() -> EnvironmentRecord:
        with call.library() as library:
            record = library.owned(call["environment"])
            revision_named(library, record, str(number))
            good = library.catalog.environments.builds(record.id, state="ready")
            if all(build.number != number for build in good):
                raise EnvironmentNotReady(
                    f"Revision {number} of {record.name!r} has no build that worked: build it first."
                )
            return record

    record = await call.services.in_thread(look)
    arguments = {**call.environment_order(), "environment": record.id, "revision": number}
    return task_of(
        call.services.tasks.submit("activate-environment", title_of(call, "Activate", record, number), arguments)
    )


def revision_named(library: Library, record: EnvironmentRecord, number: str) -> RevisionRecord:
    """The revision of that number. Raises ``EnvironmentNotFound``."""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0
    for one in library.catalog.environments.revisions(record.id):
        if one.number == wanted:
            return one
    raise EnvironmentNotFound(
        f"Environment {record.name!r} has no revision {number[:20]!r}: its list has those it has."
    )
