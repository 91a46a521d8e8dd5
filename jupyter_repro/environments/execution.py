"""A command run in an environment, between the scripts pre-run and post-run.

The order is pre-run, the command, post-run. When pre-run fails, the command does not run, and neither does post-run.
post-run always follows the command, also one that failed, and finds its exit code in REPRO_EXIT_CODE; when post-run
fails after a command that worked, the whole has failed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.engines.scripts import ended, inside, script_command
from jupyter_repro.environments.layers import scripts_of, variables_of

Part = Literal["pre-run", "command", "post-run"]
NOT_FOUND, NOT_EXECUTABLE = 127, 126


@dataclass(frozen=True, slots=True)
class Executed:
    """How it ended: the exit code of the part that decided (``part``; a signal is 128 + its number), the code of the
    command itself (None when it never began), and one sentence for people, "" when all went well."""

    code: int
    part: Part
    command: int | None
    problem: str = ""


def execute(
    command: Sequence[str],
    *,
    interpreter: str,
    definition: Definition | None,
    injected: Mapping[str, str],
    cwd: str,
    log: BuildLog | None = None,
    variables: Mapping[str, str] | None = None,
) -> Executed:
    """Run ``command`` in the directory ``cwd`` with the environment of ``interpreter`` activated.

    ``definition`` brings variables and scripts, ``injected`` are the variables REPRO_... (see ``injected_variables``),
    ``variables`` the rest, by default those of this process. Output goes to ``log``, or, without one, where that of
    this process goes. A program that is not there ends with 127, as in a shell.
    """
    given = dict(os.environ if variables is None else variables)
    own = variables_of(definition) if definition is not None else {}
    env = inside(interpreter, {**given, **own, **injected})
    for text in scripts_of(definition, "pre-run") if definition is not None else ():
        code = _script("pre-run", text, env, cwd, log)
        if code != 0:
            problem = f"The script pre-run ended with {ended(code)}, so the command was not run."
            return Executed(_shell_code(code), "pre-run", None, problem)
    code = _run(command, env, cwd, log)
    done = Executed(_shell_code(code), "command", _shell_code(code))
    env["REPRO_EXIT_CODE"] = str(done.code)
    for text in scripts_of(definition, "post-run") if definition is not None else ():
        after = _script("post-run", text, env, cwd, log)
        if after != 0:
            problem = f"The script post-run ended with {ended(after)}."
            if done.code == 0:
                return Executed(_shell_code(after), "post-run", 0, problem)
            return Executed(done.code, "command", done.command, problem)
    return done


def _script(name: str, text: str, env: Mapping[str, str], cwd: str, log: BuildLog | None) -> int:
    with script_command(name, text) as command:
        return _run(command, env, cwd, log)


def _run(command: Sequence[str], env: Mapping[str, str], cwd: str, log: BuildLog | None) -> int:
    try:
        if log is not None:
            return run_logged(_found(command, env), log, env=env, cwd=cwd)[0]
        with subprocess.Popen(_found(command, env), env=dict(env), cwd=cwd) as process, _left_to_the_child():
            return process.wait()
    except FileNotFoundError as error:
        _tell(log, f"{command[0]}: {error.strerror}")
        return NOT_FOUND
    except OSError as error:
        _tell(log, f"{command[0]}: {error.strerror}")
        return NOT_EXECUTABLE


def _found(command: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """The command with its program looked up on the path of the environment, not on ours."""
    import shutil

    return [shutil.which(command[0], path=env.get("PATH")) or command[0], *command[1:]]


def _tell(log: BuildLog | None, text: str) -> None:
    if log is not None:
        log.line(text)
    else:
        os.write(2, f"{text}\n".encode("utf-8", "replace"))


@contextlib.contextmanager
def _left_to_the_child() -> Iterator[None]:
    """Ctrl-C in a terminal reaches the child as well, and it is the child that decides what to do."""
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _shell_code(code: int) -> int:
    return code if code >= 0 else 128 - code
