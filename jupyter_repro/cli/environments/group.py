"""``env``: a group whose commands are imported when they are called."""

from __future__ import annotations

from collections.abc import Callable

import click

from jupyter_repro.cli.command import ReproCommand, debug_option
from jupyter_repro.cli.commands import Entry
from jupyter_repro.cli.lazy import LazyGroup

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


class EnvironmentGroup(ReproCommand, LazyGroup):
    """The commands of ``jupyter_repro.cli.environments``."""

    package = "jupyter_repro.cli.environments"
    entries = COMMANDS
    sections = (("Commands", tuple(COMMANDS.values())),)
    prefix = "env "


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
