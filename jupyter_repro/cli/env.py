"""``env``: environments, and what is installed."""

from __future__ import annotations

import click

from jupyter_repro.cli.command import command
from jupyter_repro.cli.environments.group import EnvironmentGroup, ask_for_json


@command(
    "env",
    cls=EnvironmentGroup,
    examples=(
        "jupyter-repro env create py311-pandas --requirements requirements.txt",
        "jupyter-repro env use py311-pandas",
        "jupyter-repro env diff @~3 @",
    ),
)
@click.pass_context
def command_here(context: click.Context, as_json: bool) -> None:
    """List, make, choose and compare environments.

    An environment is software with a name: every change of its definition makes a new revision, which is built,
    and which a workspace uses. Old revisions stay as they were.

    Every checkpoint records what was really installed in the environment of the workspace: Python packages, conda,
    Debian, R and Julia where present, and the machine it ran on.
    """
    ask_for_json(context, as_json)
