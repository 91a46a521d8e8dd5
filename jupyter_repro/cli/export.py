"""``export``: a whole project in one portable file."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import quoted, shown_path
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count, size


@command(
    "export",
    examples=("jupyter-repro export churn.repro", "jupyter-repro export ~/backup/churn.repro --project churn-model"),
)
@click.argument("file", metavar="FILE", type=click.Path())
@in_project
def command_here(file: str, project: str | None, as_json: bool) -> None:
    """Write a whole project into one portable file.

    It holds every commit, branch and tag, and 'import' makes a project of it on another machine. What is in the
    workspace and was not checkpointed is not in it. FILE must not exist yet.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened, watched() as on_progress:
        done = verbs.export_project(opened, file, on_progress=on_progress)
    if as_json:
        say_json({"path": done.path, "bytes": done.bytes, "commits": done.commits})
        return
    what = f"{count(done.commits, 'commit')}, {size(done.bytes)}"
    say(f"{paint('Exported', 'green')} {what} to {shown_path(done.path)}.")
    say(f"Bring it in elsewhere: jupyter-repro import {quoted(done.path)}")
