"""``projects``: the projects of this machine."""

from __future__ import annotations

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.output import note, say, say_json
from jupyter_repro.cli.words import short, table


@command("projects", examples=("jupyter-repro projects", "jupyter-repro projects --json"))
def command_here(as_json: bool) -> None:
    """List the projects of this machine.

    Any command that takes --project takes the name or the id that stands here.
    """
    from jupyter_repro import verbs

    found = verbs.projects()
    if as_json:
        say_json([{"project": one.id, "name": one.name, "store": one.store} for one in found])
        return
    if not found:
        note("There is no project yet: 'jupyter-repro init' makes one.")
        return
    rows = [(shown_text(one.name), short(one.id), shown_path(one.store) or "(data directory)") for one in found]
    for line in table(("name", "id", "store"), rows, colours=("bold", "yellow")):
        say(line)
