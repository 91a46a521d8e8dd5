"""``env show``: everything about one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import build_document, environment_document
from jupyter_repro.cli.escape import shown_lines, shown_text
from jupyter_repro.cli.output import Json, paint, say, say_json
from jupyter_repro.cli.shapes import time_text
from jupyter_repro.cli.words import ago, table

if TYPE_CHECKING:
    from jupyter_repro.verbs.environments import Definition


@environment_command(
    "show",
    examples=("jupyter-repro env show py311-pandas", "jupyter-repro env show py311-pandas --revision 3"),
)
@click.argument("name", metavar="NAME")
@click.option(
    "--revision", metavar="N", type=click.IntRange(min=1), help="The definition of this revision, not the active one."
)
def command_here(name: str, revision: int | None, as_json: bool) -> None:
    """Tell everything about one environment: its definition, its revisions, and how their builds went."""
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        environments.mark_dead_builds(library)
        found = library.show(name)
    chosen = found.revision(revision)
    definition = chosen.definition
    if as_json:
        say_json(
            {
                **environment_document(found.record),
                "definition": {
                    "id": chosen.record.definition,
                    "revision": chosen.record.number,
                    **_fields(definition),
                    "based_on": _parent(definition),
                },
                "revisions": [
                    {
                        "revision": one.record.number,
                        "author": one.record.author,
                        "time": time_text(one.record.time),
                        "message": one.record.message,
                        "active": one.active,
                        "builds": [build_document(build) for build in one.builds],
                    }
                    for one in found.revisions
                ],
            }
        )
        return
    record = found.record
    say(
        paint(shown_text(record.name), "bold")
        + f"  {record.engine}, of {shown_text(record.owner)}, {record.visibility}"
    )
    if record.description:
        say(shown_text(record.description))
    rows = [
        (
            f"{'*' if one.active else ' '} r{one.record.number}",
            one.builds[0].state if one.builds else "not built",
            f"{ago(one.record.time)}, {shown_text(one.record.author)}",
            shown_text(one.record.message or (one.builds[0].problem if one.builds else "")),
        )
        for one in found.revisions
    ]
    for line in table(("revision", "build", "saved", ""), rows):
        say(line)
    say()
    say(paint(f"Definition of r{chosen.record.number}", "bold"))
    if definition.base:
        say(f"base {shown_text(definition.base)}")
    if definition.parent is not None:
        say(f"based on {shown_text(str(_parent(definition)))}")
    if definition.python or record.engine == "uv":
        say(f"python {definition.python or '(that of the server)'}")
    texts = (definition.dockerfile, definition.conda, definition.requirements)
    for part in (line for text in texts for line in text.splitlines()):
        say(shown_text(part))
    if definition.project_files:
        say("the workspace's own file is applied on top at session start")
    for variable, value in sorted(definition.variables.items()):
        say(f"{variable}={shown_text(value)}")
    for script, text in definition.scripts.items():
        say(paint(f"{script}:", "dim"))
        say(shown_lines(text.rstrip("\n")))


def _fields(definition: Definition) -> dict[str, Json]:
    """What the definition says itself; the engine and the base are told elsewhere."""
    import msgspec

    said: dict[str, Json] = msgspec.to_builtins(msgspec.structs.asdict(definition))
    return {name: value for name, value in said.items() if name not in ("engine", "format", "parent")}


def _parent(definition: Definition) -> str | None:
    return None if definition.parent is None else f"{definition.parent.name}@{definition.parent.number}"
