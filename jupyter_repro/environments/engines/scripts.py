"""The scripts of an environment as programs: kept in a file of their own and never part of another command's text."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jupyter_repro.environments.engines.activation import activation_of
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.errors import BuildFailed


def run_scripts(name: str, texts: Sequence[str], log: BuildLog, *, env: Mapping[str, str], cwd: str) -> None:
    """Run the scripts called ``name``, one after the other, with their output in the log.

    The environment is ``env`` alone. Raises ``BuildFailed``, which names the script, at the first that fails.
    """
    for text in texts:
        log.line(f"{name:<10} begins")
        with script_command(name, text) as command:
            code, last = run_logged(command, log, env=env, cwd=cwd)
        if code != 0:
            said = " ".join(" ".join(last).split())[-300:]
            raise BuildFailed(
                f"The script {name} ended with {ended(code)}" + (f": {said}" if said else ".") + " Change the script, "
                "then build again."
            )


def ended(code: int) -> str:
    """How a program ended, in words."""
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


@contextlib.contextmanager
def script_command(name: str, text: str) -> Iterator[list[str]]:
    """The command that runs a script, while the block runs.

    The first line may name a program (``#!/usr/bin/env python3``); otherwise it is a shell, which stops at the first
    command that fails.
    """
    with tempfile.TemporaryDirectory(prefix="repro-script-") as folder:
        file = Path(folder, name)
        file.write_text(text, "utf-8")
        file.chmod(0o500)
        yield [*_program(text), str(file)]


def _program(text: str) -> list[str]:
    first = text.partition("\n")[0].strip()
    if first.startswith("#!"):
        # As the system does it: the program, and all the rest as one argument.
        return first[2:].strip().split(maxsplit=1)
    return [shutil.which("bash") or "/bin/sh", "-e"]


def inside(interpreter: str, env: Mapping[str, str]) -> dict[str, str]:
    """The environment variables ``env`` with the environment of ``interpreter`` activated."""
    folder = os.path.dirname(interpreter)
    prefix = os.path.dirname(folder)
    changed = {name: value for name, value in env.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    path = [part for part in env.get("PATH", os.defpath).split(os.pathsep) if part and part != folder]
    changed["PATH"] = os.pathsep.join([folder, *path])
    changed.pop("VIRTUAL_ENV", None)
    changed |= activation_of(interpreter)
    if os.path.exists(os.path.join(prefix, "pyvenv.cfg")):
        changed["VIRTUAL_ENV"] = prefix
    return changed
