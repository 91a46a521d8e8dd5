"""Which revisions of environments a project allows: kept in the project's own log, so that it holds everywhere.

A revision is known by its definition, whatever an environment of that name holds on another machine. Using another
one is refused; a checkpoint in one is made all the same, because work is never lost to a rule, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jupyter_repro.environments.choices import read_choice
from jupyter_repro.errors import EnvironmentForbidden
from jupyter_repro.store import Changes
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.verbs.recording import record

_SETTING = "environments"
REFUSED = "environment-refused"
"""The label of a commit that was made in a revision that its project does not allow; its value is the revision."""


class Allowed(msgspec.Struct, frozen=True):
    """A revision that a project allows: what it was called, and the id of its definition."""

    name: str
    number: int
    definition: str

    @property
    def label(self) -> str:
        """As people say it."""
        return f"{self.name} r{self.number}"


def allowed(opened: OpenedProject) -> tuple[Allowed, ...]:
    """The revisions that the project allows; () when it allows all."""
    said = opened.repository.store.head.settings.get(_SETTING)
    if not said:
        return ()
    try:
        return tuple(msgspec.json.decode(said, type=list[Allowed]))
    except msgspec.DecodeError:
        return ()


def restrict(
    opened: OpenedProject, library: Library, revisions: Sequence[tuple[str, int | None]], *, adding: bool = False
) -> tuple[Allowed, ...]:
    """Let the project allow these revisions only: names of environments with numbers (None means the active one).

    Without any, all are allowed again. With ``adding`` they are allowed besides the others. Raises
    ``EnvironmentNotFound``.
    """
    opened.repository.sync()
    marked = list(allowed(opened)) if adding else []
    for name, number in revisions:
        found = library.show(name)
        revision = found.revision(number)
        marked.append(Allowed(found.record.name, revision.record.number, revision.record.definition))
    marked = list(dict.fromkeys(marked))
    value = msgspec.json.encode(marked).decode() if marked else None
    opened.repository.store.publish(lambda head: Changes(settings={_SETTING: value}))
    record(opened, "env-restrict", ", ".join(one.label for one in marked))
    return tuple(marked)


def check_allowed(opened: OpenedProject, name: str, number: int, definition: str) -> None:
    """Raise ``EnvironmentForbidden`` when the project does not allow the revision."""
    opened.repository.sync()
    marked = allowed(opened)
    if marked and definition not in {one.definition for one in marked}:
        raise EnvironmentForbidden(
            f"Project {opened.project.name!r} does not allow {name} r{number}, but {_list(marked)}. Use one of these, "
            f"or mark it too: 'jupyter-repro env restrict --add {name}@{number}'."
        )


def refused(opened: Opened) -> str:
    """The label of the revision that the workspace uses though its project does not allow it; "" otherwise.

    A revision with the workspace's own file on top counts as that revision.
    """
    marked = allowed(opened)
    if not marked:
        return ""
    choice = read_choice(opened.data.root / "environments", opened.workspace.directory, plain=True)
    if choice is None:
        return "no environment"
    return "" if choice[0].definition in {one.definition for one in marked} else choice[0].label


def _list(marked: Sequence[Allowed]) -> str:
    labels = [one.label for one in marked]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
