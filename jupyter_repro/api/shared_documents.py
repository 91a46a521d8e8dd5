"""Shared documents: what people edit together lives in the server's memory, and reaches the disk a little later.

jupyter-collaboration keeps a room for each open document. Before a task reads the workspace, what its rooms have
and the disk lacks is saved. While a task replaces files, the rooms' savers wait; afterwards each replaced file is
read into its room before they may go on, so that no autosave puts the old text over the new.

Without jupyter-collaboration there are no rooms, and nothing here does anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from logging import Logger
from typing import Protocol, cast

from jupyter_server.utils import ensure_async

EXTENSION = "jupyter_server_ydoc"
"""The server extension that keeps the rooms."""

WRITERS = frozenset({"restore", "switch", "copy", "track"})
"""Tasks that change files of the workspace."""

READERS = frozenset({"checkpoint", "recreate"}) | WRITERS
"""Tasks that begin with what the workspace holds, and so with what is on the screen."""

PATIENCE_SECONDS = 10.0
"""A room that cannot be saved in this time is told about in the log; the rest of the work goes on."""


class _Contents(Protocol):
    def get(self, path: str, *, content: bool, format: str, type: str) -> object: ...


class _Document(Protocol):
    dirty: bool
    hash: str | None

    async def aget(self) -> object: ...

    async def aset(self, value: object) -> None: ...


class _File(Protocol):
    """The loader of a file: one for all rooms that show it. Whoever reads or writes it holds ``_lock``."""

    last_modified: datetime | None
    _lock: asyncio.Lock
    _contents_manager: _Contents

    @property
    def path(self) -> str: ...

    async def maybe_save_content(self, model: dict[str, object]) -> Mapping[str, object] | None: ...


class _Shared(Protocol):
    def observe(self, callback: Callable[[object], None]) -> object: ...

    def unobserve(self, subscription: object) -> None: ...


class _Room(Protocol):
    ready: bool
    ydoc: _Shared
    room_id: str
    file_format: str
    file_type: str
    _document: _Document
    _file: _File
    _update_lock: asyncio.Lock
    _saving_document: asyncio.Task[None] | None

    async def _on_outofband_change(self) -> None: ...


_NEEDED = (
    *(
        "ready",
        "ydoc",
        "room_id",
        "file_format",
        "file_type",
        "_update_lock",
        "_saving_document",
        "_on_outofband_change",
    ),
    *("_document.dirty", "_document.aget", "_document.aset"),
    *("_file.path", "_file.last_modified", "_file._lock", "_file._contents_manager", "_file.maybe_save_content"),
)


@dataclass(frozen=True, slots=True)
class _Held:
    """A room whose savers wait, and what its file was when they began to; None when there was none."""

    room: _Room
    path: str
    was: tuple[int, ...] | None


class SharedDocuments:
    """The rooms of this server. ``rooms`` finds them, ``root`` is the directory that their paths begin at."""

    def __init__(self, rooms: Callable[[], Iterable[object]], root: str, log: Logger) -> None:
        self._find = rooms
        self._root = root
        self._log = log
        self._warned = False

    async def flush(self, directory: str | None = None) -> None:
        """Save what rooms have and the disk lacks: those of files below ``directory``, or all. Never fails."""
        await asyncio.gather(*(self._save_or_tell(room) for room in self._rooms(directory)))

    @asynccontextmanager
    async def around(self, kind: str, directory: str | None) -> AsyncIterator[None]:
        """What a task of that kind in ``directory`` (None: in no workspace) is done within."""
        if kind in READERS:
            await self.flush(directory)
        if kind not in WRITERS or directory is None:
            yield
            return
        async with AsyncExitStack() as waiting:
            held = await self._hold(directory, waiting)
            try:
                yield
            finally:
                for each in held:
                    if _identity(each.path) != each.was:
                        await self._reread_or_tell(each)

    # -- from the room to the disk -----------------------------------------------------------------------

    async def _save_or_tell(self, room: _Room) -> None:
        try:
            await asyncio.wait_for(self._save(room), PATIENCE_SECONDS)
        except Exception as error:  # noqa: BLE001 - one document must not keep all others from being saved
            what = "it took too long" if isinstance(error, asyncio.TimeoutError) else str(error)
            self._log.warning("The shared document %s could not be saved: %s", room.room_id, what)

    async def _save(self, room: _Room) -> None:
        # A room that is being filled has nothing to save, and half of its document.
        async with room._update_lock:
            pass
        document, pending = room._document, room._saving_document
        waiting = pending is not None and not pending.done()
        if not room.ready or not (waiting or document.dirty):
            return
        typed: list[object] = []
        watching = room.ydoc.observe(typed.append)
        try:
            content = await document.aget()
            saved = await room._file.maybe_save_content(
                {"format": room.file_format, "type": room.file_type, "content": content}
            )
        except Exception as error:
            if type(error).__name__ != "OutOfBandChanges":
                raise
            # Somebody changed the file on the disk: jupyter-collaboration lets that one win, at once.
            await room._on_outofband_change()
            return
        finally:
            room.ydoc.unobserve(watching)
        if saved is None:
            self._log.warning("The file %s is read-only: what its shared document has is not saved.", room._file.path)
            return
        if not typed:
            # Nobody typed meanwhile: the save that was to come would write the same once more.
            if pending is not None:
                pending.cancel()
            async with room._update_lock:
                document.dirty = False
                document.hash = cast("str | None", saved.get("hash"))

    # -- from the disk to the room -----------------------------------------------------------------------

    async def _hold(self, directory: str, waiting: AsyncExitStack) -> list[_Held]:
        """Let the savers of all files below ``directory`` wait until ``waiting`` ends."""
        held: list[_Held] = []
        locked: set[int] = set()
        for room in self._rooms(directory):
            file = room._file
            if id(file) not in locked:
                try:
                    await asyncio.wait_for(file._lock.acquire(), PATIENCE_SECONDS)
                except asyncio.TimeoutError:
                    self._log.warning("The shared document %s is being saved for too long.", room.room_id)
                    continue
                waiting.callback(file._lock.release)
                locked.add(id(file))
            path = self._path(room)
            held.append(_Held(room, path, _identity(path)))
        return held

    async def _reread_or_tell(self, held: _Held) -> None:
        try:
            await self._reread(held)
        except Exception as error:  # noqa: BLE001 - the other rooms must be read all the same
            self._log.warning("The shared document %s could not be read again: %s", held.room.room_id, error)

    async def _reread(self, held: _Held) -> None:
        """Put the file, whose lock is held, into its room."""
        room = held.room
        if (pending := room._saving_document) is not None and not pending.done():
            # It may have the old text in its hands already, and wait for the lock.
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pending
        if not os.path.lexists(held.path):
            # The file is gone. A room never makes its file anew, so there is nothing to be afraid of.
            return
        file = room._file
        model = await ensure_async(
            file._contents_manager.get(file.path, content=True, format=room.file_format, type=room.file_type)
        )
        assert isinstance(model, dict)
        content = model["content"]
        if room.file_type == "file" and isinstance(content, str):
            content = content.replace("\r\n", "\n")
        async with room._update_lock:
            if await room._document.aget() != content:
                await room._document.aset(content)
            room._document.dirty = False
        file.last_modified = model["last_modified"]

    # -- rooms -------------------------------------------------------------------------------------------

    def _rooms(self, directory: str | None) -> list[_Room]:
        """The rooms of files, whose file lies below ``directory``."""
        found = []
        for room in self._find():
            if not hasattr(room, "_document"):
                continue  # who is there, and the like: no file
            if not all(_has(room, name) for name in _NEEDED):
                self._warn_once()
                continue
            known = cast("_Room", room)
            try:
                path = self._path(known)
            except RuntimeError:
                continue  # its file was deleted in Lab
            if directory is None or _lies_in(path, os.path.realpath(directory)):
                found.append(known)
        return found

    def _path(self, room: _Room) -> str:
        return os.path.join(self._root, room._file.path.lstrip("/"))

    def _warn_once(self) -> None:
        if not self._warned:
            self._warned = True
            self._log.warning(
                "This version of jupyter-collaboration is not known: shared documents are not saved before a "
                "checkpoint, and may be saved over a restored file. Version 5 works."
            )


def _has(thing: object, name: str) -> bool:
    for part in name.split("."):
        try:
            thing = getattr(thing, part)
        except AttributeError:
            return False
        except RuntimeError:
            return True  # a path that is asked for later
    return True


def _lies_in(path: str, directory: str) -> bool:
    above = os.path.realpath(os.path.dirname(path))
    return above == directory or above.startswith(directory.rstrip(os.sep) + os.sep)


def _identity(path: str) -> tuple[int, ...] | None:
    """What changes whenever a file is replaced or written; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
