"""A place of its own for each example of a property: a data directory and folders, on a memory disk if there is one.

Hypothesis runs hundreds of examples, and every checkpoint waits for the disk several times. Whether the bytes
are durable is asked in tests/faults, on the real disk; here memory will do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro import verbs
from jupyter_repro.verbs import Opened

MEMORY_DISK = Path("/dev/shm")
_VARIABLES = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_NO_CONFIG")


@dataclass(frozen=True)
class Scratch:
    """``base`` holds everything, ``data`` is the Jupyter data directory in it, ``work`` an empty folder."""

    base: Path
    data: Path
    work: Path

    def folder(self, name: str) -> Path:
        """A folder that does not exist yet."""
        return self.base / name

    def environment(self) -> dict[str, str]:
        """The environment of a process that is to see the same data directory."""
        return {**os.environ, "JUPYTER_DATA_DIR": str(self.data), "JUPYTER_NO_CONFIG": "1"}


@contextlib.contextmanager
def scratch(on: Path | None = None) -> Iterator[Scratch]:
    """A fresh place, gone at the end; ``on`` names the folder to make it in."""
    usable = MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK)
    base = Path(tempfile.mkdtemp(prefix="repro-test-", dir=on or (MEMORY_DISK if usable else None)))
    before = {name: os.environ.get(name) for name in _VARIABLES}
    place = Scratch(base, base / "jupyter-data", base / "work")
    place.data.mkdir()
    place.work.mkdir()
    os.environ["JUPYTER_DATA_DIR"] = str(place.data)
    os.environ["JUPYTER_CONFIG_DIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = str(base / "jupyter-other")
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    try:
        yield place
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        remove(base)


@contextlib.contextmanager
def workspace(on: Path | None = None) -> Iterator[tuple[Scratch, Opened]]:
    """A fresh place whose folder ``work`` is a workspace, opened."""
    with scratch(on) as place:
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as opened:
            yield place, opened


def remove(path: Path | bytes) -> None:
    """Remove a tree, however deep and whatever its modes."""
    # The library's own way goes as deep as the interpreter's stack, and stops at a directory it may not read.
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(path)
    if os.path.lexists(path):
        subprocess.run(["chmod", "-R", "u+rwx", os.fsencode(path)], check=False)
        subprocess.run(["rm", "-rf", os.fsencode(path)], check=True)
