"""``env``: a group whose commands are imported when they are called."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable

import click

from jupyter_repro.cli.command import ReproCommand, debug_option
from jupyter_repro.cli.commands import Entry

COMMANDS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("list", "list", "List the environments that you may use."),
        Entry("show", "show", "Tell everything about one environment."),
        Entry("create", "create", "Make an environment and build it."),
        Entry("edit", "edit", "Change an environment: a new definition is a new revision."),
        Entry("build", "build", "Build a revision of an environment."),
        Entry("log", "log", "Print or search the logs of builds."),
        Entry("use", "use", "Choose the environment of this workspace."),
        Entry("run", "run", "Run a command in the environment of this workspace."),
        Entry("restrict", "restrict", "Let a project allow marked revisions only."),
        Entry("duplicate", "duplicate", "Make an environment of your own from another."),
        Entry("archive", "archive", "Put an environment away, or take it back."),
        Entry("snapshot", "snapshot", "Show what is installed, now or when a commit was made."),
        Entry("diff", "diff", "Compare what was installed at two moments."),
        Entry("gc", "gc", "Remove installed environments that nobody uses."),
    )
}

_JSON = "jupyter_repro.cli.environments.json"


class EnvironmentGroup(ReproCommand, click.Group):
    """Knows its commands by name, and imports each when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        found = importlib.import_module(f"jupyter_repro.cli.environments.{entry.module}").command_here
        assert isinstance(found, ReproCommand)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt name is answered with the nearest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, 1, 0.5)
            raise click.UsageError(
                f"There is no command 'env {name}'." + (f" Did you mean {near[0]!r}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in COMMANDS.values()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands, then examples."""
        super().format_epilog(ctx, formatter)


def environment_command(name: str, *, examples: tuple[str, ...]) -> Callable[[Callable[..., None]], ReproCommand]:
    """Make a function the command ``env <name>``; it takes ``as_json: bool`` besides its own parameters."""

    def declare(function: Callable[..., None]) -> ReproCommand:
        made = click.command(name, cls=ReproCommand, short_help=COMMANDS[name].help)(function)
        made.examples = examples
        option = click.Option(
            ["--json", "as_json"], is_flag=True, callback=_asked, help="Print one JSON document, for machines."
        )
        made.params.append(option)
        made.params.append(debug_option(hidden=True))
        return made

    return declare


def ask_for_json(context: click.Context, as_json: bool) -> None:
    """Remember that ``--json`` stood before the command's name."""
    context.meta[_JSON] = as_json


def _asked(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    return value or bool(context.meta.get(_JSON, False))
