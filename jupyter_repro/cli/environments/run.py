"""``env run``: a command in the environment of a workspace."""

from __future__ import annotations

import sys

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.opening import the_workspace
from jupyter_repro.cli.output import note, say_json


@environment_command(
    "run",
    examples=("jupyter-repro env run python train.py", "jupyter-repro env run -- pytest -q"),
)
@click.argument("command", metavar="COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
def command_here(command: tuple[str, ...], as_json: bool) -> None:
    """Run a command in the environment of this workspace.

    The script pre-run runs before it and post-run after it, and all find the variables of the environment and
    REPRO_PROJECT, REPRO_COMMIT, REPRO_ENVIRONMENT and REPRO_REVISION. The exit code is that of the command. Nothing of
    it is recorded but what the next checkpoint finds. With --json, output goes to standard error.
    """
    import os

    from jupyter_repro.verbs import environments

    with the_workspace() as workspace:
        log = _OnStandardError() if as_json else None
        done = environments.run_in_environment(workspace, command, cwd=os.getcwd(), log=log)
    if done.problem:
        note(done.problem)
    if as_json:
        say_json({"code": done.code, "part": done.part, "command": done.command, "problem": done.problem or None})
    sys.exit(done.code)


# What follows the program's name is the program's.
command_here.allow_interspersed_args = False
command_here.ignore_unknown_options = True


class _OnStandardError:
    def line(self, text: str) -> None:
        """Print a line of the output."""
        sys.stderr.write(f"{text}\n")

    def check(self) -> None:
        """Never stops of itself: Ctrl-C does."""
