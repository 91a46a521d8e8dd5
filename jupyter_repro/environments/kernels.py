"""Kernel specifications: how a chosen environment appears in the launcher and in the kernel menu."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_repro.environments.choices import Chosen
from jupyter_repro.environments.engines.activation import activation_of
from jupyter_repro.environments.installed import image_of

PREFIX = "repro-"
"""How the names of our kernels begin."""


_AGAIN = re.compile(r"/[0-9a-f]{24}(-\d+)/bin/")
"""In the path of an interpreter: its lock was installed before, and that installation was changed by hand."""


def kernel_name(chosen: Chosen) -> str:
    """The directory name of the kernel of a revision."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", chosen.name.lower()).strip("-.") or "environment"
    again = _AGAIN.search(chosen.interpreter)
    return f"{PREFIX}{plain}-r{chosen.number}-{chosen.lock[:8]}{again[1] if again else ''}"


def register_kernel(
    kernels: Path,
    chosen: Chosen,
    variables: dict[str, str],
    launcher: Sequence[str] = (),
    provisioner: Mapping[str, object] | None = None,
) -> str:
    """Let the kernel of a revision appear under the name "<environment> r<number>"; returns its directory's name.

    ``kernels`` is a folder in which Jupyter looks for kernels; ``variables`` are set for every kernel; ``launcher`` is
    a command that does something first and then becomes the kernel; ``provisioner`` what runs it when that is not this
    machine itself, in which case its Python is the one that is found there. The programs of the environment are first
    on the path of its kernels, so that ``!pip`` and ``!python`` are those of the notebook.
    """
    name = kernel_name(chosen)
    place = kernels / name
    place.mkdir(parents=True, exist_ok=True)
    python = "python3" if provisioner else chosen.interpreter
    said = {
        "argv": [*launcher, python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": chosen.label,
        "language": "python",
        "env": {**_verbatim(variables), **({} if provisioner else _activated(chosen.interpreter))},
        "metadata": {
            "debugger": True,
            **({"kernel_provisioner": provisioner} if provisioner else {}),
            "repro": {
                "environment": chosen.environment,
                "revision": chosen.number,
                "lock": chosen.lock,
                "interpreter": chosen.interpreter,
            },
        },
    }
    fresh = place / ".kernel.json.new"
    fresh.write_text(json.dumps(said, indent=1), "utf-8")
    fresh.replace(place / "kernel.json")
    return name


def _verbatim(variables: Mapping[str, str]) -> dict[str, str]:
    # Jupyter replaces $NAME in the variables of a kernel.
    return {name: value.replace("$", "$$") for name, value in variables.items()}


def _activated(interpreter: str) -> dict[str, str]:
    folder = os.path.dirname(interpreter)
    prefix = os.path.dirname(folder)
    activated = {**_verbatim(activation_of(interpreter)), "PATH": f"{folder.replace('$', '$$')}{os.pathsep}${{PATH}}"}
    if os.path.exists(os.path.join(prefix, "pyvenv.cfg")):
        activated["VIRTUAL_ENV"] = prefix.replace("$", "$$")
    return activated


def has_kernel(interpreter: str) -> bool:
    """Whether the environment of ``interpreter`` can run a kernel: those that uv makes always can, those of conda only
    with ipykernel, and of images it is known when one starts."""
    if image_of(interpreter):
        return True
    prefix = Path(interpreter).parents[1]
    if not (prefix / "conda-meta").is_dir():
        return True
    return any(prefix.glob("conda-meta/ipykernel-*.json")) or any(prefix.glob("lib/python*/site-packages/ipykernel"))


def remove_dead_kernels(kernels: Path) -> int:
    """Take away the kernels of ours whose interpreter is gone; returns how many."""
    removed = 0
    for place in sorted(kernels.glob(f"{PREFIX}*")):
        try:
            said = json.loads((place / "kernel.json").read_text("utf-8"))
            ours = said["metadata"].get("repro")
            interpreter = str((ours or {}).get("interpreter") or said["argv"][0])
            dead = ours is not None and not image_of(interpreter) and not Path(interpreter).exists()
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            continue
        if dead:
            shutil.rmtree(place, ignore_errors=True)
            removed += 1
    return removed
