"""What an environment.yml or environments.yml of a workspace comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, checked
from jupyter_repro.environments.engines.conda_file import documents, read_conda_file
from jupyter_repro.errors import InvalidDefinition, MissingTool

_LARGEST = 256 * 1024
_OTHER_FILE = re.compile(
    r"^[ \t]*-[ \t]+(['\"]?)(?:-r|--requirement)[ =]?\s*(?P<file>[^\s'\"#]+)\1[ \t]*(?:#.*)?\n?", re.M
)


@dataclass(frozen=True, slots=True)
class Described:
    """One environment that a file describes: the name that it gives itself ("" for none), how many packages it asks
    for, and its definition, None when there can be none, which ``problem`` explains."""

    name: str
    requirements: int
    definition: Definition | None
    problem: str = ""


def described(text: str, folder: Path) -> list[Described]:
    """The environments that a file in ``folder`` with this text describes, in its order.

    Files of requirements that a pip section names are taken in, if they lie in ``folder``.
    """
    return [_described(part, folder) for part in documents(text)]


def _described(text: str, folder: Path) -> Described:
    name, count = "", len(re.findall(r"^\s*-\s+\S", text, re.MULTILINE))
    try:
        requirements = "".join(_text_of(folder, found["file"]) for found in _OTHER_FILE.finditer(text))
        whole = _OTHER_FILE.sub("", text)
        file = read_conda_file(whole)
        name = file.name
        count = len(file.dependencies) + len(file.pip) + len(_lines(requirements))
        wanted = Definition(engine="conda", conda=whole, requirements=requirements)
        return Described(name, count, checked(wanted))
    except (InvalidDefinition, MissingTool) as error:
        return Described(name, count, None, str(error))


def _text_of(folder: Path, said: str) -> str:
    inside = folder.resolve()
    file = (inside / said).resolve()
    try:
        if not file.is_relative_to(inside) or file.stat().st_size > _LARGEST:
            raise OSError
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidDefinition(
            f"The pip section names {said!r}, which is no file of requirements beside it. Write out what it says."
        ) from None
    return text if text.endswith("\n") else text + "\n"


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "-"))]
