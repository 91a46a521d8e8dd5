"""``cat``: one file of a commit, to standard output."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_path, complete_revision
from jupyter_repro.cli.opening import in_project, path_inside, the_project
from jupyter_repro.cli.output import say_bytes, say_json


@command(
    "cat",
    examples=("jupyter-repro cat @~3 results/table.csv | head", "jupyter-repro cat v1 model.pkl > old-model.pkl"),
)
@click.argument("commit", metavar="COMMIT", shell_complete=complete_revision)
@click.argument("path", metavar="PATH", shell_complete=complete_path)
@in_project
def command_here(commit: str, path: str, project: str | None, as_json: bool) -> None:
    """Print one file of a commit, byte for byte.

    Of a symbolic link, its target is printed. With --json the bytes come in one document, as base64.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        inside = path_inside(opened, path)
        chunks = verbs.cat(opened, commit, inside)
        if as_json:
            import base64

            say_json({"path": inside, "base64": base64.b64encode(b"".join(chunks)).decode("ascii")})
        else:
            say_bytes(chunks)
