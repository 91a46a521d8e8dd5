"""``purge``: remove content for ever, from every commit, with a record of it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.history.purge import PurgePlan, allow, plan_purge
from jupyter_repro.history.purge import purge as purge_repository
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.verbs.recording import record


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """What was purged, and sentences that say where copies of it may still be."""

    plan: PurgePlan
    warnings: tuple[str, ...]


def plan(opened: OpenedProject, path: str, *, everywhere: bool = False) -> PurgePlan:
    """What purging ``path`` would remove, and which other paths share its content. Changes nothing."""
    opened.repository.sync()
    return plan_purge(opened.repository, _names(path), everywhere)


def purge(opened: OpenedProject, path: str, reason: str, everywhere: bool = False) -> PurgeResult:
    """Remove the content at ``path`` (a file, or a directory with all it ever held) from every commit.

    Content that other paths need stays, and is named, unless ``everywhere``. ``reason`` is kept in the
    project's log for ever. Raises ``PathNotFound``, ``InvalidRequest`` or ``StoreError``.
    """
    if not reason.strip():
        raise InvalidRequest("A purge needs a reason: it is kept in the project's log. Give one with --reason.")
    names = _names(path)
    done = purge_repository(opened.repository, names, reason, everywhere)
    if done.objects:
        record(opened, "purge", path, reason=reason, everywhere=everywhere, objects=len(done.objects), bytes=done.bytes)
    return PurgeResult(done, tuple(_warnings(opened, path, done)))


def allow_again(opened: OpenedProject, path: str) -> int:
    """Let content that was purged at ``path`` be checkpointed again; returns how many objects."""
    count = allow(opened.repository, _names(path))
    record(opened, "allow", path, objects=count)
    return count


def _names(path: str) -> bytes:
    names = b"/".join(split_path(os.fsencode(path)))
    if not names:
        raise InvalidRequest("The whole workspace cannot be purged. Name the file or directory.")
    return names


def _warnings(opened: OpenedProject, path: str, done: PurgePlan) -> list[str]:
    found = []
    if done.remains:
        found.append(
            f"{len(done.remains)} other path{'s' if len(done.remains) > 1 else ''} share content with it, which stays; "
            "--everywhere removes that too."
        )
    if isinstance(opened, Opened):
        gone = [path, *(other for other in done.same if other not in done.remains)]
        here = [other for other in gone if os.path.lexists(os.path.join(opened.workspace.root, other))]
        if here:
            more = f" and {len(here) - 3} more" if len(here) > 3 else ""
            found.append(
                f"{', '.join(here[:3])}{more} {'is' if len(here) == 1 else 'are'} still in the workspace: remove or "
                "ignore what holds it, or the next checkpoint stops there."
            )
    if opened.project.store.startswith(("s3://", "gs://", "az://")):
        found.append("If the bucket keeps old versions of objects, remove those too.")
    found.append("Files made by 'export' before now, and directories made by 'recreate', may still hold it.")
    return found
