"""``switch``: the directory on another branch."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_branch
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import the_workspace
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.shapes import restored_document
from jupyter_repro.cli.words import count, short


@command("switch", examples=("jupyter-repro switch try-shap",))
@click.argument("branch", metavar="BRANCH", shell_complete=complete_branch)
def command_here(branch: str, as_json: bool) -> None:
    """Put the directory on another branch.

    The files become those of the branch's newest commit. What has changed since the last checkpoint is saved on the
    branch that you leave, and the command that goes back is printed. A branch can be held by one workspace at a time.
    """
    from jupyter_repro import verbs

    with the_workspace() as workspace, watched() as on_progress:
        done = verbs.switch(workspace, branch, on_progress=on_progress)
    if done.notice:
        note(shown_text(done.notice))
    if as_json:
        say_json({"branch": done.branch, **restored_document(done)})
        return
    what = f"{count(done.written, 'file')} written, {done.removed:,} removed"
    name = paint(shown_text(done.branch), "bold")
    say(f"{paint('Switched', 'green')} to branch {name} at {paint(short(done.commit.id), 'yellow')}: {what}.")
    if done.undo:
        say(f"Undo: {done.undo}")
