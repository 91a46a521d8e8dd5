"""``ls``: the files of a commit."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_path, complete_revision
from jupyter_repro.cli.escape import shown_path
from jupyter_repro.cli.opening import in_project, path_inside, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import SHORT_ID, size

_SIGN = {"directory": "/", "symlink": "@"}


@command(
    "ls",
    examples=("jupyter-repro ls @", "jupyter-repro ls main data --flat", "jupyter-repro ls -l '@{yesterday}'"),
)
@click.argument("commit", metavar="COMMIT", shell_complete=complete_revision)
@click.argument("path", metavar="[PATH]", default="", shell_complete=complete_path)
@click.option("--flat", is_flag=True, help="One level only, not what lies in the directories below.")
@click.option("-l", "--long", "in_full", is_flag=True, help="Also mode, size and the beginning of the hash.")
@in_project
def command_here(commit: str, path: str, flat: bool, in_full: bool, project: str | None, as_json: bool) -> None:
    """List the files of a commit, or of one directory in it.

    Directories end with '/', symbolic links with '@'. Paths are relative to the workspace's root. The hash that
    --json gives is the BLAKE3 of the whole file.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        # Without a path the whole commit is meant, wherever in the workspace one stands.
        found = verbs.ls(opened, commit, path_inside(opened, path) if path else "", recursive=not flat)
    if as_json:
        say_json(
            [
                {"path": one.path, "type": one.type, "size": one.size, "mode": one.mode, "hash": one.hash}
                for one in found
            ]
        )
        return
    for one in found:
        name = f"{shown_path(one.path)}{_SIGN.get(one.type, '')}"
        if in_full:
            amount = size(one.size) if one.type == "file" else ""
            digits = paint(f"{one.hash[:SHORT_ID] if one.hash else '-':<{SHORT_ID}}", "dim")
            name = f"{one.mode:04o}  {amount:>9}  {digits}  {name}"
        say(name)
