"""``sessions``: the lives of workspaces in which checkpoints were made."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, say, say_json
from jupyter_repro.cli.shapes import time_text
from jupyter_repro.cli.words import table, when


@command("sessions", examples=("jupyter-repro sessions -n 10", "jupyter-repro sessions --json"))
@click.option("-n", "limit", metavar="N", type=click.IntRange(min=1), help="At most N sessions.")
@click.option("-v", "--verbose", is_flag=True, help="Exact times.")
@in_project
def command_here(limit: int | None, verbose: bool, project: str | None, as_json: bool) -> None:
    """List the sessions in which checkpoints were made, newest first.

    A session is one life of a workspace: a server from its start to its stop, or a day of commands on one machine.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        found = verbs.sessions(opened, limit=limit)
    if as_json:
        say_json(
            [
                {
                    "session": one.id,
                    "start": time_text(one.start),
                    "last": time_text(one.last),
                    "host": one.host,
                    "user": one.user,
                    "workspace": one.workspace,
                    "branch": one.branch,
                    "checkpoints": one.checkpoints,
                }
                for one in found
            ]
        )
        return
    if not found:
        note("There is no session yet: the first checkpoint begins one.")
        return
    rows = [
        (
            shown_text(one.id),
            when(one.start, verbose),
            when(one.last, verbose),
            f"{one.checkpoints:,}",
            shown_text(f"{one.user}@{one.host}"),
            shown_text(one.branch),
        )
        for one in found
    ]
    headings = ("session", "started", "last checkpoint", "checkpoints", "who", "branch")
    for line in table(headings, rows, right={3}, colours=("yellow",)):
        say(line)
