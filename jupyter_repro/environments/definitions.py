"""Definitions and locks: texts (JSON) that are named by their BLAKE3 and never change.

A definition says what an environment is to hold; a lock says what exactly that became on one platform, and is enough
to make the same again. Either reads well as it is, and a commit carries both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
from blake3 import blake3

from jupyter_repro.environments.snapshots.secrets import looks_secret, without_credentials
from jupyter_repro.errors import BlobCorrupt, InvalidDefinition

FORMAT = 1
ENGINES = ("uv", "conda", "docker", "host")
"""The engines that this version has: uv makes virtual environments, conda environments of conda packages, docker
images whose kernels run in containers, and host describes an interpreter that is there."""

SCRIPTS = ("pre-setup", "post-setup", "pre-run", "post-run")
"""The scripts of an environment, in the order in which they run; the project's requirements come after the first."""

SETUP_SCRIPTS = ("pre-setup", "post-setup")
"""Those that run around the installation; the others run around what is executed."""

EngineName = Literal["uv", "conda", "docker", "host"]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PYTHON = re.compile(r"(\d+\.\d+(\.\d+)?)?")
_NOT_ALONE = re.compile(r"^\s*(-r|-c|-e|--requirement|--constraint|--editable|-f|--find-links)\b|^\s*(\.{0,2}/|\.$)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


class Definition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an environment is to hold.

    ``python`` is a version ("3.11"), "" for that of the server; ``requirements`` is in the syntax of requirements.txt;
    ``base`` is, for the engine host, the interpreter; ``parent`` the revision of another environment that this one adds
    to. ``variables`` are set for scripts, kernels and runs; ``scripts`` are shell scripts by their names (``SCRIPTS``).
    ``project_files`` says that a workspace's own file (requirements.txt, ...) is applied on top when a session starts.
    See ``layers`` for what a definition and its parents come to together.

    For conda, ``conda`` is the text of an environment.yml, and ``requirements`` go on top as its pip section does.

    For docker, ``base`` is the reference of an image, ``dockerfile`` the instructions that follow its FROM (or all of
    them when there is no base), ``build_arguments`` and ``files`` (texts by their relative paths) what the build gets;
    kernels get at most ``cpus`` processors and ``memory`` bytes (0: no limit) and the ``network`` none, bridge ("") or
    host. See ``container_fields``.
    """

    engine: str
    format: int = FORMAT
    base: str = ""
    python: str = ""
    requirements: str = ""
    variables: dict[str, str] = {}
    scripts: dict[str, str] = {}
    parent: Parent | None = None
    project_files: bool = False
    conda: str = ""
    dockerfile: str = ""
    build_arguments: dict[str, str] = {}
    files: dict[str, str] = {}
    network: str = ""
    cpus: float = 0.0
    memory: int = 0


class Parent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The revision that a definition is based on, whole, so that it can be built where nobody knows that environment.

    ``name`` and ``number`` are what it was called; ``lock`` is the id of the lock it had, and ``pins`` what that held,
    one "name==version" a line.
    """

    name: str
    number: int
    definition: Definition
    lock: str = ""
    pins: str = ""


class Lock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a definition became on ``platform`` ("linux-x86_64") with the exact ``python`` ("CPython 3.11.7").

    ``text`` is for uv a list of requirements with hashes, for host the text of a software snapshot, for conda and
    docker what ``engines.conda_lock`` and ``engines.docker.locks`` say. ``scripts`` are those that run around the
    installation, by name and in order, and ``variables`` what they find set: they make the environment too, so one with
    other scripts is another one.
    """

    engine: str
    platform: str
    python: str
    text: str
    format: int = FORMAT
    scripts: dict[str, list[str]] = {}
    variables: dict[str, str] = {}


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: Definition | Lock) -> bytes:
    """The text as it is stored."""
    return msgspec.json.format(_encoder.encode(value), indent=2) + b"\n"


def text_id(data: bytes) -> str:
    """The 64 hex digits that name a text."""
    return blake3(data).hexdigest()


def read_definition(data: bytes) -> Definition:
    """The definition of a stored text. Raises ``BlobCorrupt``."""
    try:
        found = msgspec.json.decode(data, type=Definition)
    except msgspec.DecodeError as error:
        raise BlobCorrupt(f"A definition of an environment cannot be read ({error}). Upgrade jupyter-repro.") from error
    _check_format(found.format)
    return found


def read_lock(data: bytes) -> Lock:
    """The lock of a stored text. Raises ``BlobCorrupt``."""
    try:
        found = msgspec.json.decode(data, type=Lock)
    except msgspec.DecodeError as error:
        raise BlobCorrupt(f"The lock of an environment cannot be read ({error}). Upgrade jupyter-repro.") from error
    _check_format(found.format)
    return found


def checked(definition: Definition) -> Definition:
    """The definition with its texts tidied. Raises ``InvalidDefinition`` with what to change."""
    if definition.engine not in ENGINES:
        raise InvalidDefinition(f"There is no engine {definition.engine!r}. Choose one of {', '.join(ENGINES)}.")
    if not _PYTHON.fullmatch(definition.python):
        raise InvalidDefinition(f"{definition.python!r} is no version of Python. Give one as 3.11 or 3.11.9.")
    if definition.parent is not None and definition.parent.definition.engine != definition.engine:
        raise InvalidDefinition(
            f"{definition.parent.name} r{definition.parent.number} is made by the engine "
            f"{definition.parent.definition.engine}, and one of the engine {definition.engine} cannot add to it. "
            "Choose the same engine."
        )
    for name, text in definition.scripts.items():
        _check_script(name, text, definition.engine)
    for name, value in definition.variables.items():
        check_variable(name, value)
    check_requirements(definition.requirements.splitlines(), "requirements")
    if definition.engine == "host" and definition.requirements.strip():
        raise InvalidDefinition(
            "An environment of the engine host is only described, so nothing is installed into it. Choose the engine "
            "uv, or leave the requirements out."
        )
    from jupyter_repro.environments.container_fields import check_containers

    check_containers(definition)
    from jupyter_repro.environments.engines.conda_fields import check_conda

    definition = check_conda(definition)
    lines = [line.rstrip() for line in definition.requirements.strip().splitlines()]
    scripts = {name: text.replace("\r\n", "\n") for name, text in definition.scripts.items() if text.strip()}
    return msgspec.structs.replace(
        definition, requirements="".join(f"{line}\n" for line in lines), scripts=scripts, format=FORMAT
    )


def _check_script(name: str, text: str, engine: str) -> None:
    if name not in SCRIPTS:
        raise InvalidDefinition(f"There is no script {name!r}. The scripts are {', '.join(SCRIPTS)}.")
    if "\0" in text:
        raise InvalidDefinition(f"The script {name} is no text: it holds a zero byte.")
    if engine == "host" and name in SETUP_SCRIPTS and text.strip():
        raise InvalidDefinition(
            f"An environment of the engine host is never installed, so its script {name} would never run. Use pre-run."
        )


def check_variable(name: str, value: str) -> None:
    """Raises ``InvalidDefinition`` for a variable that an environment cannot set."""
    if not _VARIABLE.fullmatch(name) or name.startswith("REPRO_") or "\0" in value:
        raise InvalidDefinition(
            f"{name!r} cannot be a variable of an environment: use letters, digits and _, and not REPRO_ before it."
        )
    if looks_secret(name, value):
        raise InvalidDefinition(
            f"The variable {name} looks like a secret, and a definition is kept for ever and shared. Set it where the "
            "server starts instead."
        )


def check_requirements(lines: Iterable[str], where: str) -> None:
    """Raises ``InvalidDefinition`` for a requirement that does not stand alone; ``where`` is what the lines are of."""
    for number, line in enumerate(lines, 1):
        _check_requirement(number, line, where)


def _check_requirement(number: int, line: str, where: str) -> None:
    if _NOT_ALONE.search(line):
        raise InvalidDefinition(
            f"Line {number} of the {where} ({line.strip()!r}) needs a file of this machine. An environment must "
            "stand alone: write what the file says."
        )
    for url in _URL.findall(line):
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise InvalidDefinition(
                f"Line {number} of the {where} holds a password ({without_credentials(url)}), and a definition is "
                "kept for ever. Put the password into the configuration of uv or into ~/.netrc."
            )


def _check_format(number: int) -> None:
    if number > FORMAT:
        raise BlobCorrupt(
            f"The environment was written by a newer version of jupyter-repro (format {number}). Upgrade jupyter-repro."
        )
