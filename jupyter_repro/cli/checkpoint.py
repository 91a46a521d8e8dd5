"""``checkpoint``: keep the whole directory as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.opening import the_workspace
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count, listed, short

if TYPE_CHECKING:
    from jupyter_repro.history import Commit
    from jupyter_repro.verbs.opened import Opened

SHOWN_SKIPPED = 10
"""People are told so many skipped paths by name; machines all of them."""


@command(
    "checkpoint",
    examples=(
        'jupyter-repro checkpoint -m "before cleaning the outliers"',
        "jupyter-repro checkpoint --skip-unreadable",
    ),
)
@click.option("-m", "--message", metavar="MSG", default="", help="What you did, for the history.")
@click.option("--allow-empty", is_flag=True, help="Make a commit even when nothing has changed.")
@click.option("--full", is_flag=True, help="Read every file again instead of trusting sizes and times.")
@click.option("--skip-unreadable", is_flag=True, help="Go on without files that cannot be read, and list them.")
def command_here(message: str, allow_empty: bool, full: bool, skip_unreadable: bool, as_json: bool) -> None:
    """Keep the whole directory as it is now.

    Every file is kept but what '.reproignore' leaves out: 'status --ignored' lists that. When nothing has changed
    since the last checkpoint, none is made.
    """
    from jupyter_repro import verbs

    # A message typed in another encoding is kept as well as it can be read.
    text = message.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with the_workspace() as workspace, watched() as on_progress:
        made = verbs.checkpoint(
            workspace,
            text,
            allow_empty=allow_empty,
            full=full,
            skip_unreadable=skip_unreadable,
            on_progress=on_progress,
        )
        changes = listed(made.added, made.modified, made.deleted)
        if made.created and not (made.added or made.modified or made.deleted):
            changes = _software_changes(workspace, made.commit) or _folder_changes(workspace, made.commit) or changes
    if made.notice:
        note(shown_text(made.notice))
    if as_json:
        say_json(
            {
                "commit": made.commit.id,
                "created": made.created,
                "added": made.added,
                "modified": made.modified,
                "deleted": made.deleted,
                "skipped": [{"path": skipped.path, "reason": skipped.reason} for skipped in made.skipped],
            }
        )
        return
    name = paint(short(made.commit.id), "yellow")
    if made.created:
        say(f"Checkpoint {name} on {made.branch}: {changes}.")
    else:
        say(f"Nothing has changed since {name} on {made.branch}: no checkpoint was needed.")
    tell_skipped([(one.path, one.reason) for one in made.skipped])


def _software_changes(workspace: Opened, commit: Commit) -> str:
    """What was installed or removed when that is all that changed, or ""."""
    from jupyter_repro.verbs import environments

    badge = environments.software_badges(workspace, [commit]).get(commit.id)
    return shown_text(f"installed software changed ({badge.summary})") if badge else ""


def _folder_changes(workspace: Opened, commit: Commit) -> str:
    """That something changed which is no file: an empty folder came or went, or a folder's permissions; or ""."""
    parent = workspace.repository.commit_at(commit.parents[0]).tree if commit.parents else ""
    return "only folders changed" if commit.tree != parent else ""


def tell_skipped(skipped: Sequence[tuple[str, str]]) -> None:
    """Name the paths that were left out, and why, on standard error; of many only the first."""
    for path, reason in skipped[:SHOWN_SKIPPED]:
        note(f"skipped {shown_path(path)}: {shown_text(reason)}")
    if len(skipped) > SHOWN_SKIPPED:
        note(f"... and {count(len(skipped) - SHOWN_SKIPPED, 'more path')} (--json lists them all)")
