"""The environment that the workspaces of a project begin with: kept in the project's log, so it holds everywhere."""

from __future__ import annotations

import msgspec

from jupyter_repro.store import Changes
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.verbs.recording import record

_SETTING = "environment"
_DECLINED = "no-environment"
"""A file of a workspace whose user chose to use no environment."""


class ProjectChoice(msgspec.Struct, frozen=True):
    """The name of an environment, and the number of its revision when that is pinned."""

    name: str
    number: int | None = None

    def matches(self, name: str, number: int, pinned: bool) -> bool:
        """Whether a workspace that uses this revision uses what the project says."""
        return name == self.name and (number == self.number if pinned else self.number is None)


def project_choice(opened: OpenedProject) -> ProjectChoice | None:
    """What the project's workspaces begin with; None when nothing was said."""
    said = opened.repository.store.head.settings.get(_SETTING)
    if not said:
        return None
    try:
        return msgspec.json.decode(said, type=ProjectChoice)
    except msgspec.DecodeError:
        return None


def choose_for_project(opened: OpenedProject, library: Library, name: str | None, number: int | None = None) -> None:
    """Let the project's workspaces begin with an environment, or with none. Raises ``EnvironmentNotFound``."""
    value = None
    label = ""
    if name is not None:
        found = library.show(name)
        if number is not None:
            found.revision(number)
        value = msgspec.json.encode(ProjectChoice(found.record.name, number)).decode()
        label = found.record.name if number is None else f"{found.record.name} r{number}"
    opened.repository.sync()
    opened.repository.store.publish(lambda head: Changes(settings={_SETTING: value}))
    record(opened, "env-project", label)


def has_declined(opened: Opened) -> bool:
    """Whether somebody chose to use no environment in this workspace."""
    return (opened.workspace.directory / _DECLINED).exists()


def decline(opened: Opened) -> None:
    """Remember that somebody chose to use no environment in this workspace."""
    (opened.workspace.directory / _DECLINED).touch()
