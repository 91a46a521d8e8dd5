"""The provisioner: how jupyter_client starts, signals and ends a kernel that is a container.

Server and kernel speak over sockets in a folder that both see and that only the user may enter: no port is chosen, so
none can be taken, and a kernel without any network works as well. Where a container cannot share sockets with the
server (Docker Desktop), ports are published on loopback instead, which the engine itself chooses.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager, IOLoopKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Enum, Float, Integer, Unicode, default

from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.environments.container_fields import NETWORKS
from jupyter_repro.environments.containers import running
from jupyter_repro.environments.containers.plans import (
    FOLDER,
    PORTS,
    Folders,
    Plan,
    make_folders,
    mounted_root,
    with_scripts,
)
from jupyter_repro.environments.containers.telling import Teller
from jupyter_repro.environments.engines.docker.client import engine_client
from jupyter_repro.environments.engines.docker.images import owner_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.provisioner import told_where
from jupyter_repro.errors import BuildFailed, MissingTool, NotPossible, ReproError

T = TypeVar("T")

_NOT_PASSED_ON = frozenset({"JPY_PARENT_PID", "PATH", "HOME", "USER", "LOGNAME", "PYTHONPATH", "VIRTUAL_ENV"})
_POLL_SECONDS = 0.1


class ContainerProvisioner(KernelProvisionerBase):
    """Runs a kernel in a container. What differs from kernel to kernel stands in its kernel specification."""

    image = Unicode("", help="The image, by its id.")
    root = Unicode("", help="The folder of environments, in the data directory.")
    definition = Unicode("", help="The id of the definition, for its scripts.")
    network = Enum(list(NETWORKS), "bridge", config=True, help="The network of kernels: none, bridge or host.")
    cpus = Float(0.0, config=True, help="The most processors a kernel gets; 0 is no limit.")
    memory = Integer(0, config=True, help="The most bytes of memory a kernel gets; 0 is no limit.")
    transport = Enum(
        ["ipc", "tcp"],
        config=True,
        help="How server and kernel speak: over sockets in a shared folder (ipc), or over ports of loopback (tcp).",
    )

    _running: running.Running | None = None
    _folders: Folders | None = None
    _ports: dict[str, int] | None = None
    _ended: running.Ended | None = None
    _started: bool = False
    _failed: bool = False

    @default("transport")
    def _default_transport(self) -> str:
        return "ipc" if sys.platform == "linux" and not os.environ.get("DOCKER_HOST", "").startswith("tcp") else "tcp"

    @property
    def has_process(self) -> bool:
        """Whether there is a container that was not waited for, or should be one."""
        return self._running is not None or self._failed

    async def pre_launch(self, **kwargs: object) -> dict[str, object]:
        """Prepare the command as it is inside, and the variables of the workspace."""
        extra = kwargs.pop("extra_arguments", None)
        more = [str(one) for one in extra] if isinstance(extra, list) else []
        inside = f"{FOLDER}/connection.json"
        command = [one.replace("{connection_file}", inside) for one in self.kernel_spec.argv]
        prepared = dict(await super().pre_launch(cmd=[*command, *more], **kwargs))
        return await told_where(prepared, DataDirectory(Path(self.root).parent), self.log)

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> KernelConnectionInfo:
        """Start the container. Raises an error of ours, whose message is for the user.

        A server that looks after its kernels hears of one that does not start *again* as of any kernel that died: it
        tries again and then calls it dead. An error would leave it "restarting" for ever.
        """
        env, cwd = kwargs.get("env"), kwargs.get("cwd")
        variables = self._own_variables(env if isinstance(env, dict) else {})
        directory = os.path.realpath(str(cwd or os.getcwd()))
        self._ended, self._failed = None, False
        try:
            self._running, self.connection_info = await asyncio.to_thread(self._start, cmd, variables, directory)
        except ReproError as error:
            if not self._started:
                await self.cleanup()
                raise
            self._teller.not_again(error)
            if not self._is_looked_after():
                await self.cleanup()
                raise
            self._failed = True
            await self._remove_folders()
        except BaseException:
            await self.cleanup()
            raise
        self._started = True
        return self.connection_info

    async def poll(self) -> int | None:
        """The exit code; None while the kernel runs."""
        if self._running is None:
            return int(self._failed)
        if self._running.seen():
            return None
        if self._ended is None:
            try:
                self._ended = await self._ask(running.ended)
            except (BuildFailed, MissingTool):
                # Nothing lives without its engine, unless the engine was told so, and then it can be seen.
                self._ended = running.Ended(1, False, "", no_engine=True)
            if self._ended is not None:
                self._teller.ended(self._ended, self.memory)
        return self._ended.code if self._ended is not None else None

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(_POLL_SECONDS)
        await self._remove()
        self._failed = False
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel; 0 asks nothing of it."""
        if not signum or self._running is None or self._ended is not None:
            return
        try:
            await self._ask(lambda client, container: running.signal(client, container, signum))
        except (BuildFailed, MissingTool):
            # A kernel may outlive its engine. It is a process of the user's own, so it need not wait for the engine.
            if not self._running.signal(signum):
                self.log.warning("The kernel %s could not be signalled: its engine does not answer.", self.kernel_id)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await self.send_signal(9)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(15)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the container and, unless a new one follows, its folders."""
        await self._remove()
        self._failed = False
        if not restart:
            await self._remove_folders()
            self._folders, self._ports = None, None

    async def get_provisioner_info(self) -> dict[str, object]:
        """What it takes to find the container again, and how the last one ended."""
        info = dict(await super().get_provisioner_info())
        if self._running is not None:
            one = self._running
            info["container"] = {"id": one.container, "pid": one.pid, "began": one.began, "ports": one.ports}
        if self._folders is not None:
            info["folders"] = [str(self._folders.base), str(self._folders.home), str(self._folders.run)]
        if self._ended is not None:
            info["ended"] = {"code": self._ended.code, "out_of_memory": self._ended.out_of_memory}
        return info

    async def load_provisioner_info(self, provisioner_info: dict[str, object]) -> None:
        """Take a container over from another process."""
        await super().load_provisioner_info(provisioner_info)
        one, folders = provisioner_info.get("container"), provisioner_info.get("folders")
        if isinstance(one, dict):
            self._running = running.Running(one["id"], one["pid"], one["began"], one["ports"])
        if isinstance(folders, list):
            self._folders = Folders(*(Path(folder) for folder in folders))

    def _start(
        self, command: Sequence[str], variables: dict[str, str], directory: str
    ) -> tuple[running.Running, KernelConnectionInfo]:
        if self.transport == "tcp" and self.network != "bridge":
            raise NotPossible(
                f"A kernel with the network {self.network} publishes no ports. Set ContainerProvisioner.transport to "
                "ipc, or choose the network bridge."
            )
        root = mounted_root(directory)
        places = Places(Path(self.root))
        folders = self._folders = self._folders or make_folders(places.root)
        folders.make()
        for name in os.listdir(folders.run):
            (folders.run / name).unlink()  # sockets of one that was killed
        assert self.parent is not None
        key = self.parent.session.key.decode("ascii")
        scheme = str(self.parent.session.signature_scheme)
        inside: dict[str, int | str | bytes] = {"key": key, "signature_scheme": scheme, "transport": self.transport}
        ports: dict[str, int] = {}
        if self.transport == "ipc":
            inside |= {"ip": f"{FOLDER}/k", **{name: number for number, name in enumerate(PORTS, 1)}}
        else:
            inside |= {"ip": "0.0.0.0", **PORTS}
            ports = self._ports or dict.fromkeys(PORTS, 0)
        (folders.run / "connection.json").write_text(json.dumps(inside), "ascii")
        (folders.run / "connection.json").chmod(0o600)
        owner = owner_of(places)
        plan = Plan(
            image=self.image,
            command=with_scripts(command, self._scripts(places), folders),
            environment=variables,
            root=root,
            directory=directory,
            folders=folders,
            owner=owner,
            kernel=self.kernel_id,
            network=self.network,
            cpus=self.cpus,
            memory=self.memory,
            ports=ports,
        )
        with engine_client() as client:
            running.remove_orphans(client, owner)
            started = running.start(client, plan)
        self._ports = started.ports or None
        outside: dict[str, int | str | bytes] = {
            **inside,
            "key": key.encode(),
            "ip": f"{folders.run}/k" if self.transport == "ipc" else "127.0.0.1",
            **started.ports,
        }
        return started, cast("KernelConnectionInfo", outside)

    def _scripts(self, places: Places) -> list[str]:
        if not self.definition:
            return []
        from jupyter_repro.environments.definitions import read_definition
        from jupyter_repro.environments.layers import scripts_of

        return scripts_of(read_definition(places.get(self.definition)), "pre-run")

    @property
    def _teller(self) -> Teller:
        return Teller(self.parent, self.log, self.kernel_id, self.kernel_spec.display_name)

    def _is_looked_after(self) -> bool:
        managers = (IOLoopKernelManager, AsyncIOLoopKernelManager)
        return isinstance(self.parent, managers) and bool(self.parent.autorestart)

    async def _remove_folders(self) -> None:
        if self._folders is not None:
            await asyncio.to_thread(self._folders.remove)

    def _own_variables(self, env: dict[str, str]) -> dict[str, str]:
        """Those of the kernel itself: the server's own variables are nobody's business inside."""
        named = set(self.kernel_spec.env)
        return {
            name: str(value)
            for name, value in env.items()
            if (name in named or os.environ.get(name) != value or name.startswith("REPRO_"))
            and name not in _NOT_PASSED_ON
        }

    async def _ask(self, question: Callable[..., T]) -> T:
        """Ask the engine about the container, in a thread."""
        assert self._running is not None
        container = self._running.container

        def ask() -> T:
            with engine_client() as client:
                return question(client, container)

        return await asyncio.to_thread(ask)

    async def _remove(self) -> None:
        if self._running is not None:
            try:
                await self._ask(running.remove)
            except (BuildFailed, MissingTool) as error:
                running.leave(self._running.container)
                self.log.warning("The container of kernel %s was left: %s", self.kernel_id, error)
            self._running = None
