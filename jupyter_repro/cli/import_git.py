"""``import-git``: the history of a git repository."""

from __future__ import annotations

import click

from jupyter_repro.cli.checkpoint import tell_skipped
from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import quoted, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count


@command(
    "import-git",
    examples=("jupyter-repro import-git .", "jupyter-repro import-git ~/src/analysis --prefix git-"),
)
@click.argument("repository", metavar="REPO", type=click.Path())
@click.option("--prefix", metavar="TEXT", default="", help="Put this before the names of branches and tags.")
@in_project
def command_here(repository: str, prefix: str, project: str | None, as_json: bool) -> None:
    """Bring in the history of a git repository.

    Every commit that a branch or tag of REPO (a directory on this machine) reaches becomes a commit of the project,
    with its author, time and message. The files of the workspace stay as they are. A name that is taken gets '-git'
    behind it.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened, watched() as on_progress:
        done = verbs.import_git(opened, repository, prefix=prefix, on_progress=on_progress)
    if as_json:
        say_json(
            {
                "commits": done.commits,
                "branches": list(done.branches),
                "tags": list(done.tags),
                "skipped": [{"path": path, "reason": reason} for path, reason in done.skipped],
            }
        )
        return
    branches, tags = count(len(done.branches), "branch", "branches"), count(len(done.tags), "tag")
    say(f"{paint('Imported', 'green')} {count(done.commits, 'commit')}, {branches} and {tags}.")
    for name in done.branches:
        say(f"  {shown_text(name)}")
    tell_skipped(done.skipped)
    if done.branches:
        say(f"Look at it: jupyter-repro log --branch {quoted(done.branches[0])}")
