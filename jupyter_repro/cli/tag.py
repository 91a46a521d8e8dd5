"""``tag``: list, create and delete tags."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_revision, complete_tag
from jupyter_repro.cli.escape import quoted, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import cells, short


@command(
    "tag",
    examples=("jupyter-repro tag", "jupyter-repro tag paper-v1", "jupyter-repro tag --delete paper-v1"),
)
@click.argument("name", metavar="[NAME]", required=False)
@click.argument("commit", metavar="[COMMIT]", required=False, shell_complete=complete_revision)
@click.option(
    "--delete", metavar="NAME", shell_complete=complete_tag, help="Delete a tag. The commit that it named stays."
)
@in_project
def command_here(name: str | None, commit: str | None, delete: str | None, project: str | None, as_json: bool) -> None:
    """List, create or delete tags.

    Without arguments, the tags are listed. With NAME, COMMIT (the newest one here when left out) gets that name for
    good: a tag never moves.
    """
    if name is not None and delete is not None:
        raise click.UsageError("NAME and --delete exclude each other")
    if delete is not None:
        _delete(project, delete, as_json)
    elif name is not None:
        _create(project, name, "@" if commit is None else commit, as_json)
    else:
        _list(project, as_json)


def _list(project: str | None, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        found = verbs.tags(opened)
    if as_json:
        say_json([{"name": one.name, "commit": one.commit} for one in found])
        return
    width = max((cells(shown_text(one.name)) for one in found), default=0)
    for one in found:
        name = shown_text(one.name)
        say(f"{name}{' ' * (width - cells(name))}  {paint(short(one.commit), 'yellow')}")


def _create(project: str | None, name: str, commit: str, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        made = verbs.create_tag(opened, name, commit)
    if as_json:
        say_json({"name": name, "commit": made.id})
        return
    say(f"Tag {paint(shown_text(name), 'bold')} names {paint(short(made.id), 'yellow')}.")


def _delete(project: str | None, name: str, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        commit = next((one.commit for one in verbs.tags(opened) if one.name == name), "")
        verbs.delete_tag(opened, name)
    if as_json:
        say_json({"name": name, "commit": commit})
        return
    say(f"Tag {shown_text(name)} is deleted; the commit is kept.")
    say(f"Undo: jupyter-repro tag {quoted(name)} {short(commit)}")
