"""``--help`` is instant and complete: every command is listed, imported only when called, and shows an example."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from jupyter_repro import __version__
from jupyter_repro.cli.command import ReproCommand
from jupyter_repro.cli.commands import COMMANDS
from jupyter_repro.cli.root import root

if TYPE_CHECKING:
    from tests.conftest import Repro

HEAVY = (
    "sqlalchemy",
    "alembic",
    "rich",
    "obstore",
    "asyncio",
    "msgspec",
    "blake3",
    "zstandard",
    "pydantic",
    "traitlets",
)


def _command(name: str) -> ReproCommand:
    found = root.get_command(click.Context(root), name)
    assert isinstance(found, ReproCommand)
    return found


def _imported(*arguments: str) -> set[str]:
    program = (
        "import sys, json\n"
        "from jupyter_repro.cli.main import run\n"
        f"run({list(arguments)!r})\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_imports_nothing_heavy_and_no_command() -> None:
    modules = _imported("--help")
    assert not modules & set(HEAVY)
    assert not {f"jupyter_repro.cli.{entry.module}" for entry in COMMANDS.values()} & modules
    assert not any(name.startswith(("jupyter_repro.verbs", "jupyter_repro.store")) for name in modules)


def test_the_help_of_a_command_imports_nothing_heavy() -> None:
    assert not _imported("checkpoint", "--help") & set(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_is_called_and_does(name: str) -> None:
    command = _command(name)
    assert command.name == name
    assert command.help
    assert command.help.split("\n\n")[0].replace("\n", " ").startswith(COMMANDS[name].help.rstrip("."))
    assert command.get_short_help_str(200) == COMMANDS[name].help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_json_and_an_example_that_parses(name: str) -> None:
    command = _command(name)
    assert any(option.name == "as_json" for option in command.params)
    shown = CliRunner().invoke(root, [name, "--help"])
    assert shown.exit_code == 0
    assert "Examples:" in shown.output
    assert command.examples
    for example in command.examples:
        assert example in shown.output
        assert example.startswith(f"jupyter-repro {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_is_explained(name: str) -> None:
    for parameter in _command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"
        else:
            assert parameter.make_metavar(click.Context(_command(name))).isascii()


def test_every_module_of_a_command_is_listed() -> None:
    import pkgutil

    import jupyter_repro.cli

    found = {
        module.name
        for module in pkgutil.iter_modules(jupyter_repro.cli.__path__)
        if isinstance(
            getattr(importlib.import_module(f"jupyter_repro.cli.{module.name}"), "command_here", None), click.Command
        )
    }
    assert found == {entry.module for entry in COMMANDS.values()}


def test_the_executable_knows_its_version(repro: Repro) -> None:
    assert repro("--version").text == f"jupyter-repro {__version__}\n"


def test_the_jupyter_command_runs_it_too(repro: Repro) -> None:
    done = subprocess.run(
        [str(repro.executable.with_name("jupyter")), "repro", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"jupyter-repro {__version__}\n"


def test_python_m_runs_it_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_repro", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"jupyter-repro {__version__}\n"
