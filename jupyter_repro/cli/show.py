"""``show``: everything about one commit."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_revision
from jupyter_repro.cli.escape import shown_path, shown_text
from jupyter_repro.cli.listing import change_lines
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import Json, paint, say, say_json
from jupyter_repro.cli.shapes import change_documents, commit_document, time_text
from jupyter_repro.cli.words import ago, exact, listed


@command("show", examples=("jupyter-repro show @", "jupyter-repro show 3f9a1c2e --json"))
@click.argument("commit", metavar="COMMIT", shell_complete=complete_revision)
@in_project
def command_here(commit: str, project: str | None, as_json: bool) -> None:
    """Tell everything about one commit: who, when, in which session, and what it changed."""
    from jupyter_repro import verbs

    with the_project(project) as opened:
        shown = verbs.show(opened, commit)
    found = shown.commit
    if as_json:
        document: dict[str, Json] = {
            **commit_document(found),
            "tree": found.tree,
            "workspace": found.workspace,
            "started": time_text(found.session.start),
            "host": found.session.host,
            "user": found.session.user,
            "branches": list(shown.branches),
            "tags": list(shown.tags),
            "labels": dict(found.labels),
            "notes": [{"path": path, "reason": reason} for path, reason in found.notes],
            "changes": change_documents(shown.changes),
        }
        say_json(document)
        return
    session = found.session
    facts = [("Parent", parent) for parent in found.parents]
    facts += [
        ("Branch", found.branch),
        ("Author", found.author),
        ("Time", f"{exact(found.time)} ({ago(found.time)})"),
        ("Kind", found.kind),
        ("Session", f"{session.id}, since {exact(session.start)}, {session.user} on {session.host}"),
        *(("Tip of", name) for name in shown.branches),
        *(("Tag", name) for name in shown.tags),
        *sorted(found.labels.items()),
        ("Changes", listed(found.added, found.modified, found.deleted)),
    ]
    width = max(len(shown_text(name)) for name, _ in facts) + 1
    say(paint(f"commit {found.id}", "yellow"))
    for name, value in facts:
        say(f"{shown_text(name) + ':':<{width}}  {shown_text(value)}")
    if found.message.strip():
        say()
        for line in found.message.strip().splitlines():
            say(f"    {shown_text(line)}")
    if shown.changes or found.notes:
        say()
    for line in change_lines(shown.changes):
        say(line)
    for path, reason in found.notes:
        say(f"  {paint('note    ', 'magenta')}  {shown_path(path)}: {shown_text(reason)}")
