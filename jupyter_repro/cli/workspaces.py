"""``workspaces``: the protected directories of this machine."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_project
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.output import note, say, say_json
from jupyter_repro.cli.shapes import time_text
from jupyter_repro.cli.words import short, table, when


@command("workspaces", examples=("jupyter-repro workspaces", "jupyter-repro workspaces --project churn-model"))
@click.option("--project", metavar="NAME", shell_complete=complete_project, help="Only those of this project.")
@click.option("-v", "--verbose", is_flag=True, help="Ids and exact times.")
def command_here(project: str | None, verbose: bool, as_json: bool) -> None:
    """List the protected directories of this machine, the one used last first.

    One that was deleted or moved away is marked 'gone': 'recreate' with --project brings its content back.
    """
    from jupyter_repro import verbs

    wanted = None
    if project is not None:
        with verbs.open_project(project) as opened:
            wanted = opened.project.id
    found = verbs.workspaces(wanted)
    if as_json:
        say_json(
            [
                {
                    "workspace": one.id,
                    "project": one.project,
                    "project_name": one.project_name,
                    "path": one.path,
                    "branch": one.branch,
                    "commit": one.commit,
                    "present": one.present,
                    "last_used": time_text(one.last_used),
                }
                for one in found
            ]
        )
        return
    if not found:
        note("There is no workspace yet: 'jupyter-repro init' makes one.")
        return
    headings = ["project", "branch", "commit", "used", "directory"]
    rows = [
        [
            shown_text(one.project_name) or short(one.project),
            shown_text(one.branch),
            short(one.commit) if one.commit else "-",
            when(one.last_used, verbose),
            shown_path(one.path) + ("" if one.present else "  (gone)"),
        ]
        for one in found
    ]
    if verbose:
        headings.insert(0, "workspace")
        for row, one in zip(rows, found, strict=True):
            row.insert(0, one.id)
    for line in table(headings, rows):
        say(line)
