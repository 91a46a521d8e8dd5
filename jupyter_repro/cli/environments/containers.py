"""The options of a definition that are only for the engine docker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import click

from jupyter_repro.errors import InvalidRequest

Function = TypeVar("Function", bound=Callable[..., None])

_KEY = "jupyter_repro.containers"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def container_options(function: Function) -> Function:
    """Give a command the options; what they say is asked of ``said_of_containers``."""
    for option in (
        click.option(
            "--memory",
            metavar="SIZE",
            expose_value=False,
            callback=_note,
            help="docker: the most memory a kernel gets, as 512M or 4G; 0 is no limit.",
        ),
        click.option(
            "--cpus",
            metavar="NUMBER",
            type=click.FloatRange(min=0),
            expose_value=False,
            callback=_note,
            help="docker: the most processors a kernel gets, as 1.5; 0 is no limit.",
        ),
        click.option(
            "--network",
            metavar="NAME",
            expose_value=False,
            callback=_note,
            help="docker: the network of kernels: none, bridge (meant without this) or host.",
        ),
        click.option(
            "--file",
            "files",
            metavar="PATH=FILE",
            multiple=True,
            expose_value=False,
            callback=_note,
            help="docker: a text file that the Dockerfile can COPY from PATH. An empty FILE takes it away.",
        ),
        click.option(
            "--build-arg",
            "build_arguments",
            metavar="NAME=VALUE",
            multiple=True,
            expose_value=False,
            callback=_note,
            help="docker: an argument of the build, never a secret. An empty VALUE takes it away.",
        ),
        click.option(
            "--dockerfile",
            metavar="FILE",
            expose_value=False,
            callback=_note,
            help="docker: the instructions that follow FROM the base, or all of them without --base.",
        ),
    ):
        function = option(function)
    return function


def said_of_containers(
    arguments: dict[str, str], files: dict[str, str], read: Callable[[str], str]
) -> dict[str, object]:
    """The fields of a definition that the options of the command at work name.

    ``arguments`` and ``files`` are those of the definition before; ``read`` gives the text of a file.
    """
    said = click.get_current_context().meta.get(_KEY, {})
    changes: dict[str, object] = {}
    if said.get("dockerfile") is not None:
        changes["dockerfile"] = read(said["dockerfile"])
    if said.get("build_arguments"):
        pairs = {**arguments, **_pairs(said["build_arguments"], "--build-arg NAME=VALUE")}
        changes["build_arguments"] = {name: value for name, value in pairs.items() if value}
    if said.get("files"):
        named = _pairs(said["files"], "--file PATH=FILE")
        texts = {**files, **{path: read(file) if file else "" for path, file in named.items()}}
        changes["files"] = {path: text for path, text in texts.items() if path not in named or named[path]}
    for name in ("network", "cpus"):
        if said.get(name) is not None:
            changes[name] = said[name]
    if said.get("memory") is not None:
        changes["memory"] = _bytes(said["memory"])
    return changes


def _note(context: click.Context, parameter: click.Parameter, value: object) -> object:
    context.meta.setdefault(_KEY, {})[parameter.name] = value
    return value


def _pairs(said: tuple[str, ...], form: str) -> dict[str, str]:
    pairs = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"{one!r} is not of the form {form}")
        pairs[name] = value
    return pairs


def _bytes(said: str) -> int:
    match = _SIZE.fullmatch(said.strip())
    if match is None:
        raise InvalidRequest(f"{said!r} is no size. Give one as 512M or 4G.")
    return int(float(match[1]) * 1024 ** _UNITS[match[2].lower()])
