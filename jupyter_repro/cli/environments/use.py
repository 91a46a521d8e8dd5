"""``env use``: the environment of a workspace."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import follow, used_document
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.interrupts import reporting
from jupyter_repro.cli.opening import the_workspace
from jupyter_repro.cli.output import note, paint, say, say_json


@environment_command(
    "use",
    examples=(
        "jupyter-repro env use py311-pandas",
        "jupyter-repro env use py311-pandas@5",
        "jupyter-repro env use py311-pandas --for-project",
        "jupyter-repro env use --none",
    ),
)
@click.argument("name", metavar="[NAME[@N]]", required=False)
@click.option(
    "--revision", metavar="N", type=click.IntRange(min=1), help="Pin this revision instead of following the active one."
)
@click.option("--none", "nothing", is_flag=True, help="Use no environment: what is activated or runs the server.")
@click.option(
    "--for-project",
    is_flag=True,
    help="What workspaces of the project begin with, where nobody chose another; here too.",
)
def command_here(name: str | None, revision: int | None, nothing: bool, for_project: bool, as_json: bool) -> None:
    """Choose the environment of this workspace.

    Its kernel appears in the launcher by the name of environment and revision, and checkpoints record it. NAME follows
    the active revision of the environment, NAME@N pins one. Where the environment says so, the project's own
    requirements.txt or pyproject.toml is applied on top. Without NAME, tells which one is used.
    """
    from jupyter_repro.verbs import environments
    from jupyter_repro.verbs.environments.kernels import no_kernel
    from jupyter_repro.verbs.environments.project_choice import choose_for_project

    if nothing and (name or revision):
        raise click.UsageError("--none stands alone")
    if revision and not name:
        raise click.UsageError("--revision needs NAME")
    if for_project and not (name or nothing):
        raise click.UsageError("--for-project needs NAME or --none")
    notice = ""
    with the_workspace() as workspace, reporting():
        if nothing:
            environments.stop_using(workspace)
            if for_project:
                with environments.Library() as library:
                    choose_for_project(workspace, library, None)
        elif name is not None:
            with environments.Library() as library:
                plain, number = environments.revision_named(name)
                notice = environments.use(workspace, library, plain, revision or number, on_line=follow).notice
                if for_project:
                    choose_for_project(workspace, library, plain, revision or number)
        used = environments.used(workspace)
    if notice:
        note(shown_text(notice))
    if as_json:
        say_json(used_document(used))
    elif used is None:
        say("This workspace uses no environment: what is activated, or what runs the server, counts.")
    else:
        how = "pinned" if used.pinned else "the active revision, whichever that is"
        say(f"This workspace uses {paint(used.label, 'bold')} ({how}).")
        say(f"Interpreter: {shown_path(used.interpreter)}")
        if problem := no_kernel(used):
            note(shown_text(problem))
