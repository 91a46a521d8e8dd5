"""Runs one command line: parses it, runs the command, and turns usage errors into exit code 2."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.interrupts import ctrl_c_stops
from jupyter_repro.cli.output import OutputClosed, finish_output, forget_output, note, prepare_streams
from jupyter_repro.cli.root import PROGRAM, root

COMPLETION_VARIABLE = "_JUPYTER_REPRO_COMPLETE"
"""Set by the completion script of the shell: then the program proposes words and does nothing else."""


def run_command(arguments: Sequence[str]) -> int:
    """Run the command that ``arguments`` name and return its exit code. Errors of the domain pass through."""
    prepare_streams()
    instruction = os.environ.get(COMPLETION_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    try:
        with ctrl_c_stops():
            code = _invoke(list(arguments))
            finish_output()
    except OutputClosed:
        # Whoever read our output has had enough of it (`| head`): that is no failure.
        forget_output()
        return 0
    return code


def _invoke(arguments: list[str]) -> int:
    try:
        with root.make_context(PROGRAM, arguments) as context:
            root.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        _explain(error)
        return 2
    except click.ClickException as error:
        note(f"{PROGRAM}: {shown_text(error.format_message())}")
        return 1
    return 0


def _explain(error: click.UsageError) -> None:
    message = error.format_message()
    if error.ctx is not None:
        note(error.ctx.get_usage())
        message = f"{message.rstrip('.')}{'' if message.endswith('?') else '.'} Try '{error.ctx.command_path} --help'."
    note(f"{PROGRAM}: {shown_text(message)}")
