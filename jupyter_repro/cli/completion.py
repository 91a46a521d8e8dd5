"""``completion``: lets the shell complete commands, revisions and paths."""

from __future__ import annotations

import os
from pathlib import Path

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completion_scripts import SCRIPTS, SHELLS, installation
from jupyter_repro.cli.escape import shown_path
from jupyter_repro.cli.output import say, say_json
from jupyter_repro.errors import InvalidRequest


@command(
    "completion",
    examples=("jupyter-repro completion --install", "jupyter-repro completion zsh > _jupyter-repro"),
)
@click.argument("shell", metavar="[bash|zsh|fish]", required=False, type=click.Choice(SHELLS))
@click.option("--install", is_flag=True, help="Put it in place for every new shell, instead of printing it.")
def command_here(shell: str | None, install: bool, as_json: bool) -> None:
    """Let the shell complete commands, branches and paths.

    Prints the script for the shell that you use, or with --install puts it in place. It completes 'jupyter-repro'
    and 'jupyter repro': commands, options, branches, tags, commits, projects, and paths of a commit.
    """
    chosen = shell or _shell_in_use()
    script = SCRIPTS[chosen]
    if not install:
        if as_json:
            say_json({"shell": chosen, "script": script})
        else:
            say(script.rstrip("\n"))
        return
    target = installation(chosen, Path.home(), os.environ)
    changed = target.install(script)
    if as_json:
        say_json({"shell": chosen, "path": str(target.script), "changed": changed})
        return
    if not changed:
        say(f"Completion for {chosen} was in place already ({shown_path(str(target.script))}).")
        return
    say(f"Completion for {chosen} is in place for new shells ({shown_path(str(target.script))}).")
    if target.startup is not None:
        say(f"One line in {shown_path(str(target.startup))} reads it; remove that line to be rid of it.")


def _shell_in_use() -> str:
    name = os.path.basename(os.environ.get("SHELL", ""))
    if name not in SHELLS:
        raise InvalidRequest(
            "The shell in use cannot be told from the variable SHELL: say 'completion bash', 'completion zsh' or "
            "'completion fish'."
        )
    return name
