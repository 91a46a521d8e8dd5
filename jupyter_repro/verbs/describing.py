"""What a checkpoint says of the software it was made in. On the way of every checkpoint, so it imports little."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_repro.environments.snapshots import SnapshotCache, software_of
from jupyter_repro.environments.snapshots.interpreters import interpreter_for
from jupyter_repro.workspace.workspace import Described

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import Opened


def describe(opened: Opened, *, server: bool) -> Described | None:
    """The software and the machine as they are; None when the interpreter of the workspace does not answer.

    Never fails: a checkpoint is worth more than its description.
    """
    executable = interpreter_for(opened.workspace.directory, server=server)
    software = software_of(executable, SnapshotCache(opened.data.root / "environments" / "snapshots"))
    if software is None:
        return None
    return Described(software, partial(_host, opened.configuration.snapshot_variables))


def _host(variables: str) -> bytes:
    from jupyter_repro.environments.snapshots.hosts import host_now

    return host_now(more=variables.replace(",", " ").split()).encode()
