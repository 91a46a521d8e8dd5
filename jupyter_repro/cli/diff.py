"""``diff``: two commits compared, or one with the directory."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.command import ReproCommand, command
from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.escape import shown_lines, shown_path
from jupyter_repro.cli.listing import change_line, change_lines
from jupyter_repro.cli.opening import in_project, paths_inside, the_project
from jupyter_repro.cli.output import is_terminal, paint, say, say_bytes, say_json
from jupyter_repro.cli.shapes import change_documents
from jupyter_repro.errors import CommitNotFound, InvalidRequest, Purged

if TYPE_CHECKING:
    from jupyter_repro.verbs.changes import Change
    from jupyter_repro.verbs.opened import OpenedProject

_PATHS = "jupyter_repro.cli.diff.paths"


class DiffCommand(ReproCommand):
    """Keeps apart what stands before and behind ``--``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the paths away before click counts the revisions."""
        if "--" in args:
            place = args.index("--")
            ctx.meta[_PATHS] = tuple(args[place + 1 :])
            args = args[:place]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage, with the paths."""
        return [*super().collect_usage_pieces(ctx), "[-- PATH...]"]


@command(
    "diff",
    cls=DiffCommand,
    examples=(
        "jupyter-repro diff @",
        "jupyter-repro diff main~3 main -- analysis.py data",
        "jupyter-repro diff '@{yesterday}' --summary",
    ),
)
@click.argument("a", metavar="[A]", default="@", shell_complete=complete_revision)
@click.argument("b", metavar="[B]", required=False, shell_complete=complete_revision)
@click.option("-s", "--summary", is_flag=True, help="Only the list of changed paths, without their text.")
@in_project
@click.pass_context
def command_here(
    context: click.Context, a: str, b: str | None, summary: bool, project: str | None, as_json: bool
) -> None:
    """Compare two commits, or one with the directory.

    A is the older side (the newest commit when left out), B the newer one; without B it is the working directory.
    Behind '--' come paths to look at alone. Text files are shown as a unified diff.
    """
    from jupyter_repro import verbs

    given: tuple[str, ...] = context.meta.get(_PATHS, ())
    with the_project(project) as opened:
        try:
            changes = verbs.diff(opened, a, b, paths_inside(opened, given))
        except CommitNotFound as error:
            for name in (a, b):
                if name and not given and os.path.lexists(name):
                    raise InvalidRequest(
                        f"{shown_path(name)} is a path and no commit. Put '--' before paths: diff @ -- PATH"
                    ) from error
            raise
        if as_json:
            say_json(change_documents(changes))
        elif summary:
            for line in change_lines(changes):
                say(line)
        else:
            for change in changes:
                _print(opened, change, working=b is None)


def _print(opened: OpenedProject, change: Change, working: bool) -> None:
    from jupyter_repro import verbs

    say(change_line(change))
    if change.change not in ("added", "deleted", "modified", "renamed", "type") or change.path.endswith("/"):
        return
    try:
        text = verbs.text_diff(opened, change, working=working)
    except Purged as error:
        say(f"  {error}")
        return
    if text is None:
        say("  binary content differs" if change.change == "modified" else "  binary content")
        return
    if not is_terminal(sys.stdout):
        # Into a pipe it goes as it is, so that `patch` gets the very bytes.
        say_bytes([text.encode("utf-8", "surrogateescape")])
        return
    for line in shown_lines(text).splitlines():
        say(_coloured(line))


def _coloured(line: str) -> str:
    if line.startswith(("+++", "---")):
        return paint(line, "bold")
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
    return paint(line, colour) if colour else line
