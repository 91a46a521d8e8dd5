"""``jupyter repro`` itself."""

from __future__ import annotations

import os

import click

from jupyter_repro import __version__
from jupyter_repro.cli.command import debug_option
from jupyter_repro.cli.commands import COMMANDS, SECTIONS
from jupyter_repro.cli.lazy import LazyGroup

PROGRAM = "jupyter-repro"
"""The executable; `jupyter repro ...` runs it too."""


class RootGroup(LazyGroup):
    """The commands of ``jupyter_repro.cli``."""

    package = "jupyter_repro.cli"
    entries = COMMANDS
    sections = SECTIONS


@click.group(
    PROGRAM,
    cls=RootGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A COMMIT is named by four or more digits of its id, a branch, a tag, '@' (the newest here), '@~2' or "
    "'@{2 hours ago}'. Paths are given as seen from where you are.",
)
@click.option(
    "-C",
    "--workspace",
    metavar="DIR",
    type=click.Path(),
    help="Work as if started in DIR.",
)
@click.version_option(__version__, "--version", prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context, workspace: str | None) -> None:
    """Durable, reproducible workspaces: keep a whole directory, look into any moment of it, put it back.

    Begin with 'jupyter repro init' in the directory, then 'jupyter repro checkpoint -m "what I did"'.
    """
    if workspace:
        # As git does: relative paths on the rest of the command line are meant from there.
        os.chdir(workspace)
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)


root.params.append(debug_option())
