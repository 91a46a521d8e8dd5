"""``env log``: the logs of builds."""

from __future__ import annotations

import click

from jupyter_repro.cli.environments.group import environment_command
from jupyter_repro.cli.escape import shown_lines, shown_text
from jupyter_repro.cli.output import note, paint, say, say_json
from jupyter_repro.errors import EnvironmentNotFound


@environment_command(
    "log",
    examples=(
        "jupyter-repro env log py311-pandas",
        "jupyter-repro env log py311-pandas --follow",
        "jupyter-repro env log py311-pandas --search numpy",
    ),
)
@click.argument("name", metavar="NAME")
@click.option("--build", metavar="BUILD", help="Of this build, not the newest.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written, until the build has ended.")
@click.option("--search", metavar="TEXT", help="The lines with TEXT in the logs of all builds.")
def command_here(name: str, build: str | None, follow: bool, search: str | None, as_json: bool) -> None:
    """Print or search the logs of builds.

    Logs are kept with their builds, also those of builds that failed or were cancelled.
    """
    from jupyter_repro.verbs import environments

    with environments.Library() as library:
        if search is not None:
            found = environments.search_logs(library, name, search)
            if as_json:
                say_json([{"build": one.build, "line": one.line, "text": one.text} for one in found])
                return
            if not found:
                note(f"No log of {shown_text(name)} has {shown_text(search)!r}.")
            for one in found:
                say(f"{paint(f'{one.build}:{one.line}', 'dim')}  {shown_lines(one.text)}")
            return
        builds = [one for revision in library.show(name).revisions for one in revision.builds]
        chosen = [one.id for one in sorted(builds, key=lambda one: -one.queued) if build is None or one.id == build]
        if not chosen:
            raise EnvironmentNotFound(
                f"Environment {name!r} has no build {build!r}: 'jupyter-repro env show {name}' lists them."
                if build
                else f"Environment {name!r} was not built yet: 'jupyter-repro env build {name}' does it."
            )
        if as_json:
            lines = list(environments.build_log(library, chosen[0]))
            say_json([{"build": chosen[0], "line": number, "text": text} for number, text in enumerate(lines, 1)])
            return
        state = {one.id: one.state for one in builds}[chosen[0]]
        note(f"build {chosen[0]}, {state}")
        for line in environments.build_log(library, chosen[0], follow=follow):
            say(shown_lines(line))
