"""The kernels that an installed environment has inside: that of its Python, and those that its packages brought.

A package that brings a kernel, as irkernel or bash_kernel, puts a specification into ``share/jupyter/kernels``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.installed import image_of


@dataclass(frozen=True, slots=True)
class BroughtKernel:
    """A kernel that a package brought: the name of its folder, the folder, and its specification as it stands there."""

    name: str
    place: Path
    said: Mapping[str, object]

    @property
    def title(self) -> str:
        """How people call it."""
        return str(self.said.get("display_name") or self.name)

    def command(self, prefix: Path) -> list[str]:
        """Its command line, with programs of the environment and its own folder by their whole paths."""
        argv = self.said["argv"]
        assert isinstance(argv, list)
        words = [str(word).replace("{resource_dir}", str(self.place)) for word in argv]
        program = prefix / "bin" / words[0]
        return [str(program) if os.sep not in words[0] and program.is_file() else words[0], *words[1:]]


def brought_kernels(interpreter: str) -> list[BroughtKernel]:
    """The kernels that packages brought into the environment of ``interpreter``, but for that of its own Python.

    Of an image they are not known.
    """
    if image_of(interpreter):
        return []
    found = []
    for place in sorted(Path(interpreter).parents[1].glob("share/jupyter/kernels/*")):
        try:
            said = json.loads((place / "kernel.json").read_text("utf-8"))
            argv = said["argv"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(argv, list) and argv and not {"ipykernel", "ipykernel_launcher"} & set(map(str, argv)):
            found.append(BroughtKernel(place.name, place, said))
    return found


def has_ipykernel(interpreter: str) -> bool:
    """Whether the Python of the environment can run a kernel. Of an image that is known when one starts."""
    if image_of(interpreter):
        return True
    prefix = Path(interpreter).parents[1]
    if any(prefix.glob("lib/python*/*-packages/ipykernel")) or any(prefix.glob("conda-meta/ipykernel-*.json")):
        return True
    if (prefix / "conda-meta").is_dir():
        return False
    # The packages of a system or a user lie elsewhere, and only the interpreter knows where.
    program = "import importlib.util, sys; sys.exit(importlib.util.find_spec('ipykernel') is None)"
    try:
        return subprocess.run([interpreter, "-c", program], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def copy_pictures(kernel: BroughtKernel, place: Path) -> None:
    """The pictures by which the launcher shows a kernel."""
    for picture in kernel.place.glob("logo-*.*"):
        if picture.is_file():
            shutil.copyfile(picture, place / picture.name)
