"""``verify``: read everything stored and check it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_path
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count, short

SHOWN = 10
"""People see so many of the paths and commits that one damage touches; machines see all."""


@command("verify", examples=("jupyter-repro verify", "jupyter-repro verify --project churn-model --json"))
@in_project
@click.pass_context
def command_here(context: click.Context, project: str | None, as_json: bool) -> None:
    """Read everything stored and check it.

    Every object is compared with its name, which is the hash of its bytes. Damage is named with the files and commits
    that it touches, and the exit code is 1; all else can still be read. What can be done about it is told: 'checkpoint
    --full' stores again what is damaged, where files of a workspace still have it.
    """
    from jupyter_repro import verbs
    from jupyter_repro.cli.verify_advice import advice

    with the_project(project) as opened, watched() as on_progress:
        found = verbs.verify(opened, on_progress=on_progress)
        place = opened.project.store or str(opened.data.store(opened.project.id))
    if as_json:
        say_json(
            {
                "ok": found.ok,
                "objects": found.objects,
                "damaged": [
                    {
                        "kind": one.kind,
                        "id": one.id,
                        "paths": list(one.paths),
                        "commits": list(one.commits),
                        "file": one.file or None,
                        "workspaces": list(one.workspaces),
                    }
                    for one in found.damaged
                ],
                "purged": found.purged,
            }
        )
    else:
        purged = f", {count(found.purged, 'more')} purged on purpose" if found.purged else ""
        if found.ok:
            say(f"{paint('All is well', 'green')}: {count(found.objects, 'object')} read{purged}.")
        for one in found.damaged:
            say(f"{paint('damaged', 'red')} {one.kind} {short(one.id)}")
            _few("  file  ", [shown_path(path) for path in one.paths])
            _few("  commit", [short(commit) for commit in one.commits])
    if not found.ok:
        note(f"jupyter-repro: {count(len(found.damaged), 'thing')} of the store cannot be read as stored.")
        for words in advice(found.damaged, place):
            note(words)
        context.exit(1)


def _few(label: str, names: Sequence[str]) -> None:
    for name in names[:SHOWN]:
        say(f"{label} {name}")
    if len(names) > SHOWN:
        say(f"{label} ... and {len(names) - SHOWN:,} more")
