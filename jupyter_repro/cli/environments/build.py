"""``env build``: a revision is built, again or for the first time."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.defining import build_and_tell
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import build_document
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import count


@environment_command(
    "build",
    examples=(
        "jupyter-repro env build py311-pandas",
        "jupyter-repro env build geo --no-cache",
        "jupyter-repro env build --cancel 1f0c52a7b3de98a4c6170f22",
    ),
)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--revision", metavar="N", type=click.IntRange(min=1), help="This revision, not the newest.")
@click.option(
    "--no-cache", "cache", flag_value=False, default=True, help="Carry out every instruction of a Dockerfile again."
)
@click.option("--cancel", metavar="BUILD", help="Stop a build under way, which 'env show' names.")
def command_here(name: str | None, revision: int | None, cache: bool, cancel: str | None, as_json: bool) -> None:
    """Build a revision of an environment.

    Versions are resolved anew, and the revision becomes the active one unless a later one is. A failed build changes
    nothing but its own record; its log is kept.
    """
    from jupyter_repro.verbs import environments

    if (name is None) == (cancel is None):
        raise click.UsageError("give NAME, or --cancel BUILD")
    with environments.Library() as library:
        if cancel is not None:
            done = environments.cancel(library, cancel)
        else:
            done = build_and_tell(library, str(name), revision, cache=cache)
    if as_json:
        say_json(build_document(done))
    elif cancel is not None:
        say(f"Build {done.id} was asked to stop." if done.state == "building" else f"Build {done.id}: {done.state}.")
    else:
        say(f"{paint(shown_text(str(name)), 'bold')} r{done.number} is ready: {count(done.packages, 'package')}.")
