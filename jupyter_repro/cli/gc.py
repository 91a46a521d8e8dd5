"""``gc``: free the space of what nothing refers to."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import say, say_json
from jupyter_repro.cli.words import count, size

GRACE_HOURS = 24.0


@command("gc", examples=("jupyter-repro gc", "jupyter-repro gc --grace 0"))
@click.option(
    "--grace",
    metavar="HOURS",
    type=click.FloatRange(min=0),
    default=GRACE_HOURS,
    show_default=True,
    help="Keep files that are no longer needed for so long, for readers who are at them.",
)
@in_project
def command_here(grace: float, project: str | None, as_json: bool) -> None:
    """Free the space of what nothing refers to.

    No commit loses anything: what goes was left by broken-off checkpoints, purges and thinning. Small packs are
    merged. It is safe while others write.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        done = verbs.gc(opened, grace_seconds=grace * 3600)
    if as_json:
        say_json(
            {
                "objects": done.objects,
                "bytes": done.bytes,
                "packs_retired": done.packs_retired,
                "files_deleted": done.files_deleted,
            }
        )
        return
    if not (done.objects or done.packs_retired or done.files_deleted):
        say("There was nothing to free.")
        return
    packs, files = count(done.packs_retired, "pack"), count(done.files_deleted, "file")
    say(f"Left behind {count(done.objects, 'object')} ({size(done.bytes)}); {packs} retired, {files} deleted.")
    if done.packs_retired:
        say(f"What was retired now is deleted by a later gc, {grace:g} hours from now at the earliest.")
