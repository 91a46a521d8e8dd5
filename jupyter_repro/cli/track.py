"""``track``: external data becomes a file of the workspace."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.opening import path_inside, the_workspace
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count, short, size


@command(
    "track",
    examples=(
        "jupyter-repro track https://example.org/customers.csv data/customers.csv",
        "jupyter-repro track s3://bucket/2026/sales.parquet data/sales.parquet",
        "jupyter-repro track /mnt/share/images data/images",
    ),
)
@click.argument("source", metavar="URL|PATH", type=click.Path())
@click.argument("destination", metavar="DEST", type=click.Path())
def command_here(source: str, destination: str, as_json: bool) -> None:
    """Bring in external data and record where it came from.

    A web address, an object of an object store, or a file or directory outside the workspace is copied to DEST and
    kept in a checkpoint. Origin, time, size and hash go into '.repro-origins.json'. What DEST held before is in a
    checkpoint of its own.
    """
    from jupyter_repro import verbs

    with the_workspace() as workspace, watched() as on_progress:
        done = verbs.track(workspace, source, path_inside(workspace, destination), on_progress=on_progress)
    if as_json:
        say_json({"paths": list(done.paths), "bytes": done.bytes, "origin": done.origin, "commit": done.commit})
        return
    what = shown_path(done.paths[0]) if len(done.paths) == 1 else count(len(done.paths), "file")
    at = paint(short(done.commit), "yellow")
    say(f"{paint('Tracked', 'green')} {what} ({size(done.bytes)}) from {shown_text(done.origin)}, kept in {at}.")
