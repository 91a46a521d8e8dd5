"""The options by which ``env create`` and ``env edit`` are told a definition."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from jupyter_repro.cli.environments.containers import container_options, said_of_containers
from jupyter_repro.cli.escape import shown_path
from jupyter_repro.errors import BuildFailed, Cancelled, InvalidRequest

if TYPE_CHECKING:
    from jupyter_repro.catalog import BuildRecord
    from jupyter_repro.verbs.environments import Definition, Library

Function = TypeVar("Function", bound=Callable[..., None])


def definition_options(function: Function) -> Function:
    """Give a command the options of a definition (the fields of ``Asked``), ``message`` and ``build``."""
    for option in (
        click.option("--no-build", "build", flag_value=False, default=True, help="Save it without building it."),
        click.option("-m", "--message", metavar="MSG", default="", help="What changed, for the list of revisions."),
        click.option(
            "--variable",
            "variables",
            metavar="NAME=VALUE",
            multiple=True,
            help="A variable that kernels and runs find set. An empty VALUE takes it away.",
        ),
        click.option(
            "--script",
            "scripts",
            metavar="WHEN=FILE",
            multiple=True,
            help="A script that runs pre-setup, post-setup, pre-run or post-run. An empty FILE takes it away.",
        ),
        click.option(
            "--project-files/--no-project-files",
            "project_files",
            default=None,
            help="Whether a workspace's own requirements.txt or pyproject.toml is applied on top at session start.",
        ),
        click.option(
            "--based-on", metavar="NAME[@N]", help="Add to this revision of another environment, whose versions stay."
        ),
        click.option(
            "--requirements", metavar="FILE", help="What to install, as requirements.txt; '-' reads standard input."
        ),
        click.option(
            "--from",
            "source",
            metavar="FILE",
            help="What a file of a project asks for: environment.yml (conda), requirements.txt or pyproject.toml (uv); "
            "of an environments.yml with several, FILE#NAME is one.",
        ),
        click.option(
            "--python", metavar="VERSION", help="The version of Python, as 3.11; that of jupyter-repro if left out."
        ),
    ):
        function = option(function)
    return container_options(function)


@dataclass(frozen=True)
class Asked:
    """What the options said of a definition; None or () for what was not named."""

    python: str | None
    source: str | None
    requirements: str | None
    variables: tuple[str, ...]
    scripts: tuple[str, ...]
    based_on: str | None
    project_files: bool | None


def defined(library: Library, old: Definition, asked: Asked, name: str) -> Definition:
    """The definition ``old`` with what the options say; ``name`` is that of the environment."""
    import msgspec

    from jupyter_repro.verbs import environments

    changes: dict[str, object] = {}
    if asked.python is not None:
        changes["python"] = asked.python
    if asked.source is not None:
        found = environments.definition_of_file(asked.source, name)
        changes |= {"engine": found.engine, "requirements": found.requirements, "conda": found.conda}
        changes |= {"python": found.python} if found.python and asked.python is None else {}
    if asked.requirements is not None:
        changes["requirements"] = _text(asked.requirements)
    if asked.variables:
        pairs = {**old.variables, **dict(_pair(one, "--variable NAME=VALUE") for one in asked.variables)}
        changes["variables"] = {name: value for name, value in pairs.items() if value}
    if asked.scripts:
        files = dict(_pair(one, "--script WHEN=FILE") for one in asked.scripts)
        texts = {**old.scripts, **{name: _text(file) if file else "" for name, file in files.items()}}
        # An empty one of a name that is not there stays, to be refused where there is no such script.
        changes["scripts"] = {name: text for name, text in texts.items() if text or name not in old.scripts}
    if asked.based_on is not None:
        changes["parent"] = environments.based_on(library, *environments.revision_named(asked.based_on)).parent
    if asked.project_files is not None:
        changes["project_files"] = asked.project_files
    changes |= said_of_containers(old.build_arguments, old.files, _text)
    return msgspec.structs.replace(old, **changes)


def build_and_tell(library: Library, name: str, number: int | None, *, cache: bool = True) -> BuildRecord:
    """Build, with the log on standard error. Raises ``BuildFailed`` or ``Cancelled`` unless it worked."""
    from jupyter_repro.cli.environments.shapes import follow
    from jupyter_repro.cli.interrupts import reporting
    from jupyter_repro.verbs import environments

    with reporting():
        done = environments.build(library, name, number, on_line=follow, cache=cache)
    if done.state == "cancelled":
        raise Cancelled("The build was stopped; the active revision is as it was.")
    if done.state != "ready":
        raise BuildFailed(f"r{done.number} of {name} was saved and not built. {done.problem}")
    return done


def _pair(said: str, form: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals:
        raise click.UsageError(f"{said!r} is not of the form {form}")
    return name, value


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest(f"{shown_path(file)} is no text file. Give one in UTF-8.") from None
