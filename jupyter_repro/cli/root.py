"""``jupyter repro`` itself: the group that imports a command's module only when that command is called."""

from __future__ import annotations

import difflib
import importlib
import os
from typing import TYPE_CHECKING

import click

from jupyter_repro import __version__
from jupyter_repro.cli.command import ReproCommand, debug_option
from jupyter_repro.cli.commands import COMMANDS, SECTIONS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PROGRAM = "jupyter-repro"
"""The executable; `jupyter repro ...` runs it too."""


class LazyGroup(click.Group):
    """Knows its commands by name, and imports each when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"jupyter_repro.cli.{entry.module}")
        found = module.command_here
        assert isinstance(found, ReproCommand)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt name is answered with the nearest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, 1, 0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by what they are for, from the list alone."""
        width = max(map(len, COMMANDS))
        for title, entries in SECTIONS:
            with formatter.section(title):
                formatter.write_dl([(entry.name.ljust(width), entry.help) for entry in entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Propose command names with their helps, without importing them."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        entries = [entry for entry in COMMANDS.values() if entry.name.startswith(incomplete)]
        return [CompletionItem(entry.name, help=entry.help) for entry in entries]


@click.group(
    PROGRAM,
    cls=LazyGroup,
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
