"""Opened projects and workspaces, kept between requests.

Opening a project costs its files and a look at its store; a list that a person scrolls asks ten times a second.
Each opened one serves a single request at a time, so nothing below need know of threads.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from jupyter_repro.configuration import Configuration
from jupyter_repro.errors import NotAWorkspace, ReproError, WorkspaceNotFound
from jupyter_repro.history import Session
from jupyter_repro.verbs import Opened, OpenedProject, open_project, open_workspace
from jupyter_repro.verbs.timeline import Timeline
from jupyter_repro.workspace import WorkspaceState, find_root, read_marker
from jupyter_repro.workspace.state import read_state

CURRENT = "current"
"""Stands for the workspace (or its project) that the server was started in."""

_KEPT = 3
"""Opened ones kept of each project and workspace while nobody uses them."""

Kept = TypeVar("Kept", bound=OpenedProject)


@dataclass(frozen=True)
class Room(Generic[Kept]):
    """Something opened, and the timeline that goes with it."""

    opened: Kept
    timeline: Timeline


@dataclass
class _Shelf(Generic[Kept]):
    """Opened ones that nobody uses at the moment, by key."""

    idle: dict[str, list[Room[Kept]]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False

    def take(self, key: str) -> Room[Kept] | None:
        with self.lock:
            waiting = self.idle.get(key)
            return waiting.pop() if waiting else None

    def put(self, key: str, room: Room[Kept]) -> None:
        with self.lock:
            waiting = self.idle.setdefault(key, [])
            if len(waiting) < _KEPT and not self.closed:
                waiting.append(room)
                return
        room.opened.close()

    def clear(self, key: str | None = None, *, close: bool = False) -> None:
        with self.lock:
            keys = list(self.idle) if key is None else [key]
            dropped = [room for name in keys for room in self.idle.pop(name, [])]
            self.closed = self.closed or close
        for room in dropped:
            room.opened.close()


class Rooms:
    """What is open.

    ``root`` is the directory the server was started in; ``session_in`` tells the session that the server has in
    a workspace (by id), to which commits belong.
    """

    def __init__(self, configuration: Configuration, root: str, session_in: Callable[[str], Session | None]) -> None:
        self.configuration = configuration
        self.session_in = session_in
        self._root = root
        self._projects: _Shelf[OpenedProject] = _Shelf()
        self._workspaces: _Shelf[Opened] = _Shelf()

    @property
    def author(self) -> str:
        """Who commits, unless a request says otherwise."""
        return self.configuration.author_name

    @contextlib.contextmanager
    def project(self, name: str) -> Iterator[Room[OpenedProject]]:
        """The project of that name or id. Raises ``ProjectNotFound`` or ``AmbiguousProject``.

        ``current`` is that of the server's workspace, and in it ``@`` means that workspace's newest commit.
        """
        if name == CURRENT:
            with self.workspace(CURRENT) as here:
                yield Room(here.opened, here.timeline)
            return
        with self._borrowed(self._projects, name, lambda: open_project(name, configuration=self.configuration)) as room:
            room.opened.repository.sync()
            yield room

    @contextlib.contextmanager
    def workspace(self, name: str) -> Iterator[Room[Opened]]:
        """The workspace of that id, or ``current``.

        Raises ``WorkspaceNotFound``, ``NotAWorkspace`` or ``WorkspaceMoved``.
        """
        state = self.state_of(name)
        session = self.session_in(state.workspace)
        with self._borrowed(
            self._workspaces,
            f"{state.workspace} {session.id if session else ''}",
            lambda: open_workspace(state.path, session=session, configuration=self.configuration),
        ) as room:
            workspace = room.opened.workspace
            workspace.state = read_state(workspace.directory) or workspace.state
            room.opened.repository.sync()
            yield room

    def current_state(self) -> WorkspaceState:
        """The state of the workspace the server was started in. Raises ``NotAWorkspace``."""
        return self.state_at(self._root)

    def state_at(self, directory: str) -> WorkspaceState:
        """The state of the workspace at or above ``directory``. Raises ``NotAWorkspace`` or ``WorkspaceMoved``."""
        root = find_root(Path(directory))
        marker = read_marker(root)
        if marker is not None:
            # Nearly every request asks this: when all is as it was left, nothing need be opened.
            state = read_state(self.configuration.data_directory.workspace_directory(marker.workspace))
            if state is not None and state.project == marker.project and _is_at(state, root):
                return state
        with open_workspace(directory, configuration=self.configuration) as opened:
            return opened.workspace.state

    def state_of(self, name: str) -> WorkspaceState:
        """The state of a workspace by id, or ``current``. Raises ``WorkspaceNotFound`` or ``NotAWorkspace``."""
        if name == CURRENT:
            return self.current_state()
        state = read_state(self.configuration.data_directory.workspace_directory(name))
        if state is None:
            raise WorkspaceNotFound(f"There is no workspace {name!r} here: the list of workspaces has those there are.")
        return state

    def states(self) -> list[WorkspaceState]:
        """Every workspace that this data directory knows."""
        data = self.configuration.data_directory
        found = (read_state(data.workspace_directory(name)) for name in data.workspace_ids())
        return [state for state in found if state is not None]

    def close(self) -> None:
        """Close everything, now and whatever is given back later."""
        self._projects.clear(close=True)
        self._workspaces.clear(close=True)

    @staticmethod
    @contextlib.contextmanager
    def _borrowed(shelf: _Shelf[Kept], key: str, make: Callable[[], Kept]) -> Iterator[Room[Kept]]:
        room = shelf.take(key)
        if room is not None and isinstance(room.opened, Opened) and not _in_place(room.opened):
            room.opened.close()
            room = None
        if room is None:
            opened = make()
            room = Room(opened, Timeline(opened))
        try:
            yield room
        except ReproError:
            shelf.put(key, room)
            raise
        except BaseException:
            # What went wrong is not understood, so the next request gets another.
            room.opened.close()
            raise
        shelf.put(key, room)


def _in_place(opened: Opened) -> bool:
    """Its folder is still the one that was opened."""
    try:
        return _is_at(opened.workspace.state, find_root(opened.workspace.root))
    except NotAWorkspace:
        return False


def _is_at(state: WorkspaceState, root: Path) -> bool:
    try:
        here = os.stat(root)
    except OSError:
        return False
    return state.path == str(root) and (here.st_dev, here.st_ino) == (state.device, state.inode)
