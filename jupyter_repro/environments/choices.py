"""Which environment a workspace uses: kept as files, so that a checkpoint needs no database to know.

A choice is of one revision, or of whatever revision is active. What the active revision of an environment is stands
in a file of its own, which is written when it moves.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from jupyter_repro.environments.snapshots.interpreters import CHOICE as _FILE


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that was built: the environment's id ("" when only a commit knows it) and name, the number, the ids
    of definition and lock, and the interpreter."""

    environment: str
    name: str
    number: int
    definition: str
    lock: str
    interpreter: str

    @property
    def label(self) -> str:
        """The name that people and commits know it by."""
        return f"{self.name} r{self.number}"


class _Choice(msgspec.Struct, frozen=True):
    pinned: bool
    chosen: Chosen


def read_choice(root: Path, workspace: Path) -> tuple[Chosen, bool] | None:
    """The revision that a workspace uses, and whether it is pinned; None when it uses none.

    ``root`` is the folder of environments, ``workspace`` the workspace's part of the data directory.
    """
    try:
        choice = msgspec.json.decode((workspace / _FILE).read_bytes(), type=_Choice)
    except (OSError, msgspec.DecodeError):
        return None
    if not choice.pinned:
        return read_active(root, choice.chosen.environment) or choice.chosen, False
    return choice.chosen, True


def write_choice(workspace: Path, chosen: Chosen | None, *, pinned: bool) -> None:
    """Let a workspace use a revision, or none."""
    if chosen is None:
        (workspace / _FILE).unlink(missing_ok=True)
    else:
        _write(workspace / _FILE, msgspec.json.encode(_Choice(pinned, chosen)))


def read_active(root: Path, environment: str) -> Chosen | None:
    """The active revision of the environment of that id; None when there is none."""
    if not environment.isalnum():
        return None
    try:
        return msgspec.json.decode((root / "active" / f"{environment}.json").read_bytes(), type=Chosen)
    except (OSError, msgspec.DecodeError):
        return None


def write_active(root: Path, chosen: Chosen) -> None:
    """Say which revision of an environment is active now."""
    (root / "active").mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(root / "active" / f"{chosen.environment}.json", msgspec.json.encode(chosen))


def _write(file: Path, data: bytes) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{time.monotonic_ns()}")
    with open(fresh, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(fresh, file)
