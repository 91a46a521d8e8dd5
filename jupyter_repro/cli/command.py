"""How a command is declared: its name, examples, and the options that every command has."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from jupyter_repro.cli.commands import COMMANDS


class ReproCommand(click.Command):
    """A command with examples at the end of its help."""

    examples: tuple[str, ...] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and say of every usage error which command it belongs to."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(" " * formatter.current_indent + example + "\n")


def command(
    name: str, *, examples: tuple[str, ...], cls: type[ReproCommand] = ReproCommand
) -> Callable[[Callable[..., None]], ReproCommand]:
    """Make a function the command ``name``; it takes ``as_json: bool`` besides its own parameters.

    ``examples`` are command lines that work, each with what it is good for behind a ``#`` where needed.
    """

    def declare(function: Callable[..., None]) -> ReproCommand:
        made = click.command(name, cls=cls, short_help=COMMANDS[name].help)(function)
        made.examples = examples
        made.params.append(
            click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document, for machines.")
        )
        made.params.append(debug_option(hidden=True))
        return made

    return declare


def debug_option(hidden: bool = False) -> click.Option:
    """``--debug``, which is understood before and behind the command's name."""
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        hidden=hidden,
        callback=_debug,
        help="Show a traceback when something fails (as JUPYTER_REPRO_DEBUG=1 does).",
    )


def _debug(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    # In the environment, so that the worker processes of a verb see it too.
    if value and not context.resilient_parsing:
        os.environ["JUPYTER_REPRO_DEBUG"] = "1"
