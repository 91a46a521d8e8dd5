"""A container of a kernel and the engine: made, started, asked how it ended, and removed."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_repro.environments.containers.plans import FOLDER, HOME, PLACE, PORTS, Plan, remove_place, user_variables
from jupyter_repro.environments.containers.processes import began, is_over
from jupyter_repro.environments.engines.docker.images import OWNER, PROCESS
from jupyter_repro.errors import EnvironmentNotReady

if TYPE_CHECKING:
    from docker import APIClient

_SHARED_MEMORY = 1024**3
_LAST_LINES = 20


@dataclass(frozen=True, slots=True)
class Running:
    """A container that was started: its id, the process of the kernel as this machine numbers it (0 when it does
    not) with its beginning, and the ports outside by their names."""

    container: str
    pid: int
    began: str
    ports: dict[str, int]

    def seen(self) -> bool:
        """Whether its process can be seen to live; False says nothing."""
        return bool(self.pid and self.began and began(self.pid) == self.began)

    def signal(self, number: int) -> bool:
        """Send its process a signal without the engine; False when that cannot be done."""
        if not self.seen():
            return False
        try:
            os.kill(self.pid, number)
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ended:
    """How a container ended: the exit code, whether it wanted more memory than it may have, and what it said last.

    ``no_engine``: nobody can tell, because the engine has gone.
    """

    code: int
    out_of_memory: bool
    said: str
    no_engine: bool = False


def start(client: APIClient, plan: Plan) -> Running:
    """Make a container and start it. Raises ``EnvironmentNotReady`` when the image is gone."""
    from docker.errors import APIError, ImageNotFound

    try:
        container = _create(client, plan)
    except ImageNotFound:
        raise EnvironmentNotReady(
            "The image of this kernel is not in the engine of Docker any more: 'jupyter-repro env use' brings it back."
        ) from None
    try:
        with contextlib.suppress(APIError):
            _name_the_user(client, container)
        client.start(container)
        about = client.inspect_container(container)
        pid = int(about["State"]["Pid"] or 0)
        published = about["NetworkSettings"]["Ports"] or {}
        ports = {name: int(published[f"{inside}/tcp"][0]["HostPort"]) for name, inside in PORTS.items() if plan.ports}
        return Running(container, pid, began(pid) if pid else "", ports)
    except BaseException:
        remove(client, container)
        raise


def ended(client: APIClient, container: str) -> Ended | None:
    """How a container ended; None while it runs."""
    from docker.errors import NotFound

    try:
        state = client.inspect_container(container)["State"]
        if state["Status"] in ("running", "created", "restarting", "paused"):
            return None
        said = client.logs(container, tail=_LAST_LINES).decode("utf-8", "replace").strip()
        return Ended(int(state["ExitCode"]), bool(state["OOMKilled"]), said)
    except NotFound:
        return Ended(1, False, "")


def signal(client: APIClient, container: str, number: int) -> None:
    """Send a signal to the kernel; nothing happens when it has ended."""
    from docker.errors import APIError

    with contextlib.suppress(APIError):
        client.kill(container, number)


def remove(client: APIClient, container: str) -> None:
    """Remove a container, running or not."""
    from docker.errors import APIError

    with contextlib.suppress(APIError):
        client.remove_container(container, force=True, v=True)


_left: set[str] = set()
"""Containers of kernels of this process that could not be removed when they ended: their engine was away."""


def leave(container: str) -> None:
    """Let the next kernel that starts remove this container."""
    _left.add(container)


def remove_orphans(client: APIClient, owner: str) -> int:
    """Remove the containers of this data directory whose server has ended without doing so; returns how many. And those
    that this process left."""
    removed = 0
    while _left:
        remove(client, _left.pop())
    for one in client.containers(all=True, filters={"label": [f"{OWNER}={owner}"]}):
        labels = one.get("Labels") or {}
        if is_over(str(labels.get(PROCESS, ""))):
            remove(client, str(one["Id"]))
            for place in str(labels.get(PLACE, "")).splitlines():
                remove_place(place)
            removed += 1
    return removed


def _create(client: APIClient, plan: Plan) -> str:
    ports = {f"{inside}/tcp": ("127.0.0.1", plan.ports[name] or None) for name, inside in PORTS.items() if plan.ports}
    limits = {
        **({"nano_cpus": int(plan.cpus * 1e9)} if plan.cpus else {}),
        # As much swap as memory is none.
        **({"mem_limit": plan.memory, "memswap_limit": plan.memory} if plan.memory else {}),
    }
    host = client.create_host_config(
        mounts=[_bind(str(plan.folders.home), HOME), _bind(str(plan.folders.run), FOLDER), _bind(plan.root, plan.root)],
        network_mode=plan.network,
        port_bindings=ports or None,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        shm_size=min(_SHARED_MEMORY, plan.memory) if plan.memory else _SHARED_MEMORY,
        group_add=[str(group) for group in os.getgroups()],
        **limits,
    )
    made = client.create_container(
        plan.image,
        entrypoint=list(plan.command[:1]),
        command=list(plan.command[1:]),
        user=f"{os.getuid()}:{os.getgid()}",
        environment={**user_variables(), **plan.environment},
        working_dir=plan.directory,
        labels=plan.labels,
        ports=[(inside, "tcp") for inside in PORTS.values()] if ports else None,
        host_config=host,
    )
    return str(made["Id"])


def _bind(outside: str, inside: str) -> dict[str, object]:
    """A mount in the form that takes any character in a path."""
    return {"Type": "bind", "Source": outside, "Target": inside, "ReadOnly": False}


def _name_the_user(client: APIClient, container: str) -> None:
    """Let the user have a name inside, where an image knows only its own."""
    uid = os.getuid()
    stream, _ = client.get_archive(container, "/etc/passwd")
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        inner = tar.extractfile("passwd")
        text = inner.read() if inner is not None else b""
    if any(line.split(b":")[2:3] == [str(uid).encode()] for line in text.splitlines()):
        return
    name = user_variables()["USER"]
    text = text.rstrip(b"\n") + f"\n{name}:x:{uid}:{os.getgid()}::{HOME}:/bin/sh\n".encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo("passwd")
        entry.size, entry.mode = len(text), 0o644
        tar.addfile(entry, io.BytesIO(text))
    client.put_archive(container, "/etc", out.getvalue())
