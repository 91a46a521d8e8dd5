"""``audit``: what was done to a project, and by whom."""

from __future__ import annotations

from typing import cast

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import Json, note, say, say_json
from jupyter_repro.cli.shapes import time_text
from jupyter_repro.cli.words import table, when


@command("audit", examples=("jupyter-repro audit -n 20", "jupyter-repro audit --action purge --json"))
@click.option("-n", "limit", metavar="N", type=click.IntRange(min=1), help="At most N entries.")
@click.option("--action", metavar="NAME", help="Only this: checkpoint, restore, purge, thin, ...")
@click.option("--author", metavar="NAME", help="Only what this user did.")
@click.option("-v", "--verbose", is_flag=True, help="Exact times.")
@in_project
def command_here(
    limit: int | None, action: str | None, author: str | None, verbose: bool, project: str | None, as_json: bool
) -> None:
    """List what was done to the project, and by whom.

    The newest first, and what was done on this machine only. Entries are added and never changed. Purges stand in the
    project's log as well, which all its machines share.
    """
    from jupyter_repro.verbs.audit import audit

    with the_project(project) as opened:
        found = audit(opened, limit=limit, action=action, actor=author)
    if as_json:
        say_json(
            [
                {
                    "id": one.id,
                    "time": time_text(one.time),
                    "author": one.actor,
                    "action": one.action,
                    "subject": one.subject,
                    "workspace": one.workspace_id,
                    "details": cast("Json", one.details),
                }
                for one in found
            ]
        )
        return
    if not found:
        note("Nothing of that kind was done here.")
        return
    rows = [
        (when(one.time, verbose), shown_text(one.actor), shown_text(one.action), shown_text(one.subject))
        for one in found
    ]
    for line in table(("when", "who", "what", "to what"), rows, colours=("", "", "yellow")):
        say(line)
