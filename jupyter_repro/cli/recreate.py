"""``recreate``: a new workspace from a commit."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.escape import quoted, shown_path, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import short


@command(
    "recreate",
    examples=(
        "jupyter-repro recreate @~3 ../as-it-was",
        "jupyter-repro recreate v1 ~/review --branch review-of-v1",
        "jupyter-repro recreate main ~/churn --project churn-model",
    ),
)
@click.argument("commit", metavar="COMMIT", shell_complete=complete_revision)
@click.argument("destination", metavar="DEST", type=click.Path(file_okay=False))
@click.option("--branch", metavar="NAME", help="Name of the new branch; one is chosen when left out.")
@click.option(
    "--environment/--no-environment", default=True, help="Whether the software of the commit comes along, if it can."
)
@in_project
def command_here(
    commit: str, destination: str, branch: str | None, environment: bool, project: str | None, as_json: bool
) -> None:
    """Make a new workspace from a commit.

    DEST is made when it is missing. What is in it already is saved on the new branch before it is replaced. The
    branch begins at the commit; the directory that you have stays as it is. When that one was lost, name the
    project with --project.

    The environment of the commit comes along: it is installed from its lock where it is not there, and what could not
    be had is told.
    """
    from jupyter_repro import verbs
    from jupyter_repro.cli.environments.shapes import follow

    with the_project(project) as opened, watched() as on_progress:
        made = verbs.recreate(
            opened,
            commit,
            destination,
            branch=branch,
            environment=environment,
            on_line=follow,
            on_progress=on_progress,
        )
    if made.notice:
        note(shown_text(made.notice))
    if as_json:
        say_json(
            {
                "project": made.project,
                "workspace": made.workspace,
                "branch": made.branch,
                "path": made.path,
                "commit": made.commit,
                "environment": made.environment or None,
            }
        )
        return
    place = shown_path(made.path)
    name = paint(shown_text(made.branch), "bold")
    say(f"{paint('Recreated', 'green')} {paint(short(made.commit), 'yellow')} in {place} on the new branch {name}.")
    if made.environment:
        as_then = "" if made.notice else ", as then"
        say(f"It uses the environment {paint(shown_text(made.environment), 'bold')}{as_then}.")
    say(f"Go there: cd {quoted(made.path)}")
    # Where nothing was before, undoing is throwing away: the commit keeps everything.
    say(f"Undo: {made.undo or f'rm -r {quoted(made.path)}'}")
