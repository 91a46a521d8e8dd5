"""Changed paths and files of a commit, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from jupyter_repro.cli.escape import shown_path
from jupyter_repro.cli.output import paint

if TYPE_CHECKING:
    from jupyter_repro.verbs.changes import Change

_COLOURS = {"added": "green", "deleted": "red", "modified": "yellow", "renamed": "cyan"}


def change_line(change: Change) -> str:
    """``modified  data/table.csv``: the kind of the change in its colour, and the path as it may be shown."""
    path = shown_path(change.path)
    if change.old_path is not None:
        path = f"{shown_path(change.old_path)} -> {path}"
    return f"{paint(f'{change.change:<8}', _COLOURS.get(change.change, 'magenta'))}  {path}"


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """``change_line`` of each, indented."""
    return (f"  {change_line(change)}" for change in changes)
