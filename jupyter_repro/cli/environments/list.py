"""``env list``: the environments that one may use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.environments.shapes import environment_document
from jupyter_repro.cli.escape import quoted, shown_path, shown_text
from jupyter_repro.cli.output import note, say, say_json
from jupyter_repro.cli.words import table

if TYPE_CHECKING:
    from jupyter_repro.verbs.environments import Definition, Library

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@environment_command("list", examples=("jupyter-repro env list", "jupyter-repro env list --filter pandas"))
@click.option(
    "--filter", "text", metavar="TEXT", default="", help="Only those with TEXT in name, description or owner."
)
@click.option("--archived", is_flag=True, help="Those too that were put away.")
def command_here(text: str, archived: bool, as_json: bool) -> None:
    """List the environments that you may use."""
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        environments.mark_dead_builds(library)
        found = library.list(text, archived=archived)
    if as_json:
        say_json(
            [
                {
                    **environment_document(one.record),
                    "newest": one.newest,
                    "state": one.build.state if one.build else None,
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            shown_text(one.record.name),
            f"r{one.record.active}" if one.record.active else "-",
            one.record.engine,
            one.build.state if one.build else "not built",
            "you" if one.mine else shown_text(one.record.owner),
            one.record.visibility,
            "  ".join(
                filter(
                    None,
                    (
                        "default" if one.record.is_default else "",
                        "put away" if one.record.archived is not None else "",
                        shown_text(one.record.description),
                    ),
                )
            ),
        )
        for one in found
    ]
    if rows:
        for line in table(
            ("name", "active", "engine", "last build", "owner", "visible to", ""), rows, colours=("bold",)
        ):
            say(line)
    else:
        note("There is no environment yet: 'jupyter-repro env create NAME' makes one.")
    _tell_discovered()


def _tell_discovered() -> None:
    """What the workspace around us asks for, if there is one."""
    from jupyter_repro.cli.opening import the_workspace
    from jupyter_repro.errors import ReproError
    from jupyter_repro.verbs import environments

    try:
        with the_workspace() as workspace:
            found = environments.discovered(workspace)
            root = workspace.workspace.root
        with environments.Library() as library:
            own = _newest(library, {one.name for one in found if one.name})
    except ReproError:
        return
    for one in found:
        file = quoted(str(root / one.path))
        if one.definition is None:
            note(f"Found {shown_path(one.path)}: {shown_text(one.problem)}")
        elif one.name not in own:
            named = one.name if _NAME.fullmatch(one.name) else "NAME"
            note(f"Found {shown_path(one.path)}: jupyter-repro env create {named} --from {file}")
        elif own[one.name] != one.definition:
            note(f"Found {shown_path(one.path)}, changed: jupyter-repro env edit {one.name} --from {file}")


def _newest(library: Library, names: set[str]) -> dict[str, Definition]:
    """The newest definitions of one's own environments of these names."""
    from jupyter_repro.errors import ReproError

    found = {}
    for name in names:
        try:
            detail = library.show(name)
        except ReproError:
            continue
        if detail.mine:
            found[name] = detail.revisions[0].definition
    return found
