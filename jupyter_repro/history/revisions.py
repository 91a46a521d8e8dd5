"""Revision names: how a user points at a commit.

``@`` is the newest commit of the current branch, ``@~3`` its third ancestor, ``@{2 hours ago}`` what it
was then. A branch, a tag, or four or more hex digits of an id may stand in the place of ``@``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_repro.errors import AmbiguousCommit, CommitNotFound, InvalidRequest
from jupyter_repro.history.commits import Commit
from jupyter_repro.history.moments import moment

if TYPE_CHECKING:
    from jupyter_repro.history.repository import Repository

_SUFFIX = re.compile(r"(~\d*|\^|@?\{[^}]*\})")
_HEX = re.compile(r"[0-9a-fA-F]{4,64}")
_BAD_NAME = re.compile(r"[\x00-\x20~^:?*\[\\\x7f{}\ud800-\udfff]|\.\.|//|@\{|/\.|\.lock$|^[-/.]|[/.]$")


def check_name(name: str, what: str) -> str:
    """``name`` if a branch or tag may be called so. Raises ``InvalidRequest`` that says why not."""
    if not name or len(name.encode("utf-8", "surrogateescape")) > 200 or name == "@" or _BAD_NAME.search(name):
        raise InvalidRequest(
            f"{name!r} cannot be the name of a {what}. Use letters, digits, '-', '_', '.' and '/', without spaces."
        )
    if re.fullmatch(r"[0-9a-f]{16,64}", name):
        raise InvalidRequest(f"{name!r} looks like the id of a commit. Choose another name for the {what}.")
    return name


def resolve(repository: Repository, name: str, current: str | None, base: str | None) -> Commit:
    """The commit that ``name`` means.

    ``current`` is the branch that ``@`` stands for, ``base`` the commit that a workspace is at when it
    is known better than the branch. Raises ``CommitNotFound``, ``AmbiguousCommit`` or ``InvalidRequest``.
    """
    if not name:
        # An empty variable in somebody's script must not become the newest commit.
        raise InvalidRequest("The name of a commit is empty. '@' is the newest one of this branch.")
    match = _SUFFIX.search(name)
    stem, suffix = (
        (name[: match.start()], name[match.start() :]) if match and not _is_name(repository, name) else (name, "")
    )
    if suffix.startswith("{") and stem.endswith("@"):
        stem, suffix = stem[:-1] or "@", "@" + suffix
    commit = _stem(repository, stem or "@", current, base)
    while suffix:
        step = _SUFFIX.match(suffix)
        if step is None:
            raise InvalidRequest(
                f"The revision {name!r} is not understood. Examples: '@', '@~2', 'main', '@{{2 hours ago}}'."
            )
        suffix = suffix[step.end() :]
        commit = _step(repository, commit, step[0], name)
    return commit


def _is_name(repository: Repository, name: str) -> bool:
    head = repository.store.head
    return name in head.branches or name in head.tags


def _stem(repository: Repository, stem: str, current: str | None, base: str | None) -> Commit:
    head = repository.store.head
    if stem == "@":
        if base:
            return repository.commit_at(base)
        if current is None or current not in head.branches:
            raise CommitNotFound("There is no commit yet on this branch. Make one with 'jupyter-repro checkpoint'.")
        return repository.commit_at(head.branches[current].hex())
    for names in (head.branches, head.tags):
        if stem in names:
            return repository.commit_at(names[stem].hex())
    if _HEX.fullmatch(stem):
        return repository.commit_at(_complete(repository, stem.lower()))
    raise CommitNotFound(
        f"No commit, branch or tag is called {stem!r}. 'jupyter-repro log' shows the commits, "
        "'branch' and 'tag' the names."
    )


def _complete(repository: Repository, prefix: str) -> str:
    found = repository.commits_with_prefix(prefix)
    if not found:
        raise CommitNotFound(f"No commit begins with {prefix!r}. 'jupyter-repro log --all' shows them all.")
    if len(found) > 1:
        raise AmbiguousCommit(f"More than one commit begins with {prefix!r}: give more of its digits.")
    return found[0]


def _step(repository: Repository, commit: Commit, step: str, name: str) -> Commit:
    if step.startswith(("@{", "{")):
        when = moment(step[step.index("{") + 1 : -1])
        for earlier in repository.first_parents(commit):
            if earlier.time <= when:
                return earlier
        raise CommitNotFound(
            f"{name!r}: the history does not reach back that far. Its first commit, {earlier.id[:12]}, is later."
        )
    count = 1 if step in ("~", "^") else int(step[1:])
    for _ in range(count):
        if not commit.parents:
            raise CommitNotFound(
                f"{name!r} goes back further than the history does. Its first commit is {commit.id[:12]}."
            )
        commit = repository.commit_at(commit.parents[0])
    return commit
