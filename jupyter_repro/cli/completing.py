"""What the shell proposes behind a command: revisions, branches, tags, projects, paths of a commit.

A proposal that cannot be found out is none: nothing here raises or prints.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from jupyter_repro.errors import ReproError

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import OpenedProject

RECENT = 10
"""So many of the newest commits are proposed, with their messages."""


def complete_revision(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Branches, tags, ``@``, and the newest commits."""
    return _beginning(_gathered(context, _revisions), incomplete)


def complete_branch(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The branches of the project."""
    return _beginning(_gathered(context, _branches), incomplete)


def complete_tag(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The tags of the project."""
    return _beginning(_gathered(context, _tags), incomplete)


def complete_project(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The projects of this machine."""
    from jupyter_repro import verbs

    try:
        found = [CompletionItem(project.name, help=project.id) for project in verbs.projects()]
    except (ReproError, OSError):
        return []
    return _beginning(found, incomplete)


def complete_path(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names that the commit of the same command line has in the folder typed so far."""
    commit = str(context.params.get("commit") or "@")
    folder = incomplete.rpartition("/")[0]

    def names(project: OpenedProject) -> Iterable[CompletionItem]:
        from jupyter_repro import verbs
        from jupyter_repro.cli.opening import path_inside

        for entry in verbs.ls(project, commit, path_inside(project, folder or "."), recursive=False):
            name = entry.path.rpartition("/")[2] + ("/" if entry.type == "directory" else "")
            yield CompletionItem(f"{folder}/{name}" if folder else name)

    return _beginning(_gathered(context, names), incomplete)


def _revisions(project: OpenedProject) -> Iterable[CompletionItem]:
    from jupyter_repro import verbs
    from jupyter_repro.cli.escape import subject
    from jupyter_repro.cli.words import ago, short

    yield from _branches(project)
    yield from _tags(project)
    yield CompletionItem("@", help="the newest commit here")
    for commit in verbs.log(project, limit=RECENT):
        yield CompletionItem(short(commit.id), help=f"{ago(commit.time)}  {subject(commit.message)}".rstrip())


def _branches(project: OpenedProject) -> Iterable[CompletionItem]:
    from jupyter_repro import verbs

    return [CompletionItem(branch.name, help="branch") for branch in verbs.branches(project)]


def _tags(project: OpenedProject) -> Iterable[CompletionItem]:
    from jupyter_repro import verbs

    return [CompletionItem(tag.name, help="tag") for tag in verbs.tags(project)]


def _gathered(
    context: click.Context, gather: Callable[[OpenedProject], Iterable[CompletionItem]]
) -> list[CompletionItem]:
    from jupyter_repro.cli.opening import the_project

    place = context.find_root().params.get("workspace")
    found: list[CompletionItem] = []
    try:
        if place:
            os.chdir(place)
        with the_project(context.params.get("project")) as project:
            found.extend(gather(project))
    except (ReproError, OSError):
        return found
    return found


def _beginning(found: list[CompletionItem], incomplete: str) -> list[CompletionItem]:
    # A name with a line end or a tab would fall apart in the shell's hands.
    return [item for item in found if item.value.startswith(incomplete) and item.value.isprintable()]
