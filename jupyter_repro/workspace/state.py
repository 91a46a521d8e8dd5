"""What a workspace knows of itself: the marker in the folder, and the state in the data directory.

The marker names project and workspace and grants nothing; the state is the truth for branch and base
commit, and knows the folder by path, device and inode.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from jupyter_repro.errors import NotAWorkspace, ReproError, WorkspaceBusy
from jupyter_repro.progress import Meter, OnProgress

MARKER_DIRECTORY = ".repro"
_MARKER = "workspace.json"


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """The truth about a workspace.

    ``commit`` is the id of the commit that the folder was last the same as (None before the first);
    ``store`` the URL of the project's store; ``session`` id and start (us) of the session of ``day``.
    """

    workspace: str
    project: str
    store: str
    branch: str
    commit: str | None
    path: str
    device: int
    inode: int
    day: str = ""
    session: str = ""
    session_start: int = 0
    last_full: int = 0


@dataclass(frozen=True, slots=True)
class Marker:
    """The ids in the folder's marker."""

    project: str
    workspace: str


def write_json(path: Path, value: dict[str, object]) -> None:
    """Replace the file ``path`` as a whole, durably: a reader sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    fd = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def read_state(directory: Path) -> WorkspaceState | None:
    """The state kept in a workspace's part of the data directory; None when there is none."""
    try:
        with open(directory / "state.json", encoding="utf-8", errors="surrogateescape") as file:
            return WorkspaceState(**json.load(file))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ReproError(
            f"The state file {directory / 'state.json'} is damaged ({error}). Move it away and run "
            "'jupyter-repro init' again in the workspace: the history is not touched."
        ) from error


def write_state(directory: Path, state: WorkspaceState) -> None:
    """Keep the state."""
    write_json(directory / "state.json", asdict(state))


def with_place(state: WorkspaceState, root: Path) -> WorkspaceState:
    """The state with where the folder is now."""
    st = os.stat(root)
    return replace(state, path=str(root), device=st.st_dev, inode=st.st_ino)


def find_root(directory: Path) -> Path:
    """The nearest workspace at or above ``directory``. Raises ``NotAWorkspace``."""
    start = Path(os.path.abspath(directory))
    for candidate in (start, *start.parents):
        if (candidate / MARKER_DIRECTORY / _MARKER).is_file():
            return candidate
    raise NotAWorkspace(
        f"{start} is not in a workspace. Protect it with 'jupyter-repro init', or go to a directory that is."
    )


def read_marker(root: Path) -> Marker | None:
    """The marker of the folder ``root``; None when there is none that can be read."""
    try:
        value = json.loads((root / MARKER_DIRECTORY / _MARKER).read_text("utf-8"))
        return Marker(str(value["project"]), str(value["workspace"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_marker(root: Path, marker: Marker) -> None:
    """Mark the folder ``root`` as a workspace."""
    folder = root / MARKER_DIRECTORY
    folder.mkdir(exist_ok=True)
    write_json(folder / _MARKER, {"project": marker.project, "workspace": marker.workspace})


def touch_probe(root: Path) -> int:
    """Touch a file in the marker folder; its mtime (ns) is the present by the clock of the folder's files."""
    path = root / MARKER_DIRECTORY / "probe"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError:
        # A folder that cannot be written (a read-only mount) can still be read: nothing in it is trusted as settled.
        return 0
    try:
        os.utime(fd)
        return os.fstat(fd).st_mtime_ns
    finally:
        os.close(fd)


@contextlib.contextmanager
def locked(directory: Path, timeout: float = 600.0, on_progress: OnProgress | None = None) -> Iterator[None]:
    """Hold the workspace of this part of the data directory; a second process waits, and tells that it does.

    ``timeout`` is in seconds. Raises ``WorkspaceBusy`` when it has passed.
    """
    import fcntl

    directory.mkdir(parents=True, exist_ok=True)
    fd = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + timeout
    waiting = Meter("wait", on_progress)
    try:
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WorkspaceBusy(
                        f"Another process has been working in this workspace for {timeout:.0f} s. "
                        "Try again when it is done."
                    ) from None
                waiting.tell()
                time.sleep(0.02)
        yield
    finally:
        os.close(fd)
