"""``env create``: a new environment."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.defining import build_and_tell, defined, definition_options
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import build_document, environment_document
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import count


@environment_command(
    "create",
    examples=(
        "jupyter-repro env create py311-pandas --requirements requirements.txt",
        "jupyter-repro env create here --engine host",
    ),
)
@click.argument("name", metavar="NAME")
@click.option(
    "--engine",
    metavar="ENGINE",
    default="uv",
    show_default=True,
    help="uv makes virtual environments; host describes an interpreter that is there.",
)
@click.option(
    "--base", metavar="PATH", default="", help="The interpreter that the engine host describes; ours if left out."
)
@click.option("--description", metavar="TEXT", default="", help="What it is for.")
@click.option("--visibility", metavar="WHO", default="private", help="private, shared or everyone.")
@click.option("--user", "users", metavar="NAME", multiple=True, help="A user whom it is shared with.")
@click.option("--group", "groups", metavar="NAME", multiple=True, help="A group whom it is shared with.")
@definition_options
def command_here(
    name: str,
    engine: str,
    base: str,
    description: str,
    visibility: str,
    users: tuple[str, ...],
    groups: tuple[str, ...],
    python: str | None,
    requirements: str | None,
    variables: tuple[str, ...],
    message: str,
    build: bool,
    as_json: bool,
) -> None:
    """Make an environment and build it.

    The kernel (ipykernel) is installed with the requirements. What the build does is shown as it goes and kept; Ctrl-C
    stops it.
    """
    from jupyter_repro.verbs import environments

    definition = environments.Definition(engine=engine, base=base)
    with environments.Library() as library:
        environments.create(
            library,
            name,
            defined(definition, python, requirements, variables),
            description=description,
            visibility=visibility,
            users=users,
            groups=groups,
            message=message,
        )
        done = build_and_tell(library, name, 1) if build else None
        record = library.seen(name)
    if as_json:
        say_json({**environment_document(record), "build": build_document(done) if done else None})
    elif done:
        say(f"Environment {paint(record.name, 'bold')} r1 is ready: {count(done.packages, 'package')}.")
        say(f"Use it here: jupyter-repro env use {record.name}")
    else:
        say(f"Environment {paint(record.name, 'bold')} is saved. Build it: jupyter-repro env build {record.name}")
