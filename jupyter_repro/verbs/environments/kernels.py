"""The kernels that Jupyter offers are those of what workspaces use: no more, and no fewer."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.environments.choices import Chosen, read_choice
from jupyter_repro.environments.kernels import PREFIX, kernel_names
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import ReproError
from jupyter_repro.workspace.state import read_state

if TYPE_CHECKING:
    from jupyter_repro.verbs.environments.using import Used


def settle_kernels(data: DataDirectory) -> bool:
    """Add the kernels of revisions that a workspace uses, and take away ours that none uses. Says whether any changed.

    A server looks for kernels whenever it is asked for them, so it needs no restart. A kernel that runs goes on, and
    can be restarted: it has read its specification.
    """
    from jupyter_repro.verbs.environments.using import kernels_directory, register_chosen

    places = Places(data.root / "environments")
    wanted = _wanted(data, places)
    there = kernels_directory()
    changed = False
    for chosen in dict.fromkeys(wanted.values()):
        names = [name for name, of in wanted.items() if of == chosen]
        if not all((there / name / "kernel.json").is_file() for name in names):
            # One that cannot be had must not keep the others away: who uses it is told when it is used.
            with contextlib.suppress(ReproError, OSError):
                changed = bool(register_chosen(places, chosen)) or changed
    for place in sorted(there.glob(f"{PREFIX}*")):
        if place.name not in wanted and _is_ours(place, places):
            shutil.rmtree(place, ignore_errors=True)
            changed = True
    return changed


def no_kernel(used: Used) -> str:
    """What to say of a revision in use that has no kernel, and what to do about it; "" when it has one."""
    if used.kernel:
        return ""
    return (
        f"{used.label} has no kernel: notebooks cannot run in it, commands can ('jupyter-repro env run'). Add "
        "ipykernel to what it asks for, and build it."
    )


def _wanted(data: DataDirectory, places: Places) -> dict[str, Chosen]:
    found: dict[str, Chosen] = {}
    for workspace in data.workspace_ids():
        directory = data.workspace_directory(workspace)
        choice = read_choice(places.root, directory)
        state = read_state(directory) if choice is not None else None
        if choice is not None and state is not None and os.path.isdir(state.path):
            found |= dict.fromkeys(kernel_names(choice[0]), choice[0])
    return found


def _is_ours(place: Path, places: Places) -> bool:
    """Whether a kernel is of an environment of this data directory; there may be others on the machine."""
    try:
        lock = json.loads((place / "kernel.json").read_text("utf-8"))["metadata"]["repro"]["lock"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return isinstance(lock, str) and places.holds(lock)
