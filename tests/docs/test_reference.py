"""The reference holds every command, option, setting, error and public name, as the code has them."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from traitlets.config import Configurable

import jupyter_repro
from jupyter_repro import errors, verbs
from jupyter_repro.app import ReproApp
from jupyter_repro.cli.commands import COMMANDS
from jupyter_repro.cli.root import PROGRAM, root
from jupyter_repro.errors import all_errors
from jupyter_repro.settings import Repro
from tests.docs.pages import ROOT, page, section

CODE = ROOT / "jupyter_repro"


def options(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            for name in (*param.opts, *param.secondary_opts):
                yield name, param


def test_the_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "reference.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    command = root.get_command(click.Context(root, info_name=PROGRAM), name)
    assert command is not None
    text = section("cli.md", name)
    assert command.help
    assert command.help.splitlines()[0] in text
    for option, param in options(command):
        assert param.help, f"{name} {option} has no help"
        assert f"`{option}`" in text
    examples = text.split("```console\n")[1]
    assert f"$ {PROGRAM} {name}" in examples


def test_the_options_before_the_command_are_documented() -> None:
    top = page("cli.md").split("\n## ")[0]
    names = [name for name, _ in options(root)]
    assert "-C" in names
    assert [name for name in names if f"`{name}`" not in top] == []


@pytest.mark.parametrize("owner", [Repro, ReproApp])
def test_every_setting_is_documented(owner: type[Configurable]) -> None:
    own = {name: trait for name, trait in owner.class_traits(config=True).items() if trait.this_class is owner}
    assert own
    for name, trait in own.items():
        text = section("settings.md", f"`{owner.__name__}.{name}`")
        assert str(trait.help).split(".", maxsplit=1)[0] in text
        assert f"the default is `{trait.default_value!r}`" in text


def test_every_error_is_documented_with_its_codes() -> None:
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in page("errors.md").splitlines()]
    documented = {row[0]: row[1:4] for row in rows if len(row) == 5}
    public = [error for error in all_errors() if error.__module__ == errors.__name__]
    assert len({error.code for error in public}) == len(public) > 30
    for error in public:
        assert documented[error.code] == [error.__name__, str(error.status), str(error.exit_code)]


def test_an_error_that_a_room_keeps_to_itself_has_no_code_of_its_own() -> None:
    for module in pkgutil.walk_packages(jupyter_repro.__path__, "jupyter_repro."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    private = [error for error in all_errors() if error.__module__ != errors.__name__]
    assert [error for error in private if "code" in vars(error)] == []


def test_every_public_name_is_documented() -> None:
    text = page("python.md")
    for name in jupyter_repro.__all__:
        if not name.startswith("__"):
            assert f"### `jupyter_repro.{name}`" in text
    for name in verbs.__all__:
        if callable(getattr(verbs, name)):
            assert f"### `{name}`" in text


def environment_variables() -> Iterator[tuple[Path, str]]:
    """The names that the code looks up in the environment, where they are written out."""
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            value = None
            if isinstance(node, ast.Subscript) and "environ" in ast.dump(node.value):
                value = node.slice
            elif isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
                asks = node.func.attr == "getenv" or (
                    node.func.attr == "get" and "environ" in ast.dump(node.func.value)
                )
                value = node.args[0] if asks else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield file, value.value


# What other programs define and everybody knows, or what only our own processes say to each other.
ELSEWHERE = {"TERM", "HOME", "SHELL", "PATH", "COLUMNS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"}


def test_every_environment_variable_is_documented() -> None:
    text = section("settings.md", "Environment variables")
    found = {(file.name, name) for file, name in environment_variables() if name not in ELSEWHERE}
    assert ("configuration.py", "JUPYTERHUB_USER") in found, "the search itself works"
    assert sorted(where for where in found if f"`{where[1]}`" not in text) == []
