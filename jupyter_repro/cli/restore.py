"""``restore``: files back as they were in a commit."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_path, complete_revision
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import paths_inside, the_workspace
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.shapes import restored_document
from jupyter_repro.cli.words import count, short


@command(
    "restore",
    examples=(
        "jupyter-repro restore @~3 results/table.csv",
        "jupyter-repro restore v1",
        "jupyter-repro restore '@{2 hours ago}' notebooks",
        "jupyter-repro restore v1 --environment",
    ),
)
@click.argument("commit", metavar="COMMIT", shell_complete=complete_revision)
@click.argument("paths", metavar="[PATH]...", nargs=-1, shell_complete=complete_path)
@click.option("--environment", is_flag=True, help="Bring back only the software of the commit; keep all files.")
def command_here(commit: str, paths: tuple[str, ...], environment: bool, as_json: bool) -> None:
    """Put files back as they were in a commit.

    With paths, only these files and directories; without, the whole directory becomes what it was. What would be
    overwritten or removed is saved in a commit first, and the command that takes the restore back is printed.
    Paths are as seen from where you are. Ignored files that the commit does not have are left alone.
    """
    from jupyter_repro import verbs

    if environment:
        if paths:
            raise click.UsageError("--environment brings back software and takes no paths")
        _restore_environment(commit, as_json)
        return
    with the_workspace() as workspace, watched() as on_progress:
        done = verbs.restore(workspace, commit, paths_inside(workspace, paths), on_progress=on_progress)
    if done.notice:
        note(shown_text(done.notice))
    if as_json:
        say_json(restored_document(done))
        return
    what = f"{count(done.written, 'file')} written, {done.removed:,} removed"
    now = f"This is commit {paint(short(done.commit.id), 'yellow')}."
    say(f"{paint('Restored', 'green')} {paint(shown_text(commit), 'yellow')}: {what}. {now}")
    if done.undo:
        say(f"Undo: {done.undo}")


def _restore_environment(commit: str, as_json: bool) -> None:
    from jupyter_repro.cli.environments.shapes import follow, used_document
    from jupyter_repro.cli.interrupts import reporting
    from jupyter_repro.verbs import environments

    with the_workspace() as workspace, reporting():
        before = environments.used(workspace)
        brought = environments.restore_environment(workspace, commit, on_line=follow)
    if brought.notice:
        note(shown_text(brought.notice))
    if as_json:
        say_json({**used_document(brought.used), "notice": brought.notice})
        return
    say(f"{paint('Restored', 'green')} the software of {paint(shown_text(commit), 'yellow')}: {brought.used.label}.")
    if before is None:
        say("Undo: jupyter-repro env use --none")
    elif before.environment:
        pinned = f" --revision {before.number}" if before.pinned else ""
        say(f"Undo: jupyter-repro env use {before.name}{pinned}")
