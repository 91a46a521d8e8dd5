"""``env duplicate``: an environment of one's own from another."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import environment_document
from jupyter_repro.cli.output import paint, say, say_json


@environment_command("duplicate", examples=("jupyter-repro env duplicate py311-pandas my-pandas",))
@click.argument("name", metavar="NAME")
@click.argument("new_name", metavar="NEW")
@click.option("--revision", metavar="N", type=click.IntRange(min=1), help="From this revision, not the active one.")
def command_here(name: str, new_name: str, revision: int | None, as_json: bool) -> None:
    """Make an environment of your own from another.

    Its first revision has the same definition. It is private until you share it, and not built yet.
    """
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        made = environments.duplicate(library, name, new_name, number=revision)
    if as_json:
        say_json(environment_document(made))
        return
    say(f"Environment {paint(made.name, 'bold')} is made. Build it: jupyter-repro env build {made.name}")
