"""What is installed, now and then, and what differs."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_translate import package_change_of
from jupyter_repro.api.schemas.environments_software import (
    ComparedSide,
    EcosystemCount,
    HostChange,
    HostFact,
    Package,
    Software,
    SoftwareBadge,
    SoftwareBadges,
    SoftwareBadgesQuery,
    SoftwareComparison,
    SoftwareComparisonQuery,
    SoftwareQuery,
)
from jupyter_repro.api.translate import time_of
from jupyter_repro.environments.comparing import summary
from jupyter_repro.errors import CommitNotFound
from jupyter_repro.history import Commit
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments import Snapshot
from jupyter_repro.verbs.opened import OpenedProject


def now(call: Call) -> Software:
    """What is installed now."""
    with call.services.rooms.workspace(call["workspace"]) as room:
        return _software(verbs.snapshot(room.opened), None, call.asked(SoftwareQuery))


def at_commit(call: Call) -> Software:
    """What was installed when a commit was made."""
    with call.services.rooms.project(call["project"]) as room:
        commit = room.opened.resolve(call["commit"])
        return _software(verbs.snapshot(room.opened, commit.id), commit, call.asked(SoftwareQuery))


def compare(call: Call) -> SoftwareComparison:
    """What differs between two moments."""
    query = call.asked(SoftwareComparisonQuery)
    rooms = call.services.rooms
    place = rooms.workspace(query.workspace) if verbs.NOW in (query.a, query.b) else rooms.project(call["project"])
    with place as room, call.library() as library:
        found = verbs.compare(room.opened, query.a, query.b, library=library)
        a, b = (_compared(room.opened, side) for side in (found.a, found.b))
    changed = {(change.ecosystem, change.name) for change in found.changes}
    names = [{(one.ecosystem, one.name) for one in side.software.packages} for side in (found.a, found.b)]
    text = (query.text or "").casefold()
    return SoftwareComparison(
        a=a,
        b=b,
        same=not found.changes,
        summary=summary(found.changes),
        changes=[
            package_change_of(change)
            for change in found.changes
            if text in change.name.casefold()
            and query.ecosystem in (None, change.ecosystem)
            and (not query.change or change.change in query.change)
        ],
        unchanged=len((names[0] & names[1]) - changed),
        host=[HostChange(what=what, name=name, old=old, new=new) for what, name, old, new in found.host],
        definition=found.definition,
    )


def badges(call: Call) -> SoftwareBadges:
    """With which commits the software changed."""
    with call.services.rooms.project(call["project"]) as room:
        opened = room.opened
        commits = []
        for name in dict.fromkeys(call.asked(SoftwareBadgesQuery).commit):
            try:
                commits.append(opened.repository.commit_at(name))
            except CommitNotFound:
                continue  # thinned or not of this project: it has no badge
        found = verbs.software_badges(opened, commits)
    return SoftwareBadges(
        badges=[
            SoftwareBadge(
                commit=one.commit, added=one.added, removed=one.removed, changed=one.changed, summary=one.summary
            )
            for one in found.values()
        ]
    )


def _compared(opened: OpenedProject, side: Snapshot) -> ComparedSide:
    commit = opened.repository.commit_at(side.commit) if side.commit else None
    return ComparedSide(
        title=_title(side, commit),
        commit=side.commit or None,
        label=side.label or None,
        time=None if commit is None else time_of(commit.time),
        packages=len(side.software.packages),
    )


def _software(found: Snapshot, commit: Commit | None, query: SoftwareQuery) -> Software:
    text = (query.text or "").casefold()
    packages = found.software.by_ecosystem
    return Software(
        id=found.id,
        title=_title(found, commit),
        commit=found.commit or None,
        time=None if commit is None else time_of(commit.time),
        label=found.label or None,
        ecosystems=[EcosystemCount(ecosystem=name, packages=len(held)) for name, held in packages.items()],
        packages=[
            Package(ecosystem=one.ecosystem, name=one.name, version=one.version, hash=one.hash, origin=one.origin)
            for held in packages.values()
            for one in held
            if text in one.name.casefold() and query.ecosystem in (None, one.ecosystem)
        ],
        host=[HostFact(what=what, name=name, value=value) for what, name, value in found.host.facts]
        if found.host is not None
        else [],
    )


def _title(found: Snapshot, commit: Commit | None) -> str:
    if commit is not None:
        return commit.message.partition("\n")[0] or commit.id[:12]
    return "Now" if found.id else found.label
