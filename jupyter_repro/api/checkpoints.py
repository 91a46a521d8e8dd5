"""Lab's own "Save and create checkpoint" and "Revert to checkpoint", kept in the store.

Opt in with one line of ``jupyter_server_config.py``:

    c.AsyncContentsManager.checkpoints_class = "jupyter_repro.api.checkpoints.ReproCheckpoints"
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from jupyter_server.services.contents.checkpoints import AsyncCheckpoints
from jupyter_server.services.contents.filecheckpoints import AsyncFileCheckpoints
from jupyter_server.services.contents.filemanager import AsyncFileContentsManager
from tornado.web import HTTPError
from traitlets import TraitError

from jupyter_repro.errors import NotAWorkspace, ReproError

if TYPE_CHECKING:
    from jupyter_repro.api.services import Services
    from jupyter_repro.history import Commit
    from jupyter_repro.verbs import Opened
    from jupyter_repro.workspace import WorkspaceState

LISTED = 20
"""So many versions of a file are listed; the history in the sidebar has them all."""

Model = dict[str, object]
Value = TypeVar("Value")

# A save must not wait behind a list that somebody scrolls, nor make it wait.
_pool = ThreadPoolExecutor(2, thread_name_prefix="jupyter-repro-checkpoints")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A file of a workspace: the workspace's state, and the file's path in it."""

    state: WorkspaceState
    path: str


class _Files(Protocol):
    """What is used of the server's file checkpoints, which have no types."""

    checkpoint_dir: str

    async def create_checkpoint(self, contents_mgr: AsyncFileContentsManager, path: str) -> Model: ...

    async def list_checkpoints(self, path: str) -> list[Model]: ...

    async def restore_checkpoint(
        self, contents_mgr: AsyncFileContentsManager, checkpoint_id: str, path: str
    ) -> None: ...

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None: ...

    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None: ...

    async def delete_all_checkpoints(self, path: str) -> None: ...

    async def rename_all_checkpoints(self, old_path: str, new_path: str) -> None: ...


class ReproCheckpoints(AsyncCheckpoints):
    """Keeps every version that Lab checkpoints, as a commit with that one file changed.

    Nothing is lost when a file is renamed or deleted. Outside of a workspace, and for ignored files, these
    are the file checkpoints of the server.
    """

    def __init__(self, **kwargs: object) -> None:
        parent = kwargs.get("parent")
        if not isinstance(parent, AsyncFileContentsManager):
            raise TraitError(
                "ReproCheckpoints needs an asynchronous contents manager of files: set "
                "ServerApp.contents_manager_class to AsyncLargeFileManager, or leave it as it is by default."
            )
        super().__init__(**kwargs)
        self._manager = parent
        self._files = cast("_Files", AsyncFileCheckpoints(**kwargs))

    @property
    def checkpoint_dir(self) -> str:
        """Where file checkpoints are: the contents manager deletes a directory that holds nothing else."""
        return self._files.checkpoint_dir

    async def create_checkpoint(self, contents_mgr: AsyncFileContentsManager, path: str) -> Model:
        """Keep the file as it is; the newest version is returned when the bytes are the same."""
        spot = await self._spot(path)
        if spot is None:
            return await self._files.create_checkpoint(contents_mgr, path)
        from jupyter_repro.verbs.keep import keep

        self._services().lifecycle.attend(spot.state)
        name = os.path.basename(spot.path)
        kept = await self._in_workspace(spot, lambda opened: keep(opened, spot.path, f"Saved {name}"))
        return _model(kept.commit)

    async def list_checkpoints(self, path: str) -> list[Model]:
        """The newest versions of the file, the oldest of them first, as Lab wants them."""
        spot = await self._spot(path)
        if spot is None:
            return await self._files.list_checkpoints(path)
        from jupyter_repro.verbs.keep import versions

        found = await self._in_workspace(spot, lambda opened: versions(opened, spot.path, LISTED))
        return [_model(commit) for commit in reversed(found)]

    async def restore_checkpoint(self, contents_mgr: AsyncFileContentsManager, checkpoint_id: str, path: str) -> None:
        """Put the file back as it was then; what it is now is saved first."""
        spot = await self._spot(path)
        if spot is None:
            await self._files.restore_checkpoint(contents_mgr, checkpoint_id, path)
            return
        services = self._services()

        commit = await self._in_workspace(spot, lambda opened: opened.resolve(checkpoint_id).id)
        services.lifecycle.attend(spot.state)
        record = services.tasks.submit(
            "restore",
            f"Restore {spot.path} of {commit[:8]}",
            {**services.lifecycle.order_for(spot.state), "commit": commit, "paths": [spot.path]},
            project=spot.state.project,
            workspace=spot.state.workspace,
        )
        await services.tasks.wait(record, None)
        if record.failure is not None:
            raise HTTPError(record.failure.status, record.failure.message)

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Nothing of the store is removed: the contents manager asks this for every file that is deleted."""
        if await self._spot(path) is None:
            await self._files.delete_checkpoint(checkpoint_id, path)

    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None:
        """Nothing of the store is renamed: the old path keeps its history."""
        if await self._spot(old_path) is None:
            await self._files.rename_checkpoint(checkpoint_id, old_path, new_path)

    async def delete_all_checkpoints(self, path: str) -> None:
        """See ``delete_checkpoint``."""
        if await self._spot(path) is None:
            await self._files.delete_all_checkpoints(path)

    async def rename_all_checkpoints(self, old_path: str, new_path: str) -> None:
        """See ``rename_checkpoint``."""
        if await self._spot(old_path) is None:
            await self._files.rename_all_checkpoints(old_path, new_path)

    # -- where a file belongs ------------------------------------------------------------------------

    def _services(self) -> Services:
        server = self._manager.parent
        extension = None if server is None else server.web_app.settings.get("jupyter_repro")
        if extension is None:
            raise HTTPError(
                500, "ReproCheckpoints needs the server extension: run 'jupyter server extension enable jupyter_repro'."
            )
        return cast("Services", extension.services)

    async def _spot(self, path: str) -> _Spot | None:
        """The workspace that keeps the file; None when it is in none, ignored, or behind a link."""
        services = self._services()
        full = str(self._manager._get_os_path(path.strip("/")))  # type: ignore[no-untyped-call]
        return await self._run(lambda: _find(services, full))

    async def _in_workspace(self, spot: _Spot, function: Callable[[Opened], Value]) -> Value:
        services = self._services()

        def work() -> Value:
            with services.rooms.workspace(spot.state.workspace) as room:
                return function(room.opened)

        return await self._run(work)

    @staticmethod
    async def _run(function: Callable[[], Value]) -> Value:
        try:
            return await asyncio.get_running_loop().run_in_executor(_pool, function)
        except ReproError as error:
            raise HTTPError(error.status, str(error)) from error


def _find(services: Services, full: str) -> _Spot | None:
    from jupyter_repro.verbs.keep import is_ignored

    # The last name may be a link or gone (a file is asked about when it has just been deleted).
    above = os.path.realpath(os.path.dirname(full))
    try:
        state = services.rooms.state_at(above)
    except (NotAWorkspace, FileNotFoundError):
        return None
    path = os.path.relpath(os.path.join(above, os.path.basename(full)), os.path.realpath(state.path))
    if path.startswith(os.pardir) or os.path.islink(full):
        return None
    spot = _Spot(state, path.replace(os.sep, "/"))
    with services.rooms.workspace(state.workspace) as room:
        return None if is_ignored(room.opened, spot.path) else spot


def _model(commit: Commit) -> Model:
    return {"id": commit.id, "last_modified": datetime.fromtimestamp(commit.time / 1_000_000, timezone.utc)}
