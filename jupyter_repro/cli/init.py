"""``init``: protect a directory."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_project
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.output import paint, say, say_json


@command(
    "init",
    examples=(
        "jupyter-repro init",
        "jupyter-repro init ~/churn --project churn-model",
        "jupyter-repro init --store s3://bucket/churn-model",
    ),
)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path())
@click.option(
    "--project",
    metavar="NAME",
    shell_complete=complete_project,
    help="Name of the project; an existing one gets this directory as one more workspace.",
)
@click.option(
    "--store",
    metavar="URL",
    help="Where the content is kept: a directory, or s3://, gs://, az://. By default, the Jupyter data directory.",
)
@click.option("--moved", is_flag=True, help="The directory is a workspace that was moved here.")
@click.option("--copy", is_flag=True, help="The directory is a copy of a workspace; it gets a branch of its own.")
def command_here(
    directory: str, project: str | None, store: str | None, moved: bool, copy: bool, as_json: bool
) -> None:
    """Protect a directory.

    The directory becomes a workspace: everything in it can be kept with 'checkpoint' and put back later. Its
    content is stored outside of it, so deleting the directory loses nothing that was kept. Only a small folder
    '.repro' is added.
    """
    from jupyter_repro import verbs

    if moved and copy:
        raise click.UsageError("--moved and --copy exclude each other")
    if (moved or copy) and (project or store):
        raise click.UsageError("--moved and --copy keep project and store: leave out --project and --store")
    made = verbs.init(directory, project=project, store=store, moved=moved, copy=copy)
    if as_json:
        say_json({"project": made.project, "workspace": made.workspace, "branch": made.branch, "path": made.path})
        return
    name = next((one.name for one in verbs.projects() if one.id == made.project), made.project)
    where = f"project {shown_text(name)}, branch {shown_text(made.branch)}"
    say(f"{paint('Protected', 'green')} {shown_path(made.path)} ({where}).")
    say('Keep it as it is now: jupyter-repro checkpoint -m "the beginning"')
