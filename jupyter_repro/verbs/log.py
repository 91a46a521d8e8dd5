"""``log``: the commits, newest first."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from jupyter_repro.history import Commit
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.opened import Opened, OpenedProject


def log(
    opened: OpenedProject,
    *,
    limit: int | None = None,
    branch: str | None = None,
    path: str | None = None,
    everything: bool = False,
    after: str | None = None,
    author: str | None = None,
    text: str | None = None,
    kinds: Collection[str] | None = None,
    session: str | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[Commit]:
    """Commits of the current branch, or of ``branch``, or with ``everything`` of the whole project.

    ``path`` leaves those that changed it or something below it; ``text`` those with it in message, author,
    branch or id; ``since`` and ``until`` (microseconds since the epoch) bound the time; ``after`` is the id
    that the previous page ended with; ``limit`` how many at most. Raises ``BranchNotFound``.
    """
    return list(
        islice(_wanted(opened, branch, path, everything, after, author, text, kinds, session, since, until), limit)
    )


def _wanted(
    opened: OpenedProject,
    branch: str | None,
    path: str | None,
    everything: bool,
    after: str | None,
    author: str | None,
    text: str | None,
    kinds: Collection[str] | None,
    session: str | None,
    since: int | None,
    until: int | None,
) -> Iterator[Commit]:
    repository = opened.repository
    repository.sync()
    tests: list[Callable[[Commit], bool]] = []
    if path:
        touching = repository.changing(b"/".join(split_path(os.fsencode(path))))
        tests.append(lambda commit: commit.id in touching)
    if author:
        tests.append(lambda commit: author.casefold() in commit.author.casefold())
    if text:
        tests.append(lambda commit: _holds(commit, text.casefold()))
    if kinds:
        tests.append(lambda commit: commit.kind in kinds)
    if session:
        tests.append(lambda commit: commit.session.id == session)
    if until is not None:
        tests.append(lambda commit: commit.time <= until)
    waiting = after is not None
    for commit in _commits(opened, branch, everything):
        if since is not None and commit.time < since and not everything:
            continue
        if waiting:
            waiting = commit.id != after
            continue
        if since is not None and commit.time < since:
            return
        if all(test(commit) for test in tests):
            yield commit


def _commits(opened: OpenedProject, branch: str | None, everything: bool) -> Iterator[Commit]:
    repository = opened.repository
    if everything:
        return repository.all_commits()
    if branch is not None:
        return repository.ancestry([repository.tip(branch)])
    if isinstance(opened, Opened) and opened.workspace.state.commit:
        return repository.ancestry([opened.workspace.state.commit])
    tip = repository.branches.get(opened.branch)
    return repository.ancestry([tip]) if tip else iter(())


def _holds(commit: Commit, text: str) -> bool:
    return any(text in field.casefold() for field in (commit.message, commit.author, commit.branch)) or (
        len(text) >= 4 and commit.id.startswith(text)
    )
