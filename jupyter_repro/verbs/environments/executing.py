"""Running a command in the environment of a workspace, between its scripts pre-run and post-run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from jupyter_repro.environments.choices import read_choice
from jupyter_repro.environments.definitions import read_definition
from jupyter_repro.environments.engines import BuildLog
from jupyter_repro.environments.execution import Executed, execute
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.environments.installed import image_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots.interpreters import interpreter_for
from jupyter_repro.errors import EnvironmentNotReady, InvalidRequest
from jupyter_repro.verbs.opened import Opened


def run_in_environment(
    opened: Opened,
    command: Sequence[str],
    *,
    cwd: str | os.PathLike[str] | None = None,
    commit: str = "",
    run: str = "",
    log: BuildLog | None = None,
) -> Executed:
    """Run ``command`` (a program and its arguments, no shell) in what the workspace uses, and wait for its end.

    The order is pre-run, the command, post-run; see ``environments.execution``. ``cwd`` is by default the root of the
    workspace. ``commit`` and ``run`` are the ids that the command finds as REPRO_COMMIT (by default the commit the
    workspace is at) and REPRO_RUN_ID. Output goes to ``log``, which can stop the run by raising ``Cancelled`` from its
    ``check``; without one, where that of this process goes. A workspace that uses no environment runs the command with
    the interpreter that its checkpoints describe. Raises ``EnvironmentNotReady`` when the environment is not installed.
    """
    if not command:
        raise InvalidRequest("There is no command to run: name a program.")
    root = opened.data.root / "environments"
    choice = read_choice(root, opened.workspace.directory)
    chosen = choice[0] if choice is not None else None
    definition = read_definition(Places(root).get(chosen.definition)) if chosen is not None else None
    if chosen is not None:
        interpreter = chosen.interpreter
        if not image_of(interpreter) and not os.access(interpreter, os.X_OK):
            raise EnvironmentNotReady(
                f"{chosen.label} is not installed any more. 'jupyter-repro env use {chosen.name}' installs it again."
            )
    else:
        interpreter = interpreter_for(opened.workspace.directory, server=False)
    injected = injected_variables(
        {},
        project=opened.project.name,
        commit=commit or opened.workspace.state.commit or "",
        environment=chosen.name if chosen is not None else "",
        revision=chosen.number if chosen is not None else None,
        run=run,
    )
    place = str(Path(cwd)) if cwd is not None else str(opened.workspace.root)
    if definition is not None and image_of(interpreter):
        from jupyter_repro.environments.containers.executing import execute_inside

        places, image = Places(root), image_of(interpreter)
        return execute_inside(
            command, image=image, places=places, definition=definition, injected=injected, cwd=place, log=log
        )
    return execute(command, interpreter=interpreter, definition=definition, injected=injected, cwd=place, log=log)
