"""A definition and those it is based on, taken together: the parent's part comes first, one's own outweighs it."""

from __future__ import annotations

import re

from jupyter_repro.environments.definitions import SETUP_SCRIPTS, Definition
from jupyter_repro.environments.engines.conda_fields import variables_of_file


def layers(definition: Definition) -> tuple[Definition, ...]:
    """The definition and its ancestors, the oldest first."""
    found = [definition]
    while found[0].parent is not None:
        found.insert(0, found[0].parent.definition)
    return tuple(found)


def requirements_of(definition: Definition) -> str:
    """What all layers ask for, a line each. A package that a later layer names counts as the later layer says."""
    lines: list[str] = []
    for layer in layers(definition):
        added = layer.requirements.splitlines()
        named = {name for line in added if (name := _name(line))}
        lines = [line for line in lines if _name(line) not in named] + added
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def pins_of(definition: Definition) -> str:
    """The versions that the parent's lock held ("name==version" a line): the base stays what it was.

    Packages that a requirement of the definition's own names are left free.
    """
    if definition.parent is None:
        return ""
    own = {_name(line) for line in definition.requirements.splitlines()}
    lines = [line for line in definition.parent.pins.splitlines() if _name(line) not in own]
    return "".join(f"{line}\n" for line in lines)


def python_of(definition: Definition) -> str:
    """The version of Python that the last layer that names one wants; "" when none does."""
    return next((layer.python for layer in reversed(layers(definition)) if layer.python), "")


def variables_of(definition: Definition) -> dict[str, str]:
    """The variables of all layers; those of a later layer outweigh, and a layer's own those of its environment.yml."""
    found: dict[str, str] = {}
    for layer in layers(definition):
        found |= variables_of_file(layer) | layer.variables
    return found


def scripts_of(definition: Definition, name: str) -> list[str]:
    """The scripts of that name, those of the base first."""
    return [layer.scripts[name] for layer in layers(definition) if layer.scripts.get(name)]


def setup_scripts_of(definition: Definition) -> dict[str, list[str]]:
    """The scripts that run around the installation, by their names; names without any are left out."""
    return {name: found for name in SETUP_SCRIPTS if (found := scripts_of(definition, name))}


def wants_project_files(definition: Definition) -> bool:
    """Whether any layer says that the workspace's own file is applied on top."""
    return any(layer.project_files for layer in layers(definition))


def _name(line: str) -> str:
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""
