"""``env create``: a new environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.environments.defining import Asked, build_and_tell, defined, definition_options
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import build_document, environment_document
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.words import count

if TYPE_CHECKING:
    from jupyter_repro.verbs.environments import Definition, Library


@environment_command(
    "create",
    examples=(
        "jupyter-repro env create py311-pandas --requirements requirements.txt",
        "jupyter-repro env create geo --from environment.yml",
        "jupyter-repro env create churn --based-on py311-pandas@4 --requirements more.txt",
        "jupyter-repro env create as-then --like v1",
        "jupyter-repro env create boxed --engine docker --base python:3.12 --dockerfile Dockerfile --memory 4G",
        "jupyter-repro env create here --engine host",
    ),
)
@click.argument("name", metavar="NAME")
@click.option(
    "--engine",
    metavar="ENGINE",
    default=None,
    help="uv makes virtual environments, and is meant without this; conda makes conda environments, without conda; "
    "docker makes images, whose kernels run in containers; host describes an interpreter that is there.",
)
@click.option(
    "--base",
    metavar="WHAT",
    default="",
    help="docker: the image that it starts from. host: the interpreter that it describes; ours if left out.",
)
@click.option(
    "--like",
    metavar="WHAT",
    help="With the very Python packages of a commit, of 'now', or of an environment's revision (NAME@N).",
)
@click.option("--description", metavar="TEXT", default="", help="What it is for.")
@click.option("--visibility", metavar="WHO", default="private", help="private, shared or everyone.")
@click.option("--user", "users", metavar="NAME", multiple=True, help="A user whom it is shared with.")
@click.option("--group", "groups", metavar="NAME", multiple=True, help="A group whom it is shared with.")
@definition_options
def command_here(
    name: str,
    engine: str | None,
    base: str,
    like: str | None,
    description: str,
    visibility: str,
    users: tuple[str, ...],
    groups: tuple[str, ...],
    python: str | None,
    source: str | None,
    requirements: str | None,
    variables: tuple[str, ...],
    scripts: tuple[str, ...],
    based_on: str | None,
    project_files: bool | None,
    message: str,
    build: bool,
    as_json: bool,
) -> None:
    """Make an environment and build it.

    The kernel (ipykernel) and pip are installed with the requirements. What the build does is shown as it goes and
    kept; Ctrl-C stops it.
    """
    from jupyter_repro.verbs import environments

    asked = Asked(python, source, requirements, variables, scripts, based_on, project_files)
    if like is not None and source is not None:
        raise click.UsageError("--like and --from both say what to install: give one of them")
    definition = environments.Definition(engine=engine or "uv", base=base)
    with environments.Library() as library:
        if like is not None:
            definition = _like(library, like)
        definition = defined(library, definition, asked, name)
        if engine is not None and engine != definition.engine:
            raise click.UsageError(f"{source} is for the engine {definition.engine}: leave --engine out")
        environments.create(
            library,
            name,
            definition,
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


def _like(library: Library, what: str) -> Definition:
    from jupyter_repro.cli.opening import the_workspace
    from jupyter_repro.errors import NotAWorkspace
    from jupyter_repro.verbs import environments

    try:
        with the_workspace() as workspace:
            found = environments.like(workspace, library, what)
    except NotAWorkspace:
        found = environments.like(None, library, what)
    if found.left_out:
        note(f"Left out, because they were installed from this machine's own files: {', '.join(found.left_out)}.")
    if found.others:
        note(f"{count(found.others, 'package')} of other ecosystems are not part of it.")
    return found.definition
