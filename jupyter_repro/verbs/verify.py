"""``verify``: read everything, and name what is damaged and who still has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jupyter_repro.errors import ReproError
from jupyter_repro.history.marking import Key
from jupyter_repro.history.verify import Damage, Verified
from jupyter_repro.history.verify import verify as verify_repository
from jupyter_repro.progress import OnProgress
from jupyter_repro.store import Kind
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.workspace import Workspace, read_marker
from jupyter_repro.workspace.finding import content_in
from jupyter_repro.workspace.state import read_state

_IN_FILES = {kind.name.lower(): int(kind) for kind in (Kind.BLOB, Kind.RECIPE, Kind.TREE)}
"""What a checkpoint makes of files and folders; all else that is stored tells of how they came to be."""


def verify(opened: OpenedProject, *, on_progress: OnProgress | None = None) -> Verified:
    """Read every record, pack and object of the project, check each against its name, and tell which files and commits
    any damage touches, and which workspaces of this machine still have the content: a full checkpoint there stores it
    again."""
    found = verify_repository(opened.repository, on_progress)
    wanted = {key for one in found.damaged if (key := _key(one)) is not None}
    if not wanted:
        return found
    held: dict[Key, list[str]] = {}
    for workspace in _workspaces(opened):
        try:
            here = content_in(workspace, wanted)
        except (ReproError, OSError):
            continue  # it cannot be read now, so it helps nobody now
        for key in here:
            held.setdefault(key, []).append(str(workspace.root))
    return replace(found, damaged=tuple(_with(one, held) for one in found.damaged))


def _key(damage: Damage) -> Key | None:
    kind = _IN_FILES.get(damage.kind)
    return None if kind is None else (bytes.fromhex(damage.id), kind)


def _with(damage: Damage, held: dict[Key, list[str]]) -> Damage:
    key = _key(damage)
    return replace(damage, workspaces=tuple(held.get(key, ()))) if key is not None else damage


def _workspaces(opened: OpenedProject) -> Iterator[Workspace]:
    """Those of the project whose folders are on this machine."""
    data = opened.data
    for name in data.workspace_ids():
        try:
            state = read_state(data.workspace_directory(name))
            if state is None or state.project != opened.project.id or not os.path.isdir(state.path):
                continue
            root = Path(state.path)
            marker = read_marker(root)
            if marker is not None and marker.workspace == name:
                yield Workspace(
                    root,
                    data.workspace_directory(name),
                    opened.repository,
                    author=opened.author,
                    use_gitignore=opened.configuration.use_gitignore,
                )
        except (ReproError, OSError):
            continue
