"""``branch``: list, create, rename and delete branches."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_branch, complete_revision
from jupyter_repro.cli.escape import quoted, shown_path, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import cells, short


@command(
    "branch",
    examples=(
        "jupyter-repro branch",
        "jupyter-repro branch try-shap @~2",
        "jupyter-repro branch --rename try-shap shap",
        "jupyter-repro branch --delete shap",
    ),
)
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_branch)
@click.argument("commit", metavar="[COMMIT]", required=False, shell_complete=complete_revision)
@click.option(
    "--rename", metavar="OLD NEW", nargs=2, shell_complete=complete_branch, help="Give a branch another name."
)
@click.option(
    "--delete",
    metavar="NAME",
    shell_complete=complete_branch,
    help="Delete a branch. Its commits stay and can be named by their ids.",
)
@in_project
def command_here(
    name: str | None,
    commit: str | None,
    rename: tuple[str, str] | None,
    delete: str | None,
    project: str | None,
    as_json: bool,
) -> None:
    """List, create, rename or delete branches.

    Without arguments, the branches are listed: '*' marks the one of this directory. With NAME, a branch is made that
    begins at COMMIT (the newest one here when left out); 'switch' goes to it.
    """
    if sum(wanted is not None for wanted in (name, rename, delete)) > 1:
        raise click.UsageError("NAME, --rename and --delete exclude each other")
    if rename:
        _rename(project, *rename, as_json)
    elif delete is not None:
        _delete(project, delete, as_json)
    elif name is not None:
        _create(project, name, "@" if commit is None else commit, as_json)
    else:
        _list(project, as_json)


def _list(project: str | None, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        found = verbs.branches(opened)
    if as_json:
        say_json(
            [{"name": one.name, "commit": one.commit, "current": one.current, "held_by": one.held_by} for one in found]
        )
        return
    width = max((cells(shown_text(one.name)) for one in found), default=0)
    for one in found:
        here = one.current
        name = shown_text(one.name)
        shown = paint(name, "green") if here else name
        commit = paint(short(one.commit), "yellow")
        elsewhere = f"  in {shown_path(one.held_by)}" if one.held_by and not here else ""
        say(f"{'*' if here else ' '} {shown}{' ' * (width - cells(name))}  {commit}{paint(elsewhere, 'dim')}".rstrip())


def _create(project: str | None, name: str, commit: str, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        made = verbs.create_branch(opened, name, commit)
    if as_json:
        say_json({"name": name, "commit": made.id})
        return
    say(f"Branch {paint(shown_text(name), 'bold')} begins at {paint(short(made.id), 'yellow')}.")
    say(f"Go there: jupyter-repro switch {quoted(name)}")


def _rename(project: str | None, old: str, new: str, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        verbs.rename_branch(opened, old, new)
    if as_json:
        say_json({"name": new, "old_name": old})
        return
    say(f"Branch {shown_text(old)} is now called {paint(shown_text(new), 'bold')}.")


def _delete(project: str | None, name: str, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        tip = verbs.delete_branch(opened, name)
    if as_json:
        say_json({"name": name, "commit": tip})
        return
    say(f"Branch {shown_text(name)} is deleted; its commits are kept.")
    say(f"Undo: jupyter-repro branch {quoted(name)} {short(tip)}")
