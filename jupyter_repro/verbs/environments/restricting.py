"""Which revisions of environments a project allows: kept in the project's own log, so that it holds everywhere.

A revision is known by its definition, whatever an environment of that name holds on another machine. Using another
one is refused; a checkpoint in one is made all the same, because work is never lost to a rule, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jupyter_repro.environments.choices import read_choice, read_label
from jupyter_repro.environments.definitions import encode, read_definition, text_id
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import EnvironmentForbidden, EnvironmentNotFound, ReproError
from jupyter_repro.history import Commit
from jupyter_repro.store import Changes, Kind
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

    A commit stands for the revision that it was made in, whether this machine knows that environment or not. Without
    any, all are allowed again. With ``adding`` they are allowed besides the others. Raises ``EnvironmentNotFound``.
    """
    opened.repository.sync()
    marked = list(allowed(opened)) if adding else []
    marked += [_named(opened, library, name, number) for name, number in revisions]
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
        raise _forbidden(opened, f"{name} r{number}", marked, f"{name}@{number}")


def check_commit_allowed(opened: OpenedProject, commit: Commit) -> None:
    """Raise ``EnvironmentForbidden`` when the project does not allow the revision that a commit was made in."""
    opened.repository.sync()
    marked = allowed(opened)
    if not marked:
        return
    made_in = _made_in(opened, commit)
    if made_in.definition not in {one.definition for one in marked}:
        # The commit is what every machine has, and not the catalogue that knows the environment by its name.
        raise _forbidden(opened, made_in.label, marked, commit.id[:12])


def refused(opened: Opened) -> str:
    """The label of the revision that the workspace uses though its project does not allow it; "" otherwise.

    A revision with the workspace's own file on top counts as that revision.
    """
    marked = allowed(opened)
    if not marked:
        return ""
    places = Places(opened.data.root / "environments")
    choice = read_choice(places.root, opened.workspace.directory, plain=True)
    if choice is None:
        return "no environment"
    chosen = choice[0]
    try:
        definition = _below(chosen.definition, places.get(chosen.definition), chosen.name, chosen.number)
    except ReproError:
        definition = chosen.definition
    return "" if definition in {one.definition for one in marked} else chosen.label


def _below(definition: str, text: bytes, name: str, number: int) -> str:
    """The id of the definition of a revision, of which that of this id and text may be a derived one: with a project's
    own file on top, and with what was installed by hand on top of that."""
    parent = read_definition(text).parent
    while parent is not None and (parent.name, parent.number) == (name, number):
        definition, parent = text_id(encode(parent.definition)), parent.definition.parent
    return definition


def _named(opened: OpenedProject, library: Library, name: str, number: int | None) -> Allowed:
    try:
        found = library.show(name)
    except EnvironmentNotFound:
        made_in = _of_commit(opened, name) if number is None else None
        if made_in is None:
            raise
        return made_in
    revision = found.revision(number)
    return Allowed(found.record.name, revision.record.number, revision.record.definition)


def _of_commit(opened: OpenedProject, name: str) -> Allowed | None:
    try:
        commit = opened.resolve(name)
    except ReproError:
        return None
    return _made_in(opened, commit) if commit.environment.definition else None


def _made_in(opened: OpenedProject, commit: Commit) -> Allowed:
    """The revision that a commit was made in, without what was on top of it."""
    name, number, _ = read_label(commit.environment.label)
    definition = commit.environment.definition
    text = opened.repository.store.get(Kind.NOTE, bytes.fromhex(definition))
    return Allowed(name, number, _below(definition, text, name, number))


def _forbidden(opened: OpenedProject, label: str, marked: Sequence[Allowed], named: str) -> EnvironmentForbidden:
    return EnvironmentForbidden(
        f"Project {opened.project.name!r} does not allow {label}, but {_list(marked)}. Use one of these, or mark it "
        f"too: 'jupyter-repro env restrict --add {named}'."
    )


def _list(marked: Sequence[Allowed]) -> str:
    labels = [one.label for one in marked]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
