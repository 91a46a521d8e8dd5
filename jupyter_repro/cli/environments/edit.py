"""``env edit``: a changed definition, or who may see it."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.defining import Asked, build_and_tell, defined, definition_options
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import build_document, environment_document
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import count


@environment_command(
    "edit",
    examples=(
        'jupyter-repro env edit py311-pandas --requirements requirements.txt -m "pandas 3"',
        "jupyter-repro env edit py311-pandas --visibility everyone",
        "jupyter-repro env edit py311-pandas --active 5",
    ),
)
@click.argument("name", metavar="NAME")
@click.option("--description", metavar="TEXT", help="What it is for.")
@click.option("--visibility", metavar="WHO", help="private, shared or everyone.")
@click.option("--user", "users", metavar="NAME", multiple=True, help="A user whom it is shared with.")
@click.option("--group", "groups", metavar="NAME", multiple=True, help="A group whom it is shared with.")
@click.option("--default", "default", is_flag=True, help="Make it the one that new workspaces are proposed.")
@click.option(
    "--active", metavar="N", type=click.IntRange(min=1), help="Make a revision that was built the active one."
)
@definition_options
def command_here(
    name: str,
    description: str | None,
    visibility: str | None,
    users: tuple[str, ...],
    groups: tuple[str, ...],
    default: bool,
    active: int | None,
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
    """Change an environment: a new definition is a new revision.

    The new revision is built, and becomes the active one when that works; until then, and if it fails, everything stays
    as it is. What is not named is kept.
    """
    from jupyter_repro.verbs import environments

    if (users or groups) and visibility is None:
        visibility = "shared"
    with environments.Library() as library:
        newest = library.show(library.owned(name).id).revisions[0]
        asked = Asked(python, source, requirements, variables, scripts, based_on, project_files)
        wanted = defined(library, newest.definition, asked, name)
        if description is not None:
            environments.describe_environment(library, name, description)
        if visibility is not None:
            environments.share(library, name, visibility, users=users, groups=groups)
        if default:
            environments.set_default(library, name)
        if active is not None:
            environments.activate(library, name, active)
        saved = environments.edit(library, name, wanted, message=message)
        done = None
        if build and saved.number != newest.record.number:
            done = build_and_tell(library, name, saved.number)
        record = library.seen(name)
    if as_json:
        say_json({**environment_document(record), "build": build_document(done) if done else None})
        return
    said = f"Environment {paint(record.name, 'bold')}"
    if done:
        say(f"{said} r{done.number} is ready: {count(done.packages, 'package')}.")
    elif saved.number != newest.record.number:
        say(f"{said} r{saved.number} is saved. Build it: jupyter-repro env build {record.name}")
    else:
        say(f"{said} is changed; r{record.active} is active." if record.active else f"{said} is changed.")
