"""What a session does for environments when it starts."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.environments.choices import read_choice
from jupyter_repro.errors import Cancelled, ReproError
from jupyter_repro.verbs.environments.building import OnLine, mark_dead_builds
from jupyter_repro.verbs.environments.kernels import settle_kernels
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.verbs.environments.project_choice import has_declined, project_choice
from jupyter_repro.verbs.environments.using import Used, apply_project_files, use, used
from jupyter_repro.verbs.opened import Opened


@dataclass(frozen=True, slots=True)
class Begun:
    """What the workspace uses (None: no environment), what the user should know, how many dead builds were marked."""

    used: Used | None
    notice: str
    dead_builds: int


def begin_session(opened: Opened, library: Library, *, on_line: OnLine | None = None) -> Begun:
    """Mark the builds that died with the last server; use what the project's workspaces begin with, where nobody chose;
    put the workspace's own file on top, where the environment says so; and see that its kernel is there.

    What cannot be had is told in the notice, and leaves things as they were. Raises ``Cancelled`` when ``on_line``
    does.
    """
    dead = mark_dead_builds(library)
    now, notice = None, ""
    try:
        now = _begin(opened, library, on_line)
    except Cancelled:
        raise
    except ReproError as error:
        notice = f"The environment of project {opened.project.name!r} could not be used. {error}"
    settle_kernels(opened.data)
    return Begun(now or used(opened), notice or (now.notice if now is not None else ""), dead)


def _begin(opened: Opened, library: Library, on_line: OnLine | None) -> Used | None:
    if read_choice(library.places.root, opened.workspace.directory) is not None:
        return apply_project_files(opened, on_line=on_line)
    wanted = project_choice(opened)
    if wanted is None or has_declined(opened):
        return None
    return use(opened, library, wanted.name, wanted.number, on_line=on_line)
