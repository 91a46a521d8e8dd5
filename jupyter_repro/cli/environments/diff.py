"""``env diff``: what was installed at two moments, compared."""

from __future__ import annotations

import click

from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.words import table

_COLOURS = {"added": "green", "removed": "red", "upgraded": "green", "downgraded": "yellow", "changed": "cyan"}


@environment_command(
    "diff",
    examples=(
        "jupyter-repro env diff",
        "jupyter-repro env diff @~5 @",
        "jupyter-repro env diff v1 now --filter python",
    ),
)
@click.argument("a", metavar="[A]", default="@", shell_complete=complete_revision)
@click.argument("b", metavar="[B]", default="now", shell_complete=complete_revision)
@click.option(
    "--filter", "text", metavar="TEXT", default="", help="Only packages with TEXT in the name, or of an ecosystem."
)
@in_project
def command_here(a: str, b: str, text: str, project: str | None, as_json: bool) -> None:
    """Compare what was installed at two moments.

    A is the older side (the newest commit when left out), B the newer one; 'now' is what is installed at this moment,
    and what B is when left out.
    """
    from jupyter_repro.verbs import environments

    with the_project(project) as opened:
        found = environments.compare(opened, a, b, text=text)
    if as_json:
        say_json(
            {
                "a": {"commit": found.a.commit or None, "environment": found.a.label or None, "software": found.a.id},
                "b": {"commit": found.b.commit or None, "environment": found.b.label or None, "software": found.b.id},
                "changes": [
                    {
                        "ecosystem": change.ecosystem,
                        "name": change.name,
                        "change": change.change,
                        "old": change.old,
                        "new": change.new,
                    }
                    for change in found.changes
                ],
                "host": [{"what": what, "name": name, "old": old, "new": new} for what, name, old, new in found.host],
            }
        )
        return
    rows = [
        (
            change.ecosystem,
            shown_text(change.name),
            shown_text(change.old) or "-",
            shown_text(change.new) or "-",
            paint(change.change, _COLOURS[change.change]),
        )
        for change in found.changes
    ]
    if rows:
        for line in table(("ecosystem", "name", a, b, "change"), rows, colours=("dim",)):
            say(line)
    else:
        note("The same software is installed.")
    if found.host and not text:
        if rows:
            say()
        shown = [
            (what, shown_text(name), shown_text(old) or "-", shown_text(new) or "-")
            for what, name, old, new in found.host
        ]
        for line in table(("host", "", a, b), shown, colours=("dim",)):
            say(line)
