"""The field of a definition that is only for conda, what it may hold, and what it comes to with those below it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from jupyter_repro.environments.engines.conda_file import CondaFile, read_conda_file
from jupyter_repro.errors import InvalidDefinition

if TYPE_CHECKING:
    from jupyter_repro.environments.definitions import Definition


def check_conda(definition: Definition) -> Definition:
    """The definition with its environment.yml tidied. Raises ``InvalidDefinition`` with what to change."""
    if definition.engine != "conda":
        if definition.conda:
            raise InvalidDefinition(
                f"The engine {definition.engine} has no use for an environment.yml. Choose the engine conda, or leave "
                "it out."
            )
        return definition
    from jupyter_repro.environments.definitions import check_requirements, check_variable

    if definition.base:
        raise InvalidDefinition("A conda environment has no base image or interpreter: its packages bring everything.")
    file = read_conda_file(definition.conda)
    if not file.dependencies and not definition.python and definition.parent is None:
        raise InvalidDefinition(
            "A conda environment needs an environment.yml with dependencies, and python is one of them."
        )
    for name, value in file.variables.items():
        check_variable(name, value)
    check_requirements(file.pip, "pip section")
    lines = [line.rstrip() for line in definition.conda.strip("\r\n").splitlines()]
    return msgspec.structs.replace(definition, conda="".join(f"{line}\n" for line in lines))


def file_of(definition: Definition) -> CondaFile:
    """What a definition and those it is based on ask for together: channels and packages of the base come first.

    A package that a later one names counts as the later one says.
    """
    from jupyter_repro.environments.layers import layers

    files = [read_conda_file(layer.conda) for layer in layers(definition)]
    requirements = [line for layer in layers(definition) for line in layer.requirements.splitlines()]
    plain = [line.strip() for line in requirements if line.strip() and not line.strip().startswith("#")]
    dependencies: list[str] = []
    for file in files:
        named = {_package(spec) for spec in file.dependencies}
        dependencies = [spec for spec in dependencies if _package(spec) not in named] + list(file.dependencies)
    return CondaFile(
        files[-1].name,
        _once(channel for file in files for channel in file.channels),
        _once(dependencies),
        _once([*(line for file in files for line in file.pip), *plain]),
        {name: value for file in files for name, value in file.variables.items()},
    )


def _package(spec: str) -> str:
    """The name in "channel::name>=1.0 build"."""
    return re.split(r"[\s<>=!~\[]", spec.rpartition("::")[2].strip(), maxsplit=1)[0].lower()


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def variables_of_file(definition: Definition) -> dict[str, str]:
    """The variables that the environment.yml of this definition alone sets; none for other engines."""
    return dict(read_conda_file(definition.conda).variables) if definition.conda else {}
