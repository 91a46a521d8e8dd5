"""``status``: what has changed since the last checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.opening import the_workspace
from jupyter_repro.cli.output import Json, note, paint, say, say_json
from jupyter_repro.cli.words import count, short

if TYPE_CHECKING:
    from jupyter_repro.workspace import Status


@command("status", examples=("jupyter-repro status", "jupyter-repro status --ignored"))
@click.option("--ignored", is_flag=True, help="Also list what is left out of checkpoints, and by which rule.")
def command_here(ignored: bool, as_json: bool) -> None:
    """Show what has changed since the last checkpoint.

    A renamed file is recognized by its content. Paths are relative to the workspace's root. Where the workspace uses an
    environment, that is told too, with the project's own file where that was put on top.
    """
    from jupyter_repro import verbs
    from jupyter_repro.verbs.describing import environment_label

    with the_workspace() as workspace:
        found = verbs.status(workspace, ignored=ignored)
        environment = environment_label(workspace)
    if as_json:
        say_json(_document(found, ignored, environment))
        return
    at = f"at {paint(short(found.commit), 'yellow')}" if found.commit else "without a checkpoint yet"
    say(f"On branch {paint(found.branch, 'bold')}, {at}.")
    if environment:
        say(f"In environment {paint(shown_text(environment), 'bold')}.")
    lines = [("added", "green", path) for path in map(shown_path, found.added)]
    lines += [("modified", "yellow", path) for path in map(shown_path, found.modified)]
    lines += [("deleted", "red", path) for path in map(shown_path, found.deleted)]
    lines += [("renamed", "cyan", f"{shown_path(old)} -> {shown_path(new)}") for old, new in found.renamed]
    for word, colour, path in lines:
        say(f"  {paint(f'{word:<8}', colour)}  {path}")
    if ignored:
        for path, rule in found.ignored:
            say(f"  {paint('ignored ', 'dim')}  {shown_path(path)}  {paint(f'({shown_text(rule)})', 'dim')}")
    for path, reason in found.skipped:
        note(f"cannot be checked: {shown_path(path)}: {shown_text(reason)}")
    if not lines:
        say("Nothing has changed." if found.commit else "There is nothing here to keep.")
    elif found.commit:
        say(f"{count(len(lines), 'change')} since the last checkpoint.")
    else:
        say(f"{count(len(lines), 'path')} to keep: jupyter-repro checkpoint")


def _document(found: Status, ignored: bool, environment: str) -> Json:
    document: dict[str, Json] = {
        "branch": found.branch,
        "commit": found.commit,
        "environment": environment or None,
        "added": list(found.added),
        "modified": list(found.modified),
        "deleted": list(found.deleted),
        "renamed": [list(pair) for pair in found.renamed],
    }
    if ignored:
        document["ignored"] = [{"path": path, "rule": rule} for path, rule in found.ignored]
    return document
