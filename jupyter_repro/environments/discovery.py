"""What a workspace says of its own software: requirements.txt, pyproject.toml, environment.yml, a binder folder."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, checked
from jupyter_repro.errors import InvalidDefinition, InvalidRequest

_LARGEST = 1024 * 1024
_FOLDERS = ("", "binder", ".binder")
_CONDA = ("environment.yml", "environment.yaml", "environments.yml", "environments.yaml")


@dataclass(frozen=True, slots=True)
class Discovered:
    """A file of the workspace that asks for software.

    ``path`` is relative to the root; ``engine`` the one that understands it; ``requirements`` how many packages it
    names; ``definition`` what an environment made from it would be, None when none can be, which ``problem`` explains.
    ``name`` is what the file calls the environment, "" if it does not; where it describes several, # and the name of
    one are part of the path.
    """

    path: str
    engine: str
    requirements: int
    definition: Definition | None
    problem: str = ""
    name: str = ""


def discover(root: Path) -> list[Discovered]:
    """The files at ``root`` and in its binder folder that ask for software, those that outweigh others first."""
    found: list[Discovered] = []
    for folder in (*_FOLDERS[1:], _FOLDERS[0]):
        for name in (*_CONDA, "requirements.txt", "pyproject.toml"):
            found += _asked_by(root, str(Path(folder, name)))
    return found


def definition_of_file(said: str, name: str = "") -> Definition:
    """The definition of an environment made from a file as ``discover`` finds it, whatever its name is.

    ``said`` is its path; of an environments.yml with several environments the one called ``name`` is taken, or the one
    that stands behind a # after the path. Raises ``InvalidDefinition`` or ``InvalidRequest``.
    """
    path, _, document = said.partition("#") if not Path(said).exists() else (said, "", "")
    file = Path(path)
    if not file.exists():
        raise InvalidRequest(f"There is no file {path}. Name an environment.yml, requirements.txt or pyproject.toml.")
    if _text(file) is None:
        raise InvalidRequest(
            f"{path} is no file of text of at most 1 MiB. Name an environment.yml or requirements.txt."
        )
    found = _asked_by(file.parent, file.name)
    names = [one.path.partition("#")[2] for one in found]
    wanted = document or name
    if len(found) > 1 and wanted in names:
        found = [found[names.index(wanted)]]
    if not found:
        raise InvalidDefinition(f"{path} asks for no software that could be installed. Write what you need into it.")
    if len(found) > 1 or (document and document not in names):
        raise InvalidRequest(f"{path} describes the environments {', '.join(names)}. Choose one: {path}#{names[0]}")
    if found[0].definition is None:
        raise InvalidDefinition(found[0].problem)
    return found[0].definition


def _asked_by(root: Path, path: str) -> list[Discovered]:
    """What the file at ``path`` below ``root`` asks for; nothing if it is not there or asks for nothing."""
    file = root / path
    text = _text(file)
    if text is None:
        return []
    if file.suffix in (".yml", ".yaml"):
        from jupyter_repro.environments.engines.conda_discovery import described

        several = described(text, file.parent)
        marks = [f"#{one.name or number}" if len(several) > 1 else "" for number, one in enumerate(several, 1)]
        return [
            Discovered(path + mark, "conda", one.requirements, one.definition, one.problem, one.name)
            for mark, one in zip(marks, several, strict=True)
        ]
    asked = _pyproject(text) if file.suffix == ".toml" else _requirements(text)
    if asked is None:
        return []
    return [_discovered(path, asked[0], asked[1] or _runtime(_text(file.parent / "runtime.txt")))]


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
    try:
        # Python 3.10 has no reader of its own; JupyterLab brings one there.
        reader = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        read: object = reader.loads(text).get("project")
    except (ImportError, ValueError):
        return None
    return read


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
