"""``env gc``: installed environments that nobody uses."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.output import say, say_json
from jupyter_repro.cli.words import count, size


@environment_command("gc", examples=("jupyter-repro env gc", "jupyter-repro env gc --days 30"))
@click.option(
    "--days",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=7.0,
    show_default=True,
    help="Keep what was built since.",
)
def command_here(days: float, as_json: bool) -> None:
    """Remove installed environments that nobody uses.

    Kept are those of active revisions and those that a workspace uses. Definitions and locks stay: what was removed is
    installed again, the same, when it is used.
    """
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        done = environments.collect_environments(library, days=days)
    if as_json:
        say_json({"removed": done.removed, "kernels": done.kernels, "bytes": done.bytes})
        return
    say(f"{count(done.removed, 'environment')} removed, {size(done.bytes)} freed.")
