"""The timeline: pages of commits for a list on a screen, filtered, with what retention hides left out.

``log`` answers one question of one command; a ``Timeline`` is kept by a server, so that the thousandth
commit comes as fast as the first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import msgspec

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.history import Commit, Repository, Session
from jupyter_repro.history.commits import StoredSession
from jupyter_repro.history.thin import Retention
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.retention import Showing

_MOST_COMMITS = 20_000
_FEW = 300


@dataclass(frozen=True, slots=True)
class Filter:
    """Which commits; all that is set must hold. Times are microseconds since the epoch, both included.

    ``branch`` None: every commit of the project. ``named``: tagged, or with a message of a person.
    ``hidden``: also the automatic ones that retention hides.
    """

    branch: str | None = None
    session: str | None = None
    author: str | None = None
    text: str | None = None
    path: str | None = None
    kinds: frozenset[str] = field(default_factory=frozenset)
    named: bool = False
    since: int | None = None
    until: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Commits newest first; ``after`` is what to ask the next page with (None at the end), ``hidden`` how
    many automatic ones between them retention leaves out."""

    commits: tuple[Commit, ...]
    after: str | None
    hidden: int


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session, the workspace it was in (an id), the time (microseconds) of its last commit, and how many it has."""

    session: Session
    workspace: str
    last: int
    commits: int


class _Brief(msgspec.Struct):
    """As much of a stored commit as it takes to count sessions."""

    time: int
    session: StoredSession
    workspace: str = ""


_brief = msgspec.msgpack.Decoder(_Brief)


class Timeline:
    """The commits of one opened project, in order. Not for two threads at once, as the project itself."""

    def __init__(self, opened: OpenedProject) -> None:
        self._repository = opened.repository
        self._digest = b""
        self._orders: dict[str | None, _Order] = {}
        self._commits: dict[str, Commit] = {}
        self._sessions: dict[str, SessionSummary] = {}
        self._counted: set[str] = set()

    def page(self, wanted: Filter, after: str | None, limit: int, now: int | None = None) -> TimelinePage:
        """At most ``limit`` commits that come after the one called ``after``.

        Raises ``BranchNotFound``, ``HostilePath``, and ``InvalidRequest`` for an ``after`` that is not in the list.
        """
        order = self._order(wanted.branch)
        test = self._test(wanted)
        place = 0 if after is None else order.find(after) + 1
        if place == 0 and after is not None:
            raise InvalidRequest("The page that this one follows is not there any more. Begin again at the top.")
        showing = Showing(Retention(), self._pinned(), time.time_ns() // 1000 if now is None else now)
        first = order.at(place)
        if first is not None and not wanted.hidden:
            newer = (commit for at in range(place - 1, -1, -1) if (commit := order.at(at)) is not None and test(commit))
            showing.recall(newer, first)
        commits: list[Commit] = []
        hidden = 0
        while (commit := order.at(place)) is not None:
            place += 1
            if not test(commit):
                continue
            if not wanted.hidden and not showing.shows(commit):
                # Those above the first row were counted below the last row of the page before.
                hidden += after is None or bool(commits)
                continue
            if len(commits) == limit:
                return TimelinePage(tuple(commits), commits[-1].id, hidden)
            commits.append(commit)
        return TimelinePage(tuple(commits), None, hidden)

    def sessions(self, since: int | None = None) -> dict[str, SessionSummary]:
        """Every session that a commit belongs to, by id; in no order. Callers do not change it.

        ``since`` (microseconds) is enough for whoever looks only at sessions that started then or later: older
        ones may be missing or counted in part.
        """
        found: dict[str, list[_Brief]] = {}
        for commit in self._uncounted(since):
            found.setdefault(commit.session.id, []).append(commit)
        for commits in found.values():
            self._count(commits)
        return self._sessions

    def _uncounted(self, since: int | None) -> Iterator[_Brief]:
        """The commits that are in no summary yet, down to the first that is older than ``since``, or further."""
        index, counted = self._repository.index, self._counted
        left = _FEW
        for name in self._order(None).ids():
            if name in counted:
                continue
            if left == 0:
                break
            left -= 1
            counted.add(name)
            if (data := index.get(bytes.fromhex(name))) is not None:
                yield (commit := _brief.decode(data))
                if since is not None and commit.time < since:
                    return
        else:
            return
        # A page needs a few; whoever needs more is better off with the rest at once, in any order.
        for key, data in index.rows(ordered=False):
            if (name := key.hex()) not in counted:
                counted.add(name)
                yield _brief.decode(data)

    def _count(self, commits: list[_Brief]) -> None:
        """Add commits of one session to its summary."""
        said, last = commits[0].session, max(commit.time for commit in commits)
        known = self._sessions.get(said.id)
        if known is None:
            session = Session(said.id, said.start, said.host, said.user)
            self._sessions[said.id] = SessionSummary(session, commits[0].workspace, last, len(commits))
        else:
            total = known.commits + len(commits)
            self._sessions[said.id] = replace(known, last=max(known.last, last), commits=total)

    def _order(self, branch: str | None) -> _Order:
        head = self._repository.sync()
        if head.digest != self._digest:
            self._orders.clear()
            self._digest = head.digest
        if branch not in self._orders:
            if branch is None:
                order = _Order(self._commit, iter(self._every_id()))
            else:
                tip = self._repository.tip(branch)
                order = _Order(self._commit, (commit.id for commit in self._repository.ancestry([tip])))
            self._orders[branch] = order
        return self._orders[branch]

    def _every_id(self) -> list[str]:
        # Asking for a prefix enters what is new into the index; the ids alone are then cheap to have.
        self._repository.commits_with_prefix("0000")
        return [name.hex() for name in self._repository.index.newest_first()]

    def _commit(self, name: str) -> Commit:
        commit = self._commits.get(name)
        if commit is None:
            if len(self._commits) >= _MOST_COMMITS:
                self._commits.clear()
            commit = self._commits[name] = self._repository.commit_at(name)
        return commit

    def _pinned(self) -> Callable[[str], bool]:
        names = {*self._repository.tags.values(), *self._repository.branches.values()}
        return names.__contains__

    def _test(self, wanted: Filter) -> Callable[[Commit], bool]:
        tests: list[Callable[[Commit], bool]] = []
        tagged = _tagged(self._repository)
        if wanted.session is not None:
            tests.append(lambda commit: commit.session.id == wanted.session)
        if wanted.author is not None:
            tests.append(lambda commit: commit.author == wanted.author)
        if wanted.kinds:
            tests.append(lambda commit: commit.kind in wanted.kinds)
        if (since := wanted.since) is not None:
            tests.append(lambda commit: commit.time >= since)
        if (until := wanted.until) is not None:
            tests.append(lambda commit: commit.time <= until)
        if wanted.named:
            tests.append(lambda commit: commit.id in tagged or _is_named(commit))
        if wanted.path:
            touching = self._repository.changing(b"/".join(split_path(os.fsencode(wanted.path))))
            tests.append(lambda commit: commit.id in touching)
        if wanted.text:
            text = wanted.text.casefold()
            tests.append(lambda commit: _holds(commit, tagged.get(commit.id, ()), text))
        return lambda commit: all(test(commit) for test in tests)


class _Order:
    """Ids of commits in order, read as far as somebody has looked."""

    def __init__(self, commit_at: Callable[[str], Commit], source: Iterator[str]) -> None:
        self._commit_at = commit_at
        self._source = source
        self._ids: list[str] = []
        self._places: dict[str, int] = {}

    def at(self, place: int) -> Commit | None:
        while place >= len(self._ids):
            if self._next() is None:
                return None
        return self._commit_at(self._ids[place])

    def find(self, name: str) -> int:
        """Where the commit of that id is; -1 for nowhere."""
        while name not in self._places:
            if self._next() is None:
                return -1
        return self._places[name]

    def ids(self) -> list[str]:
        """All of them."""
        while self._next() is not None:
            pass
        return self._ids

    def _next(self) -> str | None:
        name = next(self._source, None)
        if name is not None:
            self._places[name] = len(self._ids)
            self._ids.append(name)
        return name


def _tagged(repository: Repository) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, commit in repository.tags.items():
        found.setdefault(commit, []).append(name)
    return found


def _is_named(commit: Commit) -> bool:
    return bool(commit.message.strip()) and not commit.automatic


def _holds(commit: Commit, tags: list[str] | tuple[()], text: str) -> bool:
    fields = (commit.message, commit.author, commit.branch, *tags)
    return any(text in field.casefold() for field in fields) or (len(text) >= 4 and commit.id.startswith(text))
