"""What a container of a kernel is made with, decided without asking the engine."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_repro.environments.containers.processes import this_process
from jupyter_repro.environments.engines.docker.images import OWNER, PROCESS, PURPOSE
from jupyter_repro.errors import NotPossible

FOLDER = "/run/jupyter-repro"
"""Where the folder of connection file, sockets and scripts is inside."""

HOME = "/home/jupyter-repro"
"""The home inside: empty at first, writable, and thrown away with the container."""

KERNEL = "jupyter-repro.kernel"
PLACE = "jupyter-repro.place"
"""Labels: the kernel's id, and the folder outside that goes when the container does."""

PORTS = {"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005}
"""The ports inside, where ports are used at all."""

_LONGEST_SOCKET = 100  # the system's limit is 107 bytes
_SYSTEM = ("/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var")
_PLACES = "repro-kernel-"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders outside of one kernel: ``base`` goes with it, ``home`` and ``run`` are mounted."""

    base: Path
    home: Path
    run: Path

    def make(self) -> None:
        """Make them again where they are gone, under the names that clients of the kernel know."""
        if not self.base.is_dir():
            for folder in dict.fromkeys((self.base, self.home, self.run)):
                folder.mkdir(mode=0o700, parents=True)

    def remove(self) -> None:
        """Remove all of them."""
        remove_place(str(self.base))
        remove_place(str(self.run))


@dataclass(frozen=True, slots=True)
class Plan:
    """A container to be made. ``ports`` are those outside that are wished for, by their names; 0 for any."""

    image: str
    command: Sequence[str]
    environment: Mapping[str, str]
    root: str
    directory: str
    folders: Folders
    owner: str
    kernel: str
    network: str = "bridge"
    cpus: float = 0.0
    memory: int = 0
    ports: Mapping[str, int] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """What tells whose it is when its server is gone."""
        return {
            OWNER: self.owner,
            PURPOSE: "kernel",
            PROCESS: this_process(),
            KERNEL: self.kernel,
            PLACE: f"{self.folders.base}\n{self.folders.run}",
        }


def make_folders(root: Path) -> Folders:
    """Folders for a kernel below ``root``; that of the sockets elsewhere when their paths would be too long."""
    base = root / "docker" / "kernels" / f"{_PLACES}{secrets.token_hex(6)}"
    home, run = base / "home", base / "run"
    home.mkdir(mode=0o700, parents=True)
    if len(os.fsencode(run)) + 4 > _LONGEST_SOCKET:
        run = Path(tempfile.mkdtemp(prefix=_PLACES))
    else:
        run.mkdir(mode=0o700)
    return Folders(base, home, run)


def remove_place(place: str) -> None:
    """Remove a folder of a kernel that is no more; anything else is left alone."""
    if os.path.isabs(place) and any(part.startswith(_PLACES) for part in Path(place).parts[-2:]):
        shutil.rmtree(place, ignore_errors=True)


def mounted_root(directory: str) -> str:
    """What is mounted for a kernel that starts in ``directory``: its workspace, else the directory itself.

    Raises ``NotPossible`` for a part of the system, which must not hide that of the image.
    """
    from jupyter_repro.errors import ReproError
    from jupyter_repro.workspace.state import find_root

    resolved = os.path.realpath(directory)
    try:
        root = os.path.realpath(find_root(Path(resolved)))
    except ReproError:
        root = resolved
    if root in _SYSTEM or any(root.startswith(f"{place}/") for place in ("/dev", "/proc", "/sys", "/run", "/etc")):
        raise NotPossible(
            f"The folder {root} belongs to the system, so it cannot be mounted into a container. Start the notebook in "
            "a workspace."
        )
    return root


def user_variables() -> dict[str, str]:
    """Who the user is, for programs that ask."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "user"
    return {"HOME": HOME, "USER": name, "LOGNAME": name}


def with_scripts(command: Sequence[str], scripts: Sequence[str], folders: Folders) -> list[str]:
    """The command that runs the scripts pre-run and then becomes ``command``; none when there are no scripts."""
    if not scripts:
        return list(command)
    lines = []
    for number, text in enumerate(scripts, 1):
        name = f"pre-run-{number}"
        (folders.run / name).write_text(text, "utf-8")
        (folders.run / name).chmod(0o500)
        program = "" if text.startswith("#!") else "/bin/sh -e "
        lines.append(f"{program}{FOLDER}/{name} >&2 || {{ echo 'The script pre-run failed.' >&2; exit 1; }}")
    return ["/bin/sh", "-c", "\n".join([*lines, 'exec "$@"']), "sh", *command]
