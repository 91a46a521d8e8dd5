"""The fields of a definition that are only for containers, and what they may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_repro.environments.snapshots.secrets import looks_secret
from jupyter_repro.errors import InvalidDefinition

if TYPE_CHECKING:
    from jupyter_repro.environments.definitions import Definition

NETWORKS = ("none", "bridge", "host")
"""The networks that kernels in containers may have; the second is meant when none is named."""

RESERVED = ".repro-build"
"""The folder of the build's context that is ours."""

_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]*")
_MOST_FILES = 4 * 1024**2
_LEAST_MEMORY = 32 * 1024**2


def check_containers(definition: Definition) -> None:
    """Raises ``InvalidDefinition`` with what to change."""
    if definition.engine != "docker":
        for name in ("dockerfile", "build_arguments", "files", "network", "cpus", "memory"):
            if getattr(definition, name):
                raise InvalidDefinition(
                    f"The engine {definition.engine} makes no containers, so it has no use for {name}. Choose the "
                    "engine docker, or leave it out."
                )
        return
    if definition.python:
        raise InvalidDefinition("An image brings its own Python: leave the version out, and choose another base.")
    if definition.base and not _REFERENCE.fullmatch(definition.base):
        raise InvalidDefinition(f"{definition.base!r} is no reference of an image, as registry/name:tag is.")
    _check_arguments(definition.build_arguments)
    _check_files(definition.files)
    if definition.network not in ("", *NETWORKS):
        raise InvalidDefinition(f"{definition.network!r} is no network. Choose one of {', '.join(NETWORKS)}.")
    if definition.cpus < 0 or (definition.memory != 0 and definition.memory < _LEAST_MEMORY):
        raise InvalidDefinition("A kernel needs a part of a processor and 32 MiB of memory at least; 0 is no limit.")
    # Imported here: it reads the instructions, which only docker needs.
    from jupyter_repro.environments.engines.docker.dockerfile import check_instructions

    check_instructions(definition.dockerfile, has_base=bool(definition.base or definition.parent))


def _check_arguments(arguments: dict[str, str]) -> None:
    for name, value in arguments.items():
        if not _ARGUMENT.fullmatch(name) or "\0" in value:
            raise InvalidDefinition(f"{name!r} cannot be an argument of a build: use letters, digits and _.")
        if looks_secret(name, value):
            raise InvalidDefinition(
                f"The build argument {name} looks like a secret. Docker writes arguments into the image for everyone "
                "to read, and a definition is kept for ever: use the configuration of pip, which is only lent."
            )


def _check_files(files: dict[str, str]) -> None:
    for path, text in files.items():
        parts = path.split("/")
        if not path or path.startswith("/") or any(part in ("", ".", "..") for part in parts) or "\0" in path:
            raise InvalidDefinition(f"{path!r} cannot be a file of a build: give a path relative to its folder.")
        if parts[0] == RESERVED or parts[0].lower() in ("dockerfile", ".dockerignore"):
            raise InvalidDefinition(f"The file {path!r} would be in the way of our own: give it another name.")
        if "\0" in text:
            raise InvalidDefinition(f"The file {path!r} is no text: it holds a zero byte. COPY it from an image.")
        if any(other != path and other.startswith(f"{path}/") for other in files):
            raise InvalidDefinition(f"{path!r} cannot be both a file and a folder.")
    if sum(len(path) + len(text.encode("utf-8", "surrogatepass")) for path, text in files.items()) > _MOST_FILES:
        raise InvalidDefinition("The files of a build may hold 4 MiB together: COPY larger ones from an image.")
