"""Jobs that look after a project: verify, collect, thin, export, import."""

from __future__ import annotations

from jupyter_repro import verbs
from jupyter_repro.api.schemas.base import MOST_LISTED, Answer
from jupyter_repro.api.schemas.maintenance import (
    CollectDone,
    Damage,
    ExportDone,
    ImportDone,
    IndexDone,
    ThinDone,
    VerifyDone,
)
from jupyter_repro.api.work.order import Order
from jupyter_repro.progress import OnProgress


def verify(order: Order, on_progress: OnProgress) -> Answer:
    """Read everything and check it."""
    with order.project() as opened:
        found = verbs.verify(opened, on_progress=on_progress)
    damaged = [
        Damage(
            kind=each.kind,
            id=each.id,
            paths=list(each.paths),
            commits=list(each.commits),
            file=each.file,
            workspaces=list(each.workspaces),
        )
        for each in found.damaged[:MOST_LISTED]
    ]
    return VerifyDone(ok=found.ok, objects=found.objects, purged=found.purged, damaged=damaged)


def collect(order: Order, on_progress: OnProgress) -> Answer:
    """Free the space of what no commit needs."""
    with order.project() as opened:
        done = verbs.gc(opened)
    return CollectDone(objects=done.objects, bytes=done.bytes, files_deleted=done.files_deleted)


def thin(order: Order, on_progress: OnProgress) -> Answer:
    """Free the content of automatic checkpoints that retention hides."""
    dry_run = order.flag("dry_run")
    with order.project() as opened:
        done = verbs.thin(opened, dry_run=dry_run)
    return ThinDone(dry_run=dry_run, commits=len(done.commits), bytes=done.bytes)


def export(order: Order, on_progress: OnProgress) -> Answer:
    """Write a project into one file."""
    with order.project() as opened:
        done = verbs.export_project(opened, order.text("file"), on_progress=on_progress)
    server_path = order.place.server_path(done.path)
    return ExportDone(path=done.path, server_path=server_path, bytes=done.bytes, commits=done.commits)


def import_(order: Order, on_progress: OnProgress) -> Answer:
    """Make a project of an export."""
    done = verbs.import_project(
        order.text("file"), order.maybe("name"), configuration=order.configuration, on_progress=on_progress
    )
    return ImportDone(project=done.project, name=done.name, commits=done.commits, branches=list(done.branches))


def index(order: Order, on_progress: OnProgress) -> Answer:
    """Enter which checkpoint changed which file."""
    from jupyter_repro.verbs.changed_paths import enter_paths

    with order.project() as opened:
        return IndexDone(commits=enter_paths(opened, on_progress))
