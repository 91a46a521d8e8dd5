"""``env diff``: what was installed at two moments, compared."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.escape import shown_lines, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.words import table
from jupyter_repro.errors import NotAWorkspace

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import OpenedProject

_COLOURS = {"added": "green", "removed": "red", "upgraded": "green", "downgraded": "yellow", "changed": "cyan"}


@environment_command(
    "diff",
    examples=(
        "jupyter-repro env diff",
        "jupyter-repro env diff @~5 @",
        "jupyter-repro env diff py311-pandas@4 py311-pandas@5",
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
    """Compare what was installed at two moments, or two revisions.

    A is the older side (the newest commit when left out), B the newer one ('now' when left out). Either is a commit,
    the id of a snapshot, 'now' for what is installed at this moment, or a revision of an environment as NAME@N (NAME@
    for the active one); for a revision its definition is compared too, and only what its engine installs.
    """
    from jupyter_repro.verbs import environments

    with environments.Library() as library, contextlib.ExitStack() as stack:
        opened = _opened(stack, project, a, b)
        found = environments.compare(opened, a, b, text=text, library=library)
    if as_json:
        say_json(
            {
                "a": {
                    "commit": found.a.commit or None,
                    "environment": found.a.label or None,
                    "software": found.a.id or None,
                },
                "b": {
                    "commit": found.b.commit or None,
                    "environment": found.b.label or None,
                    "software": found.b.id or None,
                },
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
                "definition": found.definition or None,
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
    if found.definition and not text:
        for line in found.definition.splitlines():
            say(shown_lines(line))
        say()
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


def _opened(stack: contextlib.ExitStack, project: str | None, *sides: str) -> OpenedProject | None:
    """The project, if there is one or one is needed: revisions are compared anywhere."""
    try:
        return stack.enter_context(the_project(project))
    except NotAWorkspace:
        if all("@" in side[1:] for side in sides):
            return None
        raise
