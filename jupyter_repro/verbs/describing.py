"""What a checkpoint says of the software it was made in. On the way of every checkpoint, so it imports little."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.environments.snapshots import SnapshotCache, software_of
from jupyter_repro.environments.snapshots.interpreters import CHOICE, interpreter_for
from jupyter_repro.errors import ReproError
from jupyter_repro.workspace.workspace import Described

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import Opened


def describe(opened: Opened, *, server: bool) -> Described | None:
    """The software and the machine as they are; None when the interpreter of the workspace does not answer.

    Never fails: a checkpoint is worth more than its description.
    """
    root = opened.data.root / "environments"
    host = partial(_host, opened.configuration.snapshot_variables)
    if (opened.workspace.directory / CHOICE).exists():
        described = _chosen(opened, root, host)
        if described is not None:
            return described
    executable = interpreter_for(opened.workspace.directory, server=server)
    software = software_of(executable, SnapshotCache(root / "snapshots"))
    return None if software is None else Described(software, host)


def environment_label(opened: Opened) -> str:
    """The environment that the workspace uses, as "name r3 + requirements.txt"; "" when it uses none of ours."""
    if not (opened.workspace.directory / CHOICE).exists():
        return ""
    from jupyter_repro.environments.choices import read_choice

    choice = read_choice(opened.data.root / "environments", opened.workspace.directory)
    return choice[0].label if choice is not None else ""


def _chosen(opened: Opened, root: Path, host: Callable[[], bytes]) -> Described | None:
    """The environment that the workspace uses, if it is installed."""
    from jupyter_repro.environments.choices import read_choice
    from jupyter_repro.environments.installed import installed_software
    from jupyter_repro.environments.places import Places

    choice = read_choice(root, opened.workspace.directory)
    if choice is None:
        return None
    chosen, _ = choice
    places = Places(root)
    try:
        definition, lock = places.get(chosen.definition), places.get(chosen.lock)
    except ReproError:
        return None
    software = installed_software(chosen.interpreter, places)
    return None if software is None else Described(software, host, definition, lock, chosen.label)


def _host(variables: str) -> bytes:
    from jupyter_repro.environments.snapshots.hosts import host_now

    return host_now(more=variables.replace(",", " ").split()).encode()
