"""What every operation works with: one of these for a server."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from functools import cached_property
from logging import Logger
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from jupyter_repro.api.answers import Answers
from jupyter_repro.api.notebooks import Trust
from jupyter_repro.api.place import Place
from jupyter_repro.api.preferences import Preferences, PreferenceStore
from jupyter_repro.errors import ReproError

if TYPE_CHECKING:
    from nbformat.sign import NotebookNotary

    from jupyter_repro.api.libraries import Libraries
    from jupyter_repro.api.lifecycle import Lifecycle
    from jupyter_repro.api.notify import EventBus, Notifier
    from jupyter_repro.api.path_index import PathIndex
    from jupyter_repro.api.rooms import Rooms
    from jupyter_repro.api.shared_documents import SharedDocuments
    from jupyter_repro.api.tasks import TaskManager, TaskRecord
    from jupyter_repro.configuration import Configuration
    from jupyter_repro.history import Session

THREADS = 4
"""Requests that read the store at the same time; more wait. The event loop never does."""

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


class Services:
    """Made when the server starts, cheaply: what costs anything is made when it is first used."""

    def __init__(
        self,
        *,
        root: str,
        base_url: str,
        bus: EventBus,
        log: Logger,
        load_configuration: Callable[[], Configuration],
        configured: Preferences,
        locked: frozenset[str],
        auto_protect: bool,
        stop_seconds: float,
        workers: int,
        named_users: bool,
        notary: Callable[[], NotebookNotary],
        shared_rooms: Callable[[], Iterable[object]],
    ) -> None:
        self.log = log
        self.place = Place.at(root)
        self.base_url = base_url
        self.auto_protect = auto_protect
        self.stop_seconds = stop_seconds
        self.answers = Answers()
        self.trust = Trust(notary, self.on_loop)
        self._shared_rooms = shared_rooms
        self._named_users = named_users
        self._bus = bus
        self._load_configuration = load_configuration
        self._configured = configured
        self._locked = locked
        self._workers = workers
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="jupyter-repro")
        self._background: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- made when first used ------------------------------------------------------------------------

    @cached_property
    def configuration(self) -> Configuration:
        """The settings that the command line has too. Raises ``InvalidConfiguration``."""
        return self._load_configuration()

    @cached_property
    def preferences(self) -> PreferenceStore:
        """What the server does by itself."""
        file = self.configuration.data_directory.root / "server-settings.json"
        return PreferenceStore(self._configured, self._locked, file, self.log)

    @cached_property
    def rooms(self) -> Rooms:
        """Opened projects and workspaces."""
        from jupyter_repro.api.rooms import Rooms

        return Rooms(self.configuration, self.place.root, self.session_in)

    @cached_property
    def libraries(self) -> Libraries:
        """Environments, as each user sees them."""
        from jupyter_repro.api.libraries import Libraries

        return Libraries(lambda: self.configuration)

    @cached_property
    def notifier(self) -> Notifier:
        """The way to the event bus."""
        from jupyter_repro.api.notify import Notifier

        return Notifier(self._bus, self.log)

    @cached_property
    def tasks(self) -> TaskManager:
        """Long work."""
        from jupyter_repro.api.tasks import TaskManager

        return TaskManager(self._workers, {}, self._task_changed, self.log, self._around)

    def _task_changed(self, record: TaskRecord) -> None:
        self.notifier.task_changed(record)
        if "lifecycle" in self.__dict__:
            self.lifecycle.task_changed(record)

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """Sessions, and what happens by itself."""
        from jupyter_repro.api.lifecycle import Lifecycle

        made = Lifecycle(self)
        # At stop jupyter-collaboration stops at the same time: saving its documents comes first of all.
        made.before_checkpoint.append(self.shared_documents.flush)
        return made

    @cached_property
    def path_index(self) -> PathIndex:
        """Which checkpoint changed which file."""
        from jupyter_repro.api.path_index import PathIndex

        return PathIndex(self)

    @cached_property
    def shared_documents(self) -> SharedDocuments:
        """What people edit together, where jupyter-collaboration is there."""
        from jupyter_repro.api.shared_documents import SharedDocuments

        return SharedDocuments(self._shared_rooms, self.place.root, self.log)

    # -- work ----------------------------------------------------------------------------------------

    async def in_thread(
        self, function: Callable[Arguments, Value], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Value:
        """Run ``function`` in one of the threads for blocking work."""
        self._loop = asyncio.get_running_loop()
        return await self._loop.run_in_executor(self._pool, lambda: function(*args, **kwargs))

    def in_background(self, work: Coroutine[object, object, None]) -> None:
        """Let ``work`` go on by itself; it tells of its own failures."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def on_loop(self, function: Callable[[], Value]) -> Value:
        """From one of those threads: have the event loop's thread call ``function``, and wait for its answer."""
        answer: Future[Value] = Future()

        def call() -> None:
            try:
                answer.set_result(function())
            except BaseException as error:  # noqa: BLE001 - whoever waits in the thread gets it
                answer.set_exception(error)

        if self._loop is None:
            raise RuntimeError("only work that was begun by in_thread can ask the event loop")
        self._loop.call_soon_threadsafe(call)
        return answer.result(30)

    def author_of(self, user: str) -> str:
        """The name that commits of ``user`` carry: the server's own, unless its users have names (a hub, say)."""
        return user if self._named_users and user else self.configuration.author_name

    def owner_of(self, user: str) -> str:
        """The name under which ``user`` owns environments: that of the command line, unless users have names."""
        from jupyter_repro.configuration import user_name

        return user if self._named_users and user else user_name()

    @property
    def named_users(self) -> bool:
        """Several people may use this server, each under a name of their own."""
        return self._named_users

    def current_workspace(self) -> str | None:
        """Id of the workspace that the server was started in; None when that is none, or cannot be opened."""
        try:
            return self.rooms.current_state().workspace
        except ReproError:
            return None

    def session_in(self, workspace: str) -> Session | None:
        """The session that this server has open in a workspace (by id)."""
        return self.lifecycle.session_in(workspace) if "lifecycle" in self.__dict__ else None

    def open_session(self, workspace: str) -> str | None:
        """Id of the session that this server has open in a workspace."""
        session = self.session_in(workspace)
        return session.id if session else None

    def _around(self, record: TaskRecord) -> AbstractAsyncContextManager[None]:
        """What every task is carried out within."""
        directory = record.arguments.get("directory") if record.workspace else None
        return self.shared_documents.around(record.kind, directory if isinstance(directory, str) else None)

    def order(self) -> dict[str, object]:
        """What every order to a worker process carries."""
        return {"configuration": asdict(self.configuration), "root": self.place.root}

    # -- life ----------------------------------------------------------------------------------------

    def announce_events(self) -> None:
        """Make the kinds of events known to the server."""
        _ = self.notifier

    async def start(self) -> None:
        """The server runs: begin the session, look for what the last one left."""
        # Most servers start where nothing is protected: they pay for three looks at the disk and no import.
        if self.auto_protect or self.place.is_protected():
            # In a thread: the first pages that the browser asks for are not kept waiting by a quarter of a second.
            await self.in_thread(importlib.import_module, "jupyter_repro.api.lifecycle")
            await self.lifecycle.start()

    async def stop(self) -> None:
        """The server stops: save, end the session, end the workers."""
        for task in self._background:
            task.cancel()
        if "lifecycle" in self.__dict__:
            await self.lifecycle.stop()
        if "tasks" in self.__dict__:
            # What a build began must end with it; who is killed leaves programs behind.
            await self.tasks.close(max(2.0, self.stop_seconds / 2))
        if "rooms" in self.__dict__:
            self.rooms.close()
        if "libraries" in self.__dict__:
            self.libraries.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def notebook_saved(self, path: str) -> None:
        """Lab saved the notebook at ``path``, as Lab knows it."""
        if "lifecycle" in self.__dict__:
            self.lifecycle.notebook_saved(os.path.join(self.place.root, path.strip("/")))

    def activity(self) -> dict[str, object] | None:
        """What is under way, for whoever would stop an idle server."""
        active = self.tasks.active() if "tasks" in self.__dict__ else []
        return {"tasks": len(active)} if active else None
