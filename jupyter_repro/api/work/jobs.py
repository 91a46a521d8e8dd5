"""What a worker process can do: each job opens what it needs, calls one verb, and returns a schema's fields.

Arguments are JSON. ``configuration`` and ``root`` come with every order: the settings of the server, and the
directory that Lab calls the root.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupyter_repro import verbs
from jupyter_repro.api.schemas.base import MOST_LISTED, Answer
from jupyter_repro.api.schemas.branches import SwitchDone
from jupyter_repro.api.schemas.commits import CheckpointDone
from jupyter_repro.api.schemas.recreate import RecreateDone
from jupyter_repro.api.schemas.restore import PurgeDone, RestoreDone, TrackDone
from jupyter_repro.api.schemas.trees import CopyDone
from jupyter_repro.api.translate import purge_plan_of, skipped_of
from jupyter_repro.api.work import environments, upkeep
from jupyter_repro.api.work.order import Arguments, Order
from jupyter_repro.progress import OnProgress


def checkpoint(order: Order, on_progress: OnProgress) -> Answer:
    """Make a checkpoint, and tag it when asked to."""
    with order.workspace() as opened:
        done = verbs.checkpoint(
            opened,
            order.text("message"),
            kind=order.maybe("commit_kind") or "checkpoint",
            allow_empty=order.flag("allow_empty"),
            full=order.flag("full"),
            skip_unreadable=order.flag("skip_unreadable"),
            on_progress=on_progress,
        )
        if (tag := order.maybe("tag")) is not None:
            verbs.create_tag(opened, tag, done.commit.id)
    return CheckpointDone(
        commit=done.commit.id,
        created=done.created,
        added=done.added,
        modified=done.modified,
        deleted=done.deleted,
        skipped=skipped_of((skipped.path, skipped.reason) for skipped in done.skipped),
        skipped_total=len(done.skipped),
        branch=done.branch,
        notice=done.notice or None,
    )


def restore(order: Order, on_progress: OnProgress) -> Answer:
    """Put a commit, or paths of it, back into the workspace."""
    with order.workspace() as opened:
        target = opened.resolve(order.text("commit")).id
        done = verbs.restore(opened, target, order.texts("paths"), on_progress=on_progress)
    return RestoreDone(
        commit=target,
        made=done.commit.id,
        safety=done.safety.id if done.safety else None,
        written=done.written,
        removed=done.removed,
        undo=done.undo,
        notice=done.notice or None,
    )


def switch(order: Order, on_progress: OnProgress) -> Answer:
    """Put the workspace on another branch."""
    with order.workspace() as opened:
        before = opened.branch
        done = verbs.switch(opened, order.text("branch"), on_progress=on_progress)
    return SwitchDone(
        branch=done.branch,
        commit=done.commit.id,
        previous_branch=before,
        safety=done.safety.id if done.safety else None,
        undo=done.undo,
        notice=done.notice or None,
    )


def recreate(order: Order, on_progress: OnProgress) -> Answer:
    """Put a commit into a new directory on a new branch."""
    with order.project() as opened:
        done = verbs.recreate(
            opened,
            order.text("commit"),
            order.text("directory"),
            branch=order.maybe("branch"),
            environment=order.flag("environment"),
            on_progress=on_progress,
        )
    return RecreateDone(
        project=done.project,
        workspace=done.workspace,
        branch=done.branch,
        path=done.path,
        server_path=order.place.server_path(done.path),
        commit=done.commit,
        files=done.files,
        bytes=done.bytes,
        environment=done.environment or None,
        notice=done.notice or None,
    )


def copy(order: Order, on_progress: OnProgress) -> Answer:
    """Write a file or directory of a commit beside what the workspace has."""
    from jupyter_repro.verbs.copy import copy as copy_verb

    with order.workspace() as opened:
        done = copy_verb(
            opened, order.text("commit"), order.text("path"), order.maybe("destination"), on_progress=on_progress
        )
        server_path = order.place.server_path(str(opened.workspace.root / done.path))
    return CopyDone(path=done.path, server_path=server_path, written=done.written)


def track(order: Order, on_progress: OnProgress) -> Answer:
    """Bring external data into the workspace."""
    with order.workspace() as opened:
        done = verbs.track(opened, order.text("source"), order.text("destination"), on_progress=on_progress)
    return TrackDone(
        paths=list(done.paths[:MOST_LISTED]),
        files=len(done.paths),
        bytes=done.bytes,
        origin=done.origin,
        commit=done.commit,
    )


def purge(order: Order, on_progress: OnProgress) -> Answer:
    """Remove a path's content from all history."""
    with order.workspace() if order.maybe("directory") else order.project() as opened:
        done = verbs.purge(opened, order.text("path"), order.text("reason"), order.flag("everywhere"))
    return PurgeDone(plan=purge_plan_of(done.plan), warnings=list(done.warnings))


JOBS: Mapping[str, Callable[[Order, OnProgress], Answer]] = {
    "checkpoint": checkpoint,
    "restore": restore,
    "switch": switch,
    "recreate": recreate,
    "copy": copy,
    "track": track,
    "purge": purge,
    "verify": upkeep.verify,
    "collect": upkeep.collect,
    "thin": upkeep.thin,
    "export": upkeep.export,
    "import": upkeep.import_,
    "index": upkeep.index,
    "build-environment": environments.build,
    "activate-environment": environments.activate,
    "use-environment": environments.use,
    "begin-environment": environments.begin,
    "restore-environment": environments.restore,
    "collect-environments": environments.collect,
}


def job_named(name: str) -> Callable[[Arguments, OnProgress], dict[str, object]]:
    """The job of that name, from the arguments of an order to the fields of its result."""
    job = JOBS[name]
    return lambda arguments, on_progress: job(Order(arguments), on_progress).model_dump()
