"""Which environment a workspace uses: kept as files, so that a checkpoint needs no database to know.

A choice is of one revision, or of whatever revision is active. What the active revision of an environment is stands
in a file of its own, which is written when it moves.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import msgspec

from jupyter_repro.environments.snapshots.interpreters import CHOICE as _FILE


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that was built: the environment's id ("" when only a commit knows it) and name, the number, the ids
    of definition and lock, and the interpreter. ``applied`` is the workspace's own file that was put on top of the
    revision, as "requirements.txt", or "": then definition and lock are those of both together."""

    environment: str
    name: str
    number: int
    definition: str
    lock: str
    interpreter: str
    applied: str = ""

    @property
    def label(self) -> str:
        """The name that people and commits know it by: "name r3", or "name r3 + requirements.txt"."""
        return f"{self.name} r{self.number}" + (f" + {self.applied}" if self.applied else "")


class _Choice(msgspec.Struct, frozen=True):
    pinned: bool
    chosen: Chosen
    on_top: Chosen | None = None
    """What came of the revision whose lock is ``on_top_of`` and the workspace's own file."""
    on_top_of: str = ""


def read_label(label: str) -> tuple[str, int, str]:
    """The name, number and applied file that a label says; the number is 0 where it says none."""
    match = re.fullmatch(r"(.*?) r(\d+)(?: \+ (.+))?", label)
    return (match[1], int(match[2]), match[3] or "") if match else (label or "recreated", 0, "")


def read_choice(root: Path, workspace: Path, *, plain: bool = False) -> tuple[Chosen, bool] | None:
    """The revision that a workspace uses, and whether it is pinned; None when it uses none.

    ``root`` is the folder of environments, ``workspace`` the workspace's part of the data directory. ``plain`` asks for
    the revision itself, without the workspace's own file on top.
    """
    choice = _read(workspace)
    if choice is None:
        return None
    active = None if choice.pinned else read_active(root, choice.chosen.environment)
    chosen = active or choice.chosen
    if active is not None and active.lock == choice.chosen.lock and os.access(choice.chosen.interpreter, os.X_OK):
        # The same lock may be installed more than once, where somebody changed the first by hand.
        chosen = msgspec.structs.replace(active, interpreter=choice.chosen.interpreter)
    if choice.on_top is not None and not plain and choice.on_top_of == chosen.lock:
        chosen = choice.on_top
    return chosen, choice.pinned


def write_on_top(workspace: Path, base: Chosen, on_top: Chosen | None) -> None:
    """Let a workspace that uses the revision ``base`` use it with its own file on top, or without again."""
    choice = _read(workspace)
    if choice is not None:
        changed = _Choice(choice.pinned, choice.chosen, on_top, base.lock if on_top is not None else "")
        if changed != choice:
            _write(workspace / _FILE, msgspec.json.encode(changed))


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


def _read(workspace: Path) -> _Choice | None:
    try:
        return msgspec.json.decode((workspace / _FILE).read_bytes(), type=_Choice)
    except (OSError, msgspec.DecodeError):
        return None


def _write(file: Path, data: bytes) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{time.monotonic_ns()}")
    with open(fresh, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(fresh, file)
