"""What a workspace says of its own software: requirements.txt, pyproject.toml, environment.yml, a binder folder."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, checked
from jupyter_repro.errors import InvalidDefinition

_LARGEST = 1024 * 1024
_FOLDERS = ("", "binder", ".binder")
_CONDA = ("environment.yml", "environment.yaml", "environments.yml")


@dataclass(frozen=True, slots=True)
class Discovered:
    """A file of the workspace that asks for software.

    ``path`` is relative to the root; ``engine`` the one that understands it; ``requirements`` how many packages it
    names; ``definition`` what an environment made from it would be, None when none can be, which ``problem`` explains.
    """

    path: str
    engine: str
    requirements: int
    definition: Definition | None
    problem: str = ""


def discover(root: Path) -> list[Discovered]:
    """The files at ``root`` and in its binder folder that ask for software, those that outweigh others first."""
    found = []
    for folder in (*_FOLDERS[1:], _FOLDERS[0]):
        python = _runtime(_text(root / folder / "runtime.txt"))
        for name, read in (("requirements.txt", _requirements), ("pyproject.toml", _pyproject)):
            text = _text(root / folder / name)
            if text is not None and (asked := read(text)) is not None:
                found.append(_discovered(str(Path(folder, name)), asked[0], asked[1] or python))
        for name in _CONDA:
            text = _text(root / folder / name)
            if text is not None:
                count = len(re.findall(r"^\s*-\s+\S", text, re.MULTILINE))
                problem = "It needs the engine conda, which this version does not have."
                found.append(Discovered(str(Path(folder, name)), "conda", count, None, problem))
    return found


def _discovered(path: str, lines: list[str], python: str) -> Discovered:
    count = sum(not line.strip().startswith(("#", "-")) for line in lines if line.strip())
    wanted = Definition(engine="uv", python=python, requirements="\n".join(lines))
    try:
        return Discovered(path, "uv", count, checked(wanted))
    except InvalidDefinition as error:
        return Discovered(path, "uv", count, None, str(error))


def _requirements(text: str) -> tuple[list[str], str] | None:
    lines = text.splitlines()
    return (lines, "") if any(line.strip() and not line.strip().startswith("#") for line in lines) else None


def _pyproject(text: str) -> tuple[list[str], str] | None:
    project = _project_table(text)
    if not isinstance(project, dict):
        return None
    lines = project.get("dependencies")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        return None
    least = re.search(r"(?:>=|==|~=)\s*(\d+\.\d+)", str(project.get("requires-python", "")))
    exact = "==" in str(project.get("requires-python", ""))
    return lines, least[1] if least and exact else ""


def _project_table(text: str) -> object:
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            return tomllib.loads(text).get("project")
        except tomllib.TOMLDecodeError:
            return None
    return None  # Python 3.10 has no reader of TOML


def _runtime(text: str | None) -> str:
    match = re.match(r"python-(\d+\.\d+(\.\d+)?)\s*$", text or "")
    return match[1] if match else ""


def _text(file: Path) -> str | None:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return None
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
