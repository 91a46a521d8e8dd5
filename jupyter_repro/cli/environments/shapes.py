"""What the commands behind ``env`` print in more than one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_repro.cli.escape import shown_lines
from jupyter_repro.cli.output import Json, note
from jupyter_repro.cli.shapes import time_text

if TYPE_CHECKING:
    from jupyter_repro.catalog import BuildRecord, EnvironmentRecord
    from jupyter_repro.verbs.environments import Used


def environment_document(record: EnvironmentRecord) -> dict[str, Json]:
    """An environment without its revisions."""
    return {
        "name": record.name,
        "id": record.id,
        "description": record.description,
        "engine": record.engine,
        "owner": record.owner,
        "visibility": record.visibility,
        "users": list(record.shared.get("users", [])),
        "groups": list(record.shared.get("groups", [])),
        "active": record.active,
        "default": bool(record.is_default),
        "archived": record.archived is not None,
    }


def build_document(build: BuildRecord) -> dict[str, Json]:
    """One attempt to build a revision."""
    return {
        "build": build.id,
        "revision": build.number,
        "state": build.state,
        "started": time_text(build.started),
        "ended": time_text(build.ended),
        "lock": build.lock or None,
        "packages": build.packages,
        "problem": build.problem or None,
    }


def used_document(used: Used | None) -> dict[str, Json]:
    """What a workspace uses; nulls when that is none of ours."""
    return {
        "environment": used.label if used else None,
        "pinned": used.pinned if used else None,
        "applied": (used.applied or None) if used else None,
        "kernel": used.kernel if used else None,
        "interpreter": used.interpreter if used else None,
    }


def follow(line: str) -> None:
    """Show a line of a build's log as it comes, and stop the build on Ctrl-C."""
    from jupyter_repro.cli.interrupts import check_stopped

    check_stopped()
    note(shown_lines(line))
