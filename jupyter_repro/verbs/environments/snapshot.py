"""What is installed: now, or when a commit was made."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.environments.snapshots import Host, Software, read_host, read_software
from jupyter_repro.errors import EnvironmentUnknown, InvalidRequest
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from jupyter_repro.verbs.opened import Opened, OpenedProject

NOW = "now"
"""Names what is installed at this moment, where a commit could be named."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was installed and on which machine.

    ``commit`` is the id of the commit, "" for now; ``label`` the environment's "name rN", or ""; ``id`` the BLAKE3 of
    the software's text; ``host`` is None when it was not recorded.
    """

    commit: str
    label: str
    id: str
    software: Software
    host: Host | None


def snapshot(opened: OpenedProject, name: str = NOW) -> Snapshot:
    """What is installed now, or what was when the commit that ``name`` means was made.

    Raises ``CommitNotFound``, and ``EnvironmentUnknown`` when nothing was recorded or the interpreter does not answer.
    """
    if name == NOW:
        return _now(opened)
    return snapshot_of(opened, opened.resolve(name))


def snapshot_of(opened: OpenedProject, commit: Commit) -> Snapshot:
    """What was installed when ``commit`` was made. Raises ``EnvironmentUnknown``."""
    environment = commit.environment
    if not environment.software:
        raise EnvironmentUnknown(
            f"Commit {commit.id[:12]} does not say what was installed: it was made by a program that did not look, "
            "brought in from elsewhere, or made before jupyter-repro recorded it. Choose another commit."
        )
    store = opened.repository.store
    software = read_software(store.get(Kind.NOTE, bytes.fromhex(environment.software)))
    host = read_host(store.get(Kind.NOTE, bytes.fromhex(environment.host))) if environment.host else None
    return Snapshot(commit.id, environment.label, environment.software, software, host)


def _now(opened: OpenedProject) -> Snapshot:
    if not isinstance(opened, Opened):
        raise InvalidRequest("What is installed now is asked in a workspace: go to one, or name a commit.")
    from jupyter_repro.store import object_id

    described = opened.workspace.describe() if opened.workspace.describe is not None else None
    if described is None:
        raise EnvironmentUnknown(
            "The interpreter of this workspace does not answer. Choose an environment with 'jupyter-repro env use', or "
            "see that the one that is activated works."
        )
    return Snapshot(
        "",
        described.label,
        object_id(described.software).hex(),
        read_software(described.software),
        read_host(described.host()),
    )
