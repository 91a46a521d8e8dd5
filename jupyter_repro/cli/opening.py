"""What a command works on: the workspace where the user stands, or a project by its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from jupyter_repro.cli.escape import shown_path
from jupyter_repro.errors import InvalidRequest

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import Opened, OpenedProject

Function = TypeVar("Function", bound=Callable[..., None])


def in_project(function: Function) -> Function:
    """Give a command the option ``--project`` (parameter ``project``): it then needs no workspace to stand in."""
    from jupyter_repro.cli.completing import complete_project

    return click.option(
        "--project",
        metavar="NAME",
        shell_complete=complete_project,
        help="A project by name or id, instead of the one of this directory.",
    )(function)


@contextmanager
def the_workspace() -> Iterator[Opened]:
    """The workspace at or above the current directory. Raises ``NotAWorkspace``."""
    from jupyter_repro import verbs

    with verbs.open_workspace(".") as opened:
        yield opened


def the_project(name: str | None) -> AbstractContextManager[OpenedProject]:
    """The project of that name or id, or of the workspace where we stand when there is no name."""
    from jupyter_repro import verbs

    if name:
        return verbs.open_project(name)
    return verbs.open_workspace(".")


def path_inside(opened: OpenedProject, argument: str) -> str:
    """A path of the command line, which is as seen from the current directory, as a path inside the workspace.

    Where only a project is open, or the user stands outside, paths begin at the workspace's root. "" is the root.
    Raises ``InvalidRequest`` for a path that leads out.
    """
    root = _root(opened)
    if root is None:
        return _below(argument.lstrip("/"), argument)
    here = os.path.realpath(os.getcwd())
    if not os.path.isabs(argument):
        start = os.path.relpath(here, root) if _contains(root, here) else "."
        return _below(os.path.join(start, argument), argument)
    # Of an absolute path only the folder is resolved: the last name may be a link that is meant itself.
    clean = os.path.normpath(argument)
    full = os.path.join(os.path.realpath(os.path.dirname(clean)), os.path.basename(clean))
    return _below(os.path.relpath(full, root), argument)


def paths_inside(opened: OpenedProject, arguments: Sequence[str]) -> tuple[str, ...]:
    """``path_inside`` for each of the arguments."""
    return tuple(path_inside(opened, argument) for argument in arguments)


def _root(opened: OpenedProject) -> str | None:
    workspace = getattr(opened, "workspace", None)
    return None if workspace is None else os.path.realpath(workspace.root)


def _contains(root: str, path: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _below(path: str, argument: str) -> str:
    clean = os.path.normpath(path)
    if clean == ".." or clean.startswith("../"):
        raise InvalidRequest(
            f"The path {shown_path(argument)} lies outside the workspace. Give one that is inside, as seen from here."
        )
    return "" if clean == "." else clean
