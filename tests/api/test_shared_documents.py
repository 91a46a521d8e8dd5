"""With jupyter-collaboration: a checkpoint holds what is on the screen, and a restore reaches it and stays.

The server is real, and so are the documents that are edited: clients of the rooms, over web sockets.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_repro import verbs
from jupyter_repro.api.services import Services
from jupyter_repro.api.shared_documents import SharedDocuments
from tests.api.client import Client

pytest.importorskip("jupyter_server_ydoc", reason="jupyter-collaboration is not installed")

from jupyter_ydoc import YNotebook, YUnicode
from pycrdt import Provider

NEVER = 3600.0
"""A delay before the autosave that no test lives to see."""


@pytest.fixture
def save_delay() -> float:
    return NEVER


@pytest.fixture
def settings() -> dict[str, object]:
    return {}


@pytest.fixture
def jp_server_config(jp_server_config, tmp_path, save_delay, settings):
    return {
        **jp_server_config,
        "ServerApp": {
            "jpserver_extensions": {
                "jupyter_repro": True,
                "jupyter_server_fileid": True,
                "jupyter_server_ydoc": True,
            }
        },
        "ReproApp": {**jp_server_config["ReproApp"], **settings},
        "SQLiteYStore": {"db_path": str(tmp_path / "ystore.db")},
        "BaseFileIdManager": {"db_path": str(tmp_path / "file-ids.db"), "db_journal_mode": "OFF"},
        "YDocExtension": {
            "document_save_delay": save_delay,
            # Nobody but us looks at the disk between two saves.
            "file_poll_interval": 0,
            "session_store_path": str(tmp_path / "sessions.json"),
        },
    }


class Line:
    """A web socket as pycrdt wants it."""

    def __init__(self, socket, path: str) -> None:
        self._socket = socket
        self.path = path

    def __aiter__(self) -> Line:
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def recv(self) -> bytes:
        message = await self._socket.read_message()
        if message is None:
            raise StopAsyncIteration
        return message

    async def send(self, message: bytes) -> None:
        await self._socket.write_message(message, binary=True)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""

    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(wait(), 60)


Opener = Callable[..., AsyncIterator[object]]


@pytest.fixture
def opened(api: Client, jp_http_port) -> Opener:
    """Open a file as Lab does: ``async with opened("train.py") as document``."""
    sessions = Client(
        api.http, api.base.replace("jupyter-repro/api/", "api/collaboration/session/"), api.headers, foreign=True
    )

    @asynccontextmanager
    async def open_one(path: str) -> AsyncIterator[object]:
        notebook = path.endswith(".ipynb")
        kind = {"format": "json", "type": "notebook"} if notebook else {"format": "text", "type": "file"}
        session = json.loads((await sessions.request("PUT", path, kind)).body)
        room = f"{kind['format']}:{kind['type']}:{session['fileId']}"
        where = api.base.replace(
            "jupyter-repro/api/", f"api/collaboration/room/{room}?sessionId={session['sessionId']}"
        )
        socket = await websocket_connect(HTTPRequest(f"ws://127.0.0.1:{jp_http_port}{where}", headers=api.headers))
        document = YNotebook() if notebook else YUnicode()
        async with Provider(document.ydoc, Line(socket, room)) as provider:
            await provider.synced.wait()
            yield document
        socket.close()

    return open_one


@pytest.fixture
def room_of(jp_serverapp) -> Callable[[str], object]:
    """The server's side of a file that is open."""

    def find(path: str):
        (extension,) = jp_serverapp.extension_manager.extension_apps["jupyter_server_ydoc"]
        (room,) = (
            room
            for room in extension.ywebsocket_server.rooms.values()
            if hasattr(room, "_file") and room._file.path == path
        )
        return room

    return find


@pytest.fixture
def typed(room_of) -> Callable[..., Awaitable[None]]:
    """Have a client write a text into its document, and wait until the server has it."""

    async def write(document, path: str, text: str) -> None:
        document.source = text
        await until(lambda: room_of(path)._document.source == text)

    return write


def content(workspace: Path, commit: str, path: str) -> bytes:
    with verbs.open_workspace(workspace) as there:
        return b"".join(verbs.cat(there, commit, path))


async def restored(api: Client, commit: str, *paths: str):
    return await api.done("POST", "workspaces/current/restore", {"commit": commit, "paths": list(paths)})


async def test_a_checkpoint_holds_what_is_on_the_screen(api: Client, protected, opened, typed):
    async with opened("train.py") as document:
        await typed(document, "train.py", "depth = 8\n")
        assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n", "nothing was saved so far"
        made = await api.checkpoint("at once")
    assert made["modified"] == 1
    assert content(protected.root, made["commit"], "train.py") == b"depth = 8\n"


async def test_what_nobody_changed_is_not_written(api: Client, protected, opened):
    async with opened("train.py"), opened("notes.md"):
        before = [(protected.root / name).stat().st_mtime_ns for name in ("train.py", "notes.md")]
        (protected.root / "other.txt").write_text("other")
        made = await api.checkpoint("others")
        after = [(protected.root / name).stat().st_mtime_ns for name in ("train.py", "notes.md")]
    assert (made["added"], made["modified"]) == (1, 0)
    assert after == before


async def test_a_saved_document_is_clean_and_not_saved_again(api: Client, protected, opened, typed, room_of):
    async with opened("train.py") as document:
        await typed(document, "train.py", "depth = 8\n")
        await api.checkpoint("at once")
        room = room_of("train.py")
        await until(room._saving_document.done)
        assert room._document.dirty is False
        (protected.root / "more.txt").write_text("more")
        assert (await api.checkpoint("again"))["modified"] == 0


async def test_a_restore_reaches_everybody_and_its_safety_checkpoint_has_the_screen(
    api: Client, protected, opened, typed, room_of
):
    async with opened("train.py") as document, opened("train.py") as other:
        await typed(document, "train.py", "typed a moment ago\n")
        done = await restored(api, protected.first)
        for client in (document, other):
            await until(lambda client=client: client.source == "depth = 6\nprint(depth)\n")
        assert room_of("train.py")._document.dirty is False
        assert content(protected.root, done["safety"], "train.py") == b"typed a moment ago\n"
        undone = await restored(api, done["safety"])
        await until(lambda: other.source == "typed a moment ago\n")
        assert undone["written"] == 1


@pytest.mark.parametrize("save_delay", [0.0])
async def test_the_next_autosave_does_not_undo_a_restore(api: Client, protected, opened, typed, room_of):
    async with opened("train.py") as document:
        await typed(document, "train.py", "typed a moment ago\n")
        await restored(api, protected.first, "train.py")
        await until(lambda: document.source == "depth = 6\nprint(depth)\n")
        await until(room_of("train.py")._saving_document.done)
        assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n"
        # What is typed now is saved upon what was restored.
        await typed(document, "train.py", "depth = 6\nprint(depth)\nand more\n")
        await until(lambda: (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\nand more\n")


@pytest.mark.parametrize("save_delay", [0.0])
async def test_a_save_that_waits_while_files_are_replaced_does_not_win(
    services: Services, protected, opened, typed, room_of
):
    async with opened("train.py") as document, opened("notes.md") as untouched:
        async with services.shared_documents.around("restore", str(protected.root)):
            await typed(document, "train.py", "typed while it was replaced\n")
            await typed(untouched, "notes.md", "typed beside it\n")
            for path in ("train.py", "notes.md"):
                await until(lambda path=path: bool(room_of(path)._file._lock._waiters))
            assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n"
            new = protected.root / "new"
            new.write_text("restored\n")
            new.replace(protected.root / "train.py")
        await until(lambda: document.source == "restored\n")
        await until(room_of("train.py")._saving_document.done)
        await until(lambda: (protected.root / "notes.md").read_text() == "typed beside it\n")
        assert (protected.root / "train.py").read_text() == "restored\n"
        assert untouched.source == "typed beside it\n", "a file that was not replaced keeps what was typed"


async def test_notebooks_are_restored_cell_by_cell(api: Client, protected, opened, room_of):
    file = protected.root / "analysis.ipynb"
    cell = {"cell_type": "code", "id": "a1", "metadata": {}, "execution_count": None, "source": "1 + 1", "outputs": []}
    stored = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file.write_text(json.dumps(stored, indent=1) + "\n")
    first = await api.checkpoint("with a notebook")
    async with opened("analysis.ipynb") as notebook:
        notebook.ycells[0]["source"].insert(5, " + 1")
        await until(lambda: room_of("analysis.ipynb")._document.get_cell(0)["source"] == "1 + 1 + 1")
        second = await api.checkpoint("edited")
        kept = json.loads(content(protected.root, second["commit"], "analysis.ipynb"))
        assert "".join(kept["cells"][0]["source"]) == "1 + 1 + 1"
        await restored(api, first["commit"])
        await until(lambda: notebook.get_cell(0)["source"] == "1 + 1")
    assert json.loads(file.read_text())["cells"][0]["source"] in ("1 + 1", ["1 + 1"])


async def test_switching_the_branch_switches_the_screen(api: Client, protected, opened, typed):
    (await api.post("projects/current/branches", {"name": "try", "commit": protected.first})).ok(201)
    async with opened("train.py") as document:
        await typed(document, "train.py", "on main\n")
        await api.done("POST", "workspaces/current/switch", {"branch": "try"})
        await until(lambda: document.source == "depth = 6\nprint(depth)\n")
        await api.done("POST", "workspaces/current/switch", {"branch": "main"})
        await until(lambda: document.source == "on main\n")


async def test_a_file_that_the_restored_state_lacks_is_not_made_anew(api: Client, protected, opened, typed, room_of):
    (protected.root / "later.txt").write_text("later\n")
    await api.checkpoint("a later file")
    async with opened("later.txt") as document:
        await restored(api, protected.first)
        assert not (protected.root / "later.txt").exists()
        await typed(document, "later.txt", "typed into nothing\n")
        await api.checkpoint("which saves what it can")
        assert not (protected.root / "later.txt").exists()


async def test_recreate_saves_first_and_other_workspaces_have_other_documents(
    api: Client, services: Services, protected, opened, typed, tmp_path
):
    async with opened("train.py") as document:
        await typed(document, "train.py", "depth = 9\n")
        elsewhere = str(tmp_path / "as-it-was")
        await api.done("POST", "projects/current/recreate", {"commit": protected.first, "directory": elsewhere})
        assert (protected.root / "train.py").read_text() == "depth = 9\n"
        await typed(document, "train.py", "depth = 10\n")
        await services.shared_documents.flush(elsewhere)
        assert (protected.root / "train.py").read_text() == "depth = 9\n", "that is another workspace's"


@pytest.mark.parametrize("settings", [{"checkpoint_at_stop": True}])
async def test_stopping_the_server_saves_what_is_on_the_screen(
    api: Client, services: Services, protected, opened, typed, jp_serverapp
):
    async with opened("train.py") as document:
        await typed(document, "train.py", "the last words\n")
        # As the server does it: all extensions at once, jupyter-collaboration among them.
        await jp_serverapp.extension_manager.stop_all_extensions()
        with verbs.open_workspace(protected.root) as there:
            newest = verbs.log(there)[0]
        assert newest.message == "Automatic, at stop"
        assert content(protected.root, newest.id, "train.py") == b"the last words\n"


async def test_a_change_on_the_disk_wins_as_jupyter_collaboration_has_it(api: Client, protected, opened, typed):
    async with opened("train.py") as document:
        await typed(document, "train.py", "in the room\n")
        (protected.root / "train.py").write_text("by another program\n")
        made = await api.checkpoint("both")
        await until(lambda: document.source == "by another program\n")
    assert content(protected.root, made["commit"], "train.py") == b"by another program\n"


async def test_a_room_that_cannot_be_saved_is_told_and_the_rest_is_kept(
    api: Client, services: Services, protected, opened, typed, room_of, caplog, monkeypatch
):
    async with opened("train.py") as document, opened("notes.md") as notes:
        await typed(document, "train.py", "cannot be saved\n")
        await typed(notes, "notes.md", "can be saved\n")

        async def refuse(model: dict[str, object]) -> None:
            raise OSError("no space left")

        monkeypatch.setattr(room_of("train.py")._file, "maybe_save_content", refuse)
        with caplog.at_level(logging.WARNING, services.log.name):
            services.log.addHandler(caplog.handler)
            made = await api.checkpoint("what there is")
            services.log.removeHandler(caplog.handler)
    assert "no space left" in caplog.text
    assert content(protected.root, made["commit"], "notes.md") == b"can be saved\n"


async def test_rooms_of_an_unknown_make_are_left_alone_and_told_once(caplog):
    class Stranger:
        _document = object()

    rooms = SharedDocuments(lambda: [Stranger(), object()], "/", logging.getLogger("rooms"))
    for _ in range(2):
        async with rooms.around("restore", "/"):
            pass
    assert caplog.text.count("jupyter-collaboration") == 1
