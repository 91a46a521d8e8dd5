"""The life of a server in its workspace: a session from start to stop, and the checkpoints that nobody asks for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.api import heirloom
from jupyter_repro.api.preferences import Preferences
from jupyter_repro.api.tasks import TaskRecord
from jupyter_repro.api.variables import set_variables
from jupyter_repro.environments.injected import workspace_variables
from jupyter_repro.errors import NotAWorkspace, ReproError
from jupyter_repro.history import Session
from jupyter_repro.workspace.state import read_state

if TYPE_CHECKING:
    from jupyter_repro.api.services import Services
    from jupyter_repro.workspace import WorkspaceState

MINUTE_SECONDS = 60.0

SAVE_WAIT_SECONDS = 2.0
"""A notebook is often saved several times in a row: the checkpoint waits so long for the last of them."""

_MOVING = ("checkpoint", "restore", "switch")
"""The kinds of tasks after which a workspace is at another commit."""

Flush = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Attended:
    """A workspace that this server looks after, and the session it has there."""

    workspace: str
    project: str
    directory: str
    session: Session


class Lifecycle:
    """Opens and closes sessions and makes automatic checkpoints. Belongs to the event loop's thread.

    ``before_checkpoint`` are awaited before each automatic checkpoint: shared documents are saved there.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._attended: dict[str, Attended] = {}
        self._clock: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._saves: dict[str, asyncio.TimerHandle] = {}
        self._put_back: dict[str, str | None] = {}
        self.before_checkpoint: list[Flush] = []
        services.preferences.listen(self._preferences_changed)
        self._loop = asyncio.get_running_loop()

    # -- sessions ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Attend to the workspace that the server was started in, if it is one."""
        try:
            state = await self._services.in_thread(self._here)
        except NotAWorkspace:
            return
        except ReproError as error:
            self._services.log.warning("The workspace is not attended to: %s", error)
            return
        directory = self._directory(state.workspace)
        last = await self._services.in_thread(heirloom.find, directory)
        attended = self.attend(state)
        if self._services.preferences.current.recover_at_start:
            self._recover(attended, last)
        await self._begin_environment(state)

    def attend(self, state: WorkspaceState) -> Attended:
        """Have a session in a workspace, if there is none yet, and make automatic checkpoints of it."""
        found = self._attended.get(state.workspace)
        if found is None:
            user = self._services.rooms.author
            session = Session(secrets.token_hex(8), time.time_ns() // 1000, socket.gethostname(), user)
            found = Attended(state.workspace, state.project, state.path, session)
            self._attended[state.workspace] = found
            heirloom.leave(self._directory(found.workspace), session)
            self._tell(found, None)
        if self._clock is None:
            self._clock = self._loop.create_task(self._keep_time())
        return found

    def session_in(self, workspace: str) -> Session | None:
        """The open session in a workspace; None when this server has none there."""
        attended = self._attended.get(workspace)
        return attended.session if attended else None

    def order_for(self, state: WorkspaceState) -> dict[str, object]:
        """What an order to a worker says of the workspace and its session."""
        session = self.session_in(state.workspace)
        return {
            **self._services.order(),
            "directory": state.path,
            "session": asdict(session) if session else None,
        }

    def task_changed(self, record: TaskRecord) -> None:
        """After a checkpoint, restore or switch: kernels that start from now on find the commit of now."""
        attended = self._attended.get(record.workspace or "") if record.kind in _MOVING else None
        if record.state == "done" and attended is not None and self._holds_this_server(attended):
            state = read_state(self._directory(attended.workspace))
            if state is not None:
                self._let_kernels_know(workspace_variables(self._services.configuration.data_directory, state))

    async def stop(self) -> None:
        """Save what changed, in half the time there is, and end the sessions."""
        if self._clock is not None:
            self._clock.cancel()
        for timer in self._saves.values():
            timer.cancel()
        try:
            if self._services.preferences.current.checkpoint_at_stop and self._attended:
                await asyncio.wait_for(self._save_all(), self._services.stop_seconds / 2)
        except asyncio.TimeoutError:
            self._services.log.warning(
                "There was no time to save everything at stop: the next start makes a checkpoint of what is left."
            )
        finally:
            set_variables(self._put_back)
            for attended in self._attended.values():
                self._tell(attended, time.time_ns() // 1000)
                heirloom.clear(self._directory(attended.workspace), attended.session)
            self._attended.clear()

    # -- checkpoints ---------------------------------------------------------------------------------

    def checkpoint(
        self, attended: Attended, *, kind: str = "auto", message: str, session: Session | None = None
    ) -> TaskRecord:
        """Queue an automatic checkpoint; nothing comes of it when nothing changed.

        It belongs to the open session, unless ``session`` is another.
        """
        session = session or attended.session
        return self._services.tasks.submit(
            "checkpoint",
            message,
            {
                **self._services.order(),
                "directory": attended.directory,
                "session": asdict(session),
                "message": message,
                "commit_kind": kind,
                # One unreadable file must not keep all others from being saved.
                "skip_unreadable": True,
            },
            project=attended.project,
            workspace=attended.workspace,
            automatic=True,
        )

    def notebook_saved(self, path: str) -> None:
        """A notebook was saved at ``path`` (absolute): make a checkpoint soon, if that is wanted."""
        if not self._services.preferences.current.checkpoint_on_save:
            return
        for attended in self._attended.values():
            if os.path.commonpath([attended.directory, path]) == attended.directory:
                if (timer := self._saves.pop(attended.workspace, None)) is not None:
                    timer.cancel()
                self._saves[attended.workspace] = self._loop.call_later(
                    SAVE_WAIT_SECONDS, self._checkpoint_saved, attended, os.path.basename(path)
                )

    def _checkpoint_saved(self, attended: Attended, name: str) -> None:
        self._saves.pop(attended.workspace, None)
        self.checkpoint(attended, message=f"Saved {name}")

    async def _keep_time(self) -> None:
        while True:
            wanted = self._services.preferences.current
            self._woken.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wanted.auto_checkpoint_minutes * MINUTE_SECONDS)
                continue  # the settings changed: count anew
            if not self._services.preferences.current.auto_checkpoint:
                continue
            await self._flush()
            for attended in list(self._attended.values()):
                if not self._services.tasks.active(attended.workspace):
                    self.checkpoint(attended, message=f"Automatic, every {_minutes(wanted.auto_checkpoint_minutes)}")

    async def _save_all(self) -> None:
        await self._flush()
        records = [self.checkpoint(attended, message="Automatic, at stop") for attended in self._attended.values()]
        for record in records:
            await self._services.tasks.wait(record, None)
            if record.state != "done" and record.failure is not None:
                self._services.log.warning("The checkpoint at stop failed: %s", record.failure.message)

    async def _flush(self) -> None:
        for flush in self.before_checkpoint:
            try:
                await flush()
            except Exception as error:  # noqa: BLE001
                self._services.log.warning("Shared documents could not be saved before the checkpoint: %s", error)

    def _recover(self, attended: Attended, last: Session | None) -> None:
        if last is None:
            self.checkpoint(attended, kind="recovered", message="Changed while no server ran")
            return
        # The last server was killed: what is there belongs to its session, and ends it.
        self.checkpoint(attended, kind="recovered", message="Left by the session before", session=last)
        self._tell(replace(attended, session=last), attended.session.start)

    async def _begin_environment(self, state: WorkspaceState) -> None:
        """Let kernels know the project and commit, and see to the environment of the workspace, if there are any."""
        services = self._services
        data = services.configuration.data_directory
        self._let_kernels_know(await services.in_thread(workspace_variables, data, state))
        if (data.root / "environments").is_dir():
            services.tasks.submit(
                "begin-environment",
                "See to the environment",
                {**self.order_for(state), "user": services.owner_of(""), "groups": []},
                project=state.project,
                workspace=state.workspace,
                automatic=True,
            )

    def _let_kernels_know(self, variables: Mapping[str, str]) -> None:
        before = set_variables({"REPRO_COMMIT": None, **variables})
        self._put_back = self._put_back or before

    def _holds_this_server(self, attended: Attended) -> bool:
        root = os.path.realpath(self._services.place.root)
        return os.path.commonpath([os.path.realpath(attended.directory), root]) == os.path.realpath(attended.directory)

    # -- small things --------------------------------------------------------------------------------

    def _here(self) -> WorkspaceState:
        rooms = self._services.rooms
        try:
            return rooms.current_state()
        except NotAWorkspace:
            if not self._services.auto_protect:
                raise
        from jupyter_repro.verbs import init

        init(self._services.place.root, configuration=rooms.configuration)
        self._services.log.info("%s is protected now, as auto_protect says.", self._services.place.root)
        return rooms.current_state()

    def _directory(self, workspace: str) -> Path:
        return self._services.configuration.data_directory.workspace_directory(workspace)

    def _preferences_changed(self, preferences: Preferences) -> None:
        self._loop.call_soon_threadsafe(self._woken.set)

    def _tell(self, attended: Attended, ended: int | None) -> None:
        from jupyter_repro.catalog import SessionRecord, note

        session = attended.session
        note(
            self._services.configuration.data_directory,
            SessionRecord(
                session.id,
                attended.project,
                attended.workspace,
                session.user,
                session.host,
                "server",
                session.start,
                ended,
            ),
        )


def _minutes(number: int) -> str:
    return "minute" if number == 1 else f"{number} minutes"
