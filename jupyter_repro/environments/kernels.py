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
from jupyter_repro.environments.kernels_inside import brought_kernels, copy_pictures, has_ipykernel

PREFIX = "repro-"
"""How the names of our kernels begin."""


_AGAIN = re.compile(r"/[0-9a-f]{24}(-\d+)/bin/")
"""In the path of an interpreter: its lock was installed before, and that installation was changed by hand."""


def kernel_name(chosen: Chosen, brought: str = "") -> str:
    """The directory name of the kernel of a revision: of its Python, or of the one that a package ``brought``."""
    again = _AGAIN.search(chosen.interpreter)
    name = f"{PREFIX}{_plain(chosen.name)}-r{chosen.number}-{chosen.lock[:8]}{again[1] if again else ''}"
    return f"{name}.{_plain(brought)}" if brought else name


def kernel_names(chosen: Chosen) -> list[str]:
    """The directory names of all kernels of a revision, that of its Python first; none when there is none in it."""
    own = [kernel_name(chosen)] if has_ipykernel(chosen.interpreter) else []
    return own + [kernel_name(chosen, one.name) for one in brought_kernels(chosen.interpreter)]


def register_kernels(
    kernels: Path,
    chosen: Chosen,
    variables: dict[str, str],
    launcher: Sequence[str] = (),
    provisioner: Mapping[str, object] | None = None,
) -> list[str]:
    """Let the kernels of a revision appear: that of its Python as "<environment> r<number>", one that a package brought
    as "<environment> r<number> (R)"; returns their directories' names.

    ``kernels`` is a folder in which Jupyter looks for kernels; ``variables`` are set for every kernel; ``launcher`` is
    a command that does something first and then becomes the kernel; ``provisioner`` what runs it when that is not this
    machine itself, in which case its Python is the one that is found there. The programs of the environment are first
    on the path of its kernels, so that ``!pip`` and ``!python`` are those of the notebook.
    """
    own = {**_verbatim(variables), **({} if provisioner else _activated(chosen.interpreter))}
    names = []
    if has_ipykernel(chosen.interpreter):
        python = "python3" if provisioner else chosen.interpreter
        said: dict[str, object] = {
            "argv": [*launcher, python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": chosen.label,
            "language": "python",
            "env": own,
            "metadata": {"debugger": True, **({"kernel_provisioner": provisioner} if provisioner else {})},
        }
        names.append(_write(kernels, kernel_name(chosen), chosen, said))
    for one in brought_kernels(chosen.interpreter):
        said = {
            **one.said,
            "argv": [*launcher, *one.command(Path(chosen.interpreter).parents[1])],
            "display_name": f"{chosen.label} ({one.title})",
            "env": {**_mapping(one.said.get("env")), **own},
            "metadata": _mapping(one.said.get("metadata")),
        }
        names.append(_write(kernels, kernel_name(chosen, one.name), chosen, said))
        copy_pictures(one, kernels / names[-1])
    return names


def _write(kernels: Path, name: str, chosen: Chosen, said: Mapping[str, object]) -> str:
    place = kernels / name
    place.mkdir(parents=True, exist_ok=True)
    ours = {
        "environment": chosen.environment,
        "revision": chosen.number,
        "lock": chosen.lock,
        "interpreter": chosen.interpreter,
    }
    whole = {**said, "metadata": {**_mapping(said.get("metadata")), "repro": ours}}
    fresh = place / ".kernel.json.new"
    fresh.write_text(json.dumps(whole, indent=1), "utf-8")
    fresh.replace(place / "kernel.json")
    return name


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "environment"


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, Mapping) else {}


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
