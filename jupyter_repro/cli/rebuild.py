"""``rebuild``: the index and the catalogue again, from the store."""

from __future__ import annotations

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.words import count


@command("rebuild", examples=("jupyter-repro rebuild", "jupyter-repro rebuild --project churn-model"))
@in_project
def command_here(project: str | None, as_json: bool) -> None:
    """Make the index and the catalogue again from the store.

    Both only remember what the store says, so this loses nothing. It helps when their files on this machine were
    damaged or deleted.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened:
        made = verbs.rebuild(opened)
    if as_json:
        say_json(
            {
                "objects": made.objects,
                "packs": made.packs,
                "commits": made.commits,
                "environments": list(made.environments),
            }
        )
        return
    what = f"{count(made.commits, 'commit')}, {count(made.objects, 'object')}, {count(made.packs, 'pack')}"
    say(f"{paint('Rebuilt', 'green')} from the store: {what}.")
    if made.environments:
        say(f"Environments found again: {', '.join(shown_text(one) for one in made.environments)}.")
