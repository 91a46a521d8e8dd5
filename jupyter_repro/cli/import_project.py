"""``import``: a project from a file made by ``export``."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import quoted, shown_text
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count


@command("import", examples=("jupyter-repro import churn.repro", "jupyter-repro import churn.repro --name churn-copy"))
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.option("--name", metavar="NAME", help="Call the project so; needed when it is on this machine already.")
def command_here(file: str, name: str | None, as_json: bool) -> None:
    """Bring in a project from a file made by export.

    Everything in the file is checked before the project appears; nothing that is here already is changed. Then
    'recreate' with --project makes a workspace of any of its commits.
    """
    from jupyter_repro import verbs

    with watched() as on_progress:
        made = verbs.import_project(file, name, on_progress=on_progress)
    if as_json:
        say_json({"project": made.project, "name": made.name, "commits": made.commits, "branches": list(made.branches)})
        return
    what = f"{count(made.commits, 'commit')}, {count(len(made.branches), 'branch', 'branches')}"
    say(f"{paint('Imported', 'green')} project {paint(shown_text(made.name), 'bold')}: {what}.")
    if made.branches:
        branch = "main" if "main" in made.branches else made.branches[0]
        say(f"Make a workspace of it: jupyter-repro recreate {quoted(branch)} DIR --project {quoted(made.name)}")
