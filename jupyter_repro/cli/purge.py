"""``purge``: a path's content removed from all history, for ever."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.opening import in_project, path_inside, the_project
from jupyter_repro.cli.output import ask, is_terminal, note, paint, say, say_json
from jupyter_repro.cli.words import count, size

if TYPE_CHECKING:
    from jupyter_repro.history.purge import PurgePlan

SHOWN = 20


@command(
    "purge",
    examples=(
        'jupyter-repro purge secrets.env --reason "holds a password"',
        "jupyter-repro purge patients.csv --everywhere --dry-run",
        "jupyter-repro purge patients.csv --allow-again",
    ),
)
@click.argument("path", metavar="PATH")
@click.option("--reason", metavar="TEXT", help="Why; kept in the project's log, with your name, for ever.")
@click.option("--everywhere", is_flag=True, help="Also what other paths share with it, under any name.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed, and what shares its content.")
@click.option("--allow-again", is_flag=True, help="Let content purged at PATH be kept again from now on.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@in_project
def command_here(
    path: str,
    reason: str | None,
    everywhere: bool,
    dry_run: bool,
    allow_again: bool,
    yes: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """Remove a path's content from all history, for ever.

    The file, or the directory with all it ever held, can no longer be read in any commit; the commits stay, and say
    who purged and why. This cannot be undone. Content that other paths share stays, and they are named, unless
    --everywhere. On a terminal you are asked first; elsewhere --reason is the consent.
    """
    from jupyter_repro import verbs

    if allow_again:
        _allow(path, project, as_json)
        return
    if not dry_run and not reason:
        raise click.UsageError("Missing option '--reason'")
    with the_project(project) as opened:
        inside = path_inside(opened, path)
        warnings: tuple[str, ...] = ()
        asked = not dry_run and not yes and is_terminal(sys.stdin)
        if dry_run or asked:
            plan = verbs.plan_purge(opened, inside, everywhere=everywhere)
            if asked and plan.objects:
                _tell_plan(plan, note)
                if not ask("Remove this for ever?"):
                    note("jupyter-repro: nothing was removed.")
                    raise click.exceptions.Exit(1)
        if not dry_run:
            done = verbs.purge(opened, inside, reason or "", everywhere)
            plan, warnings = done.plan, done.warnings
    if as_json:
        say_json(
            {
                "path": plan.path,
                "purged": not dry_run and bool(plan.objects),
                "objects": len(plan.objects),
                "bytes": plan.bytes,
                "files": plan.files,
                "commits": plan.commits,
                "same": list(plan.same),
                "sharing": list(plan.sharing),
                "remains": list(plan.remains),
                "warnings": list(warnings),
            }
        )
    elif dry_run:
        _tell_plan(plan, say)
    elif not plan.objects:
        say("Nothing was removed: no content belongs to this path alone.")
        _tell_paths("shares its content", plan.remains, say)
    else:
        what = f"{size(plan.bytes)} in {count(plan.commits, 'commit')}"
        say(f"{paint('Purged', 'red')} {shown_path(plan.path)}: {what} can never be read again.")
        _tell_paths("still holds some of it", plan.remains, say)
    for warning in warnings:
        note(shown_text(warning))


def _allow(path: str, project: str | None, as_json: bool) -> None:
    from jupyter_repro import verbs

    with the_project(project) as opened:
        inside = path_inside(opened, path)
        number = verbs.allow_again(opened, inside)
    if as_json:
        say_json({"path": inside, "allowed": number})
    else:
        say(f"What was purged at {shown_path(inside)} may be kept again by a checkpoint ({count(number, 'object')}).")


def _tell_plan(plan: PurgePlan, tell: Callable[[str], None]) -> None:
    what = f"{count(plan.files, 'version')} of files in {count(plan.commits, 'commit')}, {size(plan.bytes)} stored"
    tell(f"{shown_path(plan.path)}: {what}.")
    _tell_paths("has the same content", plan.same, tell)
    _tell_paths("shares a part", plan.sharing, tell)
    _tell_paths("keeps its content", plan.remains, tell)


def _tell_paths(what: str, paths: Sequence[str], tell: Callable[[str], None]) -> None:
    for path in paths[:SHOWN]:
        tell(f"  {what}: {shown_path(path)}")
    if len(paths) > SHOWN:
        tell(f"  {what}: ... and {len(paths) - SHOWN:,} more (--json lists them all)")
