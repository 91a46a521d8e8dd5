"""``export-git``: the history in a git repository."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.escape import quoted, shown_path, shown_text
from jupyter_repro.cli.opening import in_project, the_project
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.cli.progress import watched
from jupyter_repro.cli.words import count


@command("export-git", examples=("jupyter-repro export-git ../analysis-git",))
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@in_project
def command_here(directory: str, project: str | None, as_json: bool) -> None:
    """Write the history into a git repository.

    DIR is made, or must be empty. Every commit that a branch or tag reaches is written, with author, time and message.
    Git keeps no empty directories and of the permissions only the exec bit, so those are left out.
    """
    from jupyter_repro import verbs

    with the_project(project) as opened, watched() as on_progress:
        done = verbs.export_git(opened, directory, on_progress=on_progress)
    if done.notice:
        note(shown_text(done.notice))
    if as_json:
        say_json({"path": done.path, "commits": done.commits, "branches": done.branches, "tags": done.tags})
        return
    branches, tags = count(done.branches, "branch", "branches"), count(done.tags, "tag")
    what = f"{count(done.commits, 'commit')}, {branches} and {tags}"
    say(f"{paint('Exported', 'green')} {what} to {shown_path(done.path)}.")
    say(f"See the files: git -C {quoted(done.path)} checkout -f")
