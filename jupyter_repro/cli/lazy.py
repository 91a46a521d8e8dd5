"""A group that imports a command's module only when that command is called."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import click

from jupyter_repro.cli.command import ReproCommand
from jupyter_repro.cli.commands import Entry

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """Knows its commands by name, and imports each when it is asked for.

    ``package`` is where their modules are, ``entries`` the commands by name, ``sections`` the same as the help shows
    them, each under its title, and ``prefix`` what stands before a command's name on the command line.
    """

    package: ClassVar[str]
    entries: ClassVar[Mapping[str, Entry]]
    sections: ClassVar[Sequence[tuple[str, Sequence[Entry]]]]
    prefix: ClassVar[str] = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        found = importlib.import_module(f"{self.package}.{entry.module}").command_here
        assert isinstance(found, ReproCommand)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt name is answered with the nearest one."""
        name = args[0]
        if name not in self.entries and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, self.entries, 1, 0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"There is no command {(self.prefix + name)!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by what they are for, from the list alone."""
        width = max(map(len, self.entries))
        for title, entries in self.sections:
            with formatter.section(title):
                formatter.write_dl([(entry.name.ljust(width), entry.help) for entry in entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Propose command names with their helps, without importing them."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        entries = [entry for entry in self.entries.values() if entry.name.startswith(incomplete)]
        return [CompletionItem(entry.name, help=entry.help) for entry in entries]
