"""``env archive``: an environment is put away."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import environment_document
from jupyter_repro.cli.output import paint, say, say_json


@environment_command(
    "archive", examples=("jupyter-repro env archive py39-old", "jupyter-repro env archive py39-old --back")
)
@click.argument("name", metavar="NAME")
@click.option("--back", is_flag=True, help="Take it back.")
def command_here(name: str, back: bool, as_json: bool) -> None:
    """Put an environment away, or take it back.

    Lists leave it out; workspaces that use it go on, and nothing is deleted.
    """
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        changed = environments.archive(library, name, archived=not back)
    if as_json:
        say_json(environment_document(changed))
        return
    say(f"Environment {paint(changed.name, 'bold')} is {'back' if back else 'put away'}.")
    if not back:
        say(f"Undo: jupyter-repro env archive {changed.name} --back")
