"""``env snapshot``: what is installed, now or when a commit was made."""

from __future__ import annotations

import click

from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.escape import shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.words import short, table


@environment_command(
    "snapshot",
    examples=("jupyter-repro env snapshot", "jupyter-repro env snapshot @~3 --filter pandas"),
)
@click.argument("commit", metavar="[COMMIT]", required=False, shell_complete=complete_revision)
@click.option(
    "--filter", "text", metavar="TEXT", default="", help="Only packages with TEXT in the name, or of an ecosystem."
)
@in_project
def command_here(commit: str | None, text: str, project: str | None, as_json: bool) -> None:
    """Show what is installed, now or when a commit was made.

    The Python that is described is that of the workspace's environment; else the one that runs the Jupyter server; else
    the activated one; else the one that jupyter-repro is installed in.
    """
    from jupyter_repro.verbs import environments

    with the_project(project) as opened:
        found = environments.snapshot(opened, commit or environments.NOW)
    wanted = text.casefold()
    packages = [
        one for one in found.software.packages if wanted in one.name.casefold() or wanted == one.ecosystem.casefold()
    ]
    facts = found.host.facts if found.host else ()
    if as_json:
        say_json(
            {
                "commit": found.commit or None,
                "environment": found.label or None,
                "software": found.id,
                "packages": [
                    {
                        "ecosystem": one.ecosystem,
                        "name": one.name,
                        "version": one.version,
                        "hash": one.hash,
                        "origin": one.origin,
                    }
                    for one in packages
                ],
                "host": [{"what": what, "name": name, "value": value} for what, name, value in facts],
            }
        )
        return
    title = f"commit {short(found.commit)}" if found.commit else "now"
    say(paint(f"Software {short(found.id)}, {title}", "bold") + (f", {shown_text(found.label)}" if found.label else ""))
    rows = [(one.ecosystem, shown_text(one.name), shown_text(one.version), shown_text(one.origin)) for one in packages]
    for line in table(("ecosystem", "name", "version", "origin"), rows, colours=("dim",)):
        say(line)
    if not text and facts:
        say()
        shown = [(what, shown_text(name), shown_text(value)) for what, name, value in facts]
        for line in table(("host", "", ""), shown, colours=("dim",)):
            say(line)
    if not packages:
        note("There is no such package.")
