"""``env restrict``: the revisions that a project allows."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import Json, say, say_json


@environment_command(
    "restrict",
    examples=(
        "jupyter-repro env restrict py311-pandas@4 py311-pandas@5",
        "jupyter-repro env restrict --add py312@1",
        "jupyter-repro env restrict --add 63a816fc1a2b",
        "jupyter-repro env restrict --none",
    ),
)
@click.argument("revisions", metavar="[NAME[@N]|COMMIT]...", nargs=-1)
@click.option("--add", "adding", is_flag=True, help="Allow these besides those that are allowed.")
@click.option("--none", "nothing", is_flag=True, help="Take the restriction away: allow all.")
@in_project
def command_here(revisions: tuple[str, ...], adding: bool, nothing: bool, project: str | None, as_json: bool) -> None:
    """Let a project allow marked revisions of environments only.

    NAME means the active revision of now; a commit means the revision that it was made in. Workspaces of the project
    cannot choose another one, and restore --environment and recreate bring none of a past commit; a checkpoint made in
    another one is kept all the same, and says so. Without revisions, tells which are allowed.
    """
    from jupyter_repro.verbs import environments

    if nothing and (revisions or adding):
        raise click.UsageError("--none stands alone")
    if adding and not revisions:
        raise click.UsageError("--add needs revisions")
    with the_project(project) as opened:
        if nothing or revisions:
            with environments.Library() as library:
                wanted = [environments.revision_named(one) for one in revisions]
                marked = environments.restrict(opened, library, wanted, adding=adding)
        else:
            marked = environments.allowed(opened)
        name = opened.project.name
    if as_json:
        documents: list[Json] = [
            {"environment": one.name, "revision": one.number, "definition": one.definition} for one in marked
        ]
        say_json({"allowed": documents})
    elif marked:
        say(f"Project {shown_text(name)} allows {', '.join(shown_text(one.label) for one in marked)}.")
    else:
        say(f"Project {shown_text(name)} allows every environment.")
