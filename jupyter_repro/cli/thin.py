"""``thin``: free the content of old automatic checkpoints."""

from __future__ import annotations

import sys

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import ask, is_terminal, paint, say, say_json
from jupyter_repro.cli.words import count, short, size

DAY_US = 86_400 * 1_000_000
SHOWN = 20


@command(
    "thin",
    examples=("jupyter-repro thin --dry-run", "jupyter-repro thin --keep-all 7 --keep-hourly 30 --yes"),
)
@click.option(
    "--keep-all",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Keep every automatic checkpoint that is younger.",
)
@click.option(
    "--keep-hourly",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=7.0,
    show_default=True,
    help="Keep the last of each hour among those that are younger; of older ones the last of each day.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be dropped.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@in_project
def command_here(
    keep_all: float, keep_hourly: float, dry_run: bool, yes: bool, project: str | None, as_json: bool
) -> None:
    """Drop the content of old automatic checkpoints.

    Only checkpoints that nobody asked for are touched; those you made, tagged ones, the newest of each branch and
    those that a workspace is at stay. The record of a thinned checkpoint stays in the history, its files are gone for
    good. On a terminal you are asked first.
    """
    from jupyter_repro import verbs

    rule = verbs.Retention(all_us=int(keep_all * DAY_US), hourly_us=int(keep_hourly * DAY_US))
    with the_project(project) as opened:
        done = verbs.thin(opened, rule, dry_run=True)
        if done.commits and not dry_run:
            question = f"Drop the content of {count(len(done.commits), 'automatic checkpoint')} for good?"
            if is_terminal(sys.stdin) and not yes and not ask(question):
                raise click.exceptions.Exit(1)
            done = verbs.thin(opened, rule)
    if as_json:
        say_json({"commits": list(done.commits), "bytes": done.bytes, "dry_run": dry_run})
        return
    if not done.commits:
        say("There is no automatic checkpoint to thin.")
    elif dry_run:
        say(f"{count(len(done.commits), 'automatic checkpoint')} would be thinned:")
        for commit in done.commits[:SHOWN]:
            say(f"  {paint(short(commit), 'yellow')}")
        if len(done.commits) > SHOWN:
            say(f"  ... and {len(done.commits) - SHOWN:,} more (--json lists them all)")
    else:
        say(f"Thinned {count(len(done.commits), 'automatic checkpoint')}: {size(done.bytes)} freed.")
