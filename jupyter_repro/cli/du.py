"""``du``: what takes the space, and since which commit."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.shapes import time_text
from jupyter_repro.cli.words import ago, count, short, size, table


@command("du", examples=("jupyter-repro du", "jupyter-repro du -n 100 --json"))
@click.option(
    "-n", "most", metavar="N", type=click.IntRange(min=0), default=20, show_default=True, help="So many of the paths."
)
@in_project
def command_here(most: int, project: str | None, as_json: bool) -> None:
    """Show what takes the space, and since which commit.

    For each of the largest paths: what its versions take in the store, what they would take as files, how many
    versions there are, and the commit that brought the first one. Content that paths share counts where it came first.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        use = verbs.du(opened, most=most)
    if as_json:
        say_json(
            {
                "logical_bytes": use.logical_bytes,
                "stored_bytes": use.stored_bytes,
                "packs": use.packs,
                "objects": use.objects,
                "commits": use.commits,
                "largest": [
                    {
                        "path": one.path,
                        "logical_bytes": one.logical_bytes,
                        "stored_bytes": one.stored_bytes,
                        "versions": one.versions,
                        "since": one.since,
                        "since_time": time_text(one.since_time),
                    }
                    for one in use.largest
                ],
            }
        )
        return
    say(
        f"{paint(size(use.stored_bytes), 'bold')} stored for {size(use.logical_bytes)} in every version of every file: "
        f"{count(use.commits, 'commit')}, {count(use.objects, 'object')}, {count(use.packs, 'pack')}."
    )
    if use.largest:
        say()
        headings = ("stored", "as files", "versions", "since", "", "path")
        rows = [
            (
                size(one.stored_bytes),
                size(one.logical_bytes),
                f"{one.versions:,}",
                short(one.since),
                ago(one.since_time),
                shown_path(one.path),
            )
            for one in use.largest
        ]
        for line in table(headings, rows, right={0, 1, 2}, colours=("", "", "", "yellow")):
            say(line)
