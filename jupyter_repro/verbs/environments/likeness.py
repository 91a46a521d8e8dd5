"""A definition from what is or was installed, so that software nobody defined can be had again."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.snapshots import Software
from jupyter_repro.errors import EnvironmentUnknown
from jupyter_repro.verbs.environments.library import Library, revision_named
from jupyter_repro.verbs.environments.sides import packages_of, side
from jupyter_repro.verbs.opened import OpenedProject

_NEVER = ("pip", "setuptools", "wheel")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A definition with the very versions of something installed; ``left_out`` names the Python packages that no index
    has (installed from a folder or file of the machine), and how many others there are of other ecosystems."""

    definition: Definition
    left_out: tuple[str, ...]
    others: int


def like(opened: OpenedProject | None, library: Library, name: str) -> Likeness:
    """A definition for the engine uv that holds what ``name`` does: "now", a commit, a snapshot, or an environment's
    revision ("here@1", of the engine host too). Raises ``EnvironmentUnknown`` when that has no Python packages."""
    if opened is None or _is_environment(library, name):
        environment, number = revision_named(name)
        found = packages_of(library, library.show(environment).revision(number))
    else:
        found = side(opened, name, library).snapshot.software
    return pinned(found, name)


def pinned(software: Software, name: str) -> Likeness:
    """A definition for the engine uv that pins the Python packages of a snapshot, which is called ``name``."""
    packages = software.by_ecosystem
    runtime = next((one.version for one in packages.get("runtime", ()) if one.name == "python"), "")
    lines, left_out = [], []
    for one in packages.get("python", ()):
        if one.name in _NEVER:
            continue
        if one.origin.startswith("git+"):
            lines.append(f"{one.name} @ {one.origin}")
        elif one.origin.startswith(("editable", "file:")):
            left_out.append(one.name)
        else:
            lines.append(f"{one.name}=={one.version}")
    if not lines:
        raise EnvironmentUnknown(f"{name} has no Python packages that could be installed. Choose something else.")
    others = sum(len(held) for kind, held in packages.items() if kind not in ("runtime", "python", "os"))
    definition = Definition(engine="uv", python=runtime, requirements="".join(f"{line}\n" for line in lines))
    return Likeness(definition, tuple(left_out), others)


def _is_environment(library: Library, name: str) -> bool:
    from jupyter_repro.errors import EnvironmentNotFound, InvalidRequest

    try:
        library.seen(revision_named(name)[0])
    except (EnvironmentNotFound, InvalidRequest):
        return False
    return True
