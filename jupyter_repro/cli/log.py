"""``log``: the checkpoints, newest first."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.completing import complete_branch
from jupyter_repro.cli.escape import shown_text, subject
from jupyter_repro.cli.opening import in_project, path_inside, the_project
from jupyter_repro.cli.output import is_terminal, note, paint, say, say_json
from jupyter_repro.cli.shapes import commit_document
from jupyter_repro.cli.words import ago, cells, counts, exact, listed, short

if TYPE_CHECKING:
    from jupyter_repro.history import Commit
    from jupyter_repro.verbs.opened import OpenedProject

SCREEN = 50
"""So many commits are shown on a terminal when nobody says how many; everything when piped."""


@command(
    "log",
    examples=(
        "jupyter-repro log -n 10",
        "jupyter-repro log --path results/table.csv",
        "jupyter-repro log --all --json",
    ),
)
@click.option("-n", "limit", metavar="N", type=click.IntRange(min=0), help="At most N commits; 0 means all.")
@click.option("--branch", metavar="B", shell_complete=complete_branch, help="Of this branch, not the current one.")
@click.option("--path", metavar="P", help="Only commits that changed this path or something below it.")
@click.option("--all", "everything", is_flag=True, help="All commits of the project, also those of deleted branches.")
@click.option("-v", "--verbose", is_flag=True, help="Full ids, exact times, whole messages.")
@in_project
def command_here(
    limit: int | None,
    branch: str | None,
    path: str | None,
    everything: bool,
    verbose: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """List the checkpoints, newest first.

    Each line has the commit, its age, what was added (+), modified (~) and deleted (-), and the message. On a
    terminal the newest 50 are listed unless -n says otherwise; a pipe and --json get all.
    """
    from jupyter_repro import verbs

    if branch and everything:
        raise click.UsageError("--branch and --all exclude each other")
    short_list = limit is None and not as_json and is_terminal(sys.stdout)
    most = SCREEN + 1 if short_list else limit or None
    with the_project(project) as opened:
        inside = None if path is None else path_inside(opened, path)
        commits = verbs.log(opened, limit=most, branch=branch, path=inside, everything=everything)
        if as_json:
            known = {commit.id: commit for commit in commits}
            say_json(
                [
                    {**commit_document(commit), "software_changed": _other_software(opened, commit, known)}
                    for commit in commits
                ]
            )
            return
        names = _names(opened)
        changed = _changed_software(opened, commits)
    more = short_list and len(commits) > SCREEN
    _print(commits[:SCREEN] if more else commits, names, changed, verbose)
    if more:
        note("Older ones are not shown: -n 0 shows all.")
    if not commits:
        note(
            "There is no such checkpoint."
            if branch or path
            else "There is no checkpoint yet: make one with 'jupyter-repro checkpoint'."
        )


def _names(opened: OpenedProject) -> Mapping[str, list[str]]:
    """Branches and tags by the commit that they stand at."""
    from jupyter_repro import verbs

    found: defaultdict[str, list[str]] = defaultdict(list)
    for branch in verbs.branches(opened):
        if branch.commit:
            found[branch.commit].append(shown_text(branch.name))
    for tag in verbs.tags(opened):
        found[tag.commit].append(f"tag {shown_text(tag.name)}")
    return found


def _changed_software(opened: OpenedProject, commits: Sequence[Commit]) -> Mapping[str, str]:
    """How the installed software changed, by the commits with which it did."""
    known = {commit.id: commit for commit in commits}
    differing = [commit for commit in commits if _other_software(opened, commit, known)]
    if not differing:
        return {}  # without the import of what can tell more
    from jupyter_repro.verbs.environments.compare import software_badges

    return {name: badge.summary for name, badge in software_badges(opened, differing).items()}


def _other_software(opened: OpenedProject, commit: Commit, known: Mapping[str, Commit]) -> bool:
    """Whether the commit and its parent both say what was installed, and not the same."""
    from jupyter_repro.errors import CommitNotFound

    if not commit.environment.software or not commit.parents:
        return False
    name = commit.parents[0]
    try:
        parent = known[name] if name in known else opened.repository.commit_at(name)
    except CommitNotFound:
        return False
    return parent.environment.software not in ("", commit.environment.software)


def _print(
    commits: Sequence[Commit], names: Mapping[str, list[str]], changed: Mapping[str, str], verbose: bool
) -> None:
    if verbose:
        for commit in commits:
            _print_whole(commit, names, changed)
        return
    times = [ago(commit.time) for commit in commits]
    sums = [counts(commit.added, commit.modified, commit.deleted) for commit in commits]
    plain = [_width(commit) for commit in commits]
    time_width = max(map(len, times), default=0)
    sum_width = max(plain, default=0)
    for commit, time, total, width in zip(commits, times, sums, plain, strict=True):
        words = [subject(commit.message)] if commit.message.strip() else []
        if commit.kind != "checkpoint":
            words.append(paint(f"[{shown_text(commit.kind)}]", "dim"))
        if commit.id in changed:
            words.append(paint(f"[software: {shown_text(changed[commit.id])}]", "magenta"))
        if commit.id in names:
            words.append(paint(f"({', '.join(names[commit.id])})", "cyan"))
        start = f"{paint(short(commit.id), 'yellow')}  {time:<{time_width}}  {total}{' ' * (sum_width - width)}"
        say(f"{start}  {' '.join(words)}".rstrip())


def _width(commit: Commit) -> int:
    parts = [f"{number:,}" for number in (commit.added, commit.modified, commit.deleted) if number]
    return sum(map(cells, parts)) + len(parts) + max(0, len(parts) - 1)


def _print_whole(commit: Commit, names: Mapping[str, list[str]], changed: Mapping[str, str]) -> None:
    here = f"  ({', '.join(names[commit.id])})" if commit.id in names else ""
    say(paint(f"commit {commit.id}", "yellow") + paint(here, "cyan"))
    for parent in commit.parents:
        say(f"Parent:   {parent}")
    say(f"Branch:   {shown_text(commit.branch)}")
    say(f"Author:   {shown_text(commit.author)}")
    say(f"Time:     {exact(commit.time)} ({ago(commit.time)})")
    say(f"Kind:     {shown_text(commit.kind)}, session {shown_text(commit.session.id)}")
    say(f"Changes:  {listed(commit.added, commit.modified, commit.deleted)}")
    if commit.environment.label:
        say(f"Software: {shown_text(commit.environment.label)}")
    if commit.id in changed:
        say(f"Changed:  {shown_text(changed[commit.id])}")
    for line in commit.message.strip().splitlines():
        say(f"    {shown_text(line)}")
    say()
