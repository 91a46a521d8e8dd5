"""The journal of a restore: what is being done to the folder, so that the next command can finish it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jupyter_repro.workspace.state import write_json


@dataclass(frozen=True, slots=True)
class Journal:
    """A restore or switch under way: the commit, the paths (none for all), the branch to end on, and
    the commit that holds what was there before. ``token`` marks its temporary files."""

    action: str
    target: str
    paths: tuple[str, ...]
    branch: str
    safety: str | None
    token: str = field(default_factory=lambda: os.urandom(6).hex())


def write_journal(path: Path, journal: Journal) -> None:
    """Write it down, durably, before the first file is touched."""
    write_json(path, asdict(journal))


def read_journal(path: Path) -> Journal | None:
    """What was under way; None when nothing was."""
    try:
        value = json.loads(path.read_text("utf-8", "surrogateescape"))
        return Journal(
            value["action"], value["target"], tuple(value["paths"]), value["branch"], value["safety"], value["token"]
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        # Written whole or not at all, so this is damage from outside; the safety commit is in the history.
        path.unlink(missing_ok=True)
        return None


def clear_journal(path: Path) -> None:
    """The restore is complete."""
    path.unlink(missing_ok=True)
