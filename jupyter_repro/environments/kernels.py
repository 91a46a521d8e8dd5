"""Kernel specifications: how a chosen environment appears in the launcher and in the kernel menu."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from jupyter_repro.environments.choices import Chosen

_PREFIX = "repro-"


def kernel_name(chosen: Chosen) -> str:
    """The directory name of the kernel of a revision."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", chosen.name.lower()).strip("-.") or "environment"
    return f"{_PREFIX}{plain}-r{chosen.number}-{chosen.lock[:8]}"


def register_kernel(kernels: Path, chosen: Chosen, variables: dict[str, str]) -> str:
    """Let the kernel of a revision appear under the name "<environment> r<number>"; returns its directory's name.

    ``kernels`` is a folder in which Jupyter looks for kernels; ``variables`` are set for every kernel.
    """
    name = kernel_name(chosen)
    place = kernels / name
    place.mkdir(parents=True, exist_ok=True)
    said = {
        "argv": [chosen.interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": chosen.label,
        "language": "python",
        "env": variables,
        "metadata": {
            "debugger": True,
            "repro": {"environment": chosen.environment, "revision": chosen.number, "lock": chosen.lock},
        },
    }
    fresh = place / ".kernel.json.new"
    fresh.write_text(json.dumps(said, indent=1), "utf-8")
    fresh.replace(place / "kernel.json")
    return name


def remove_dead_kernels(kernels: Path) -> int:
    """Take away the kernels of ours whose interpreter is gone; returns how many."""
    removed = 0
    for place in sorted(kernels.glob(f"{_PREFIX}*")):
        try:
            said = json.loads((place / "kernel.json").read_text("utf-8"))
            dead = "repro" in said["metadata"] and not Path(said["argv"][0]).exists()
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue
        if dead:
            shutil.rmtree(place, ignore_errors=True)
            removed += 1
    return removed
