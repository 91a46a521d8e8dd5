"""Choosing the environment of a workspace, and collecting those that nobody uses."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_repro.environments.choices import Chosen, read_active, read_choice, write_choice, write_on_top
from jupyter_repro.environments.containers.specs import provisioner_of
from jupyter_repro.environments.definitions import read_definition, read_lock
from jupyter_repro.environments.discovery import Discovered, discover
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.conda_cache import remove_unused_packages
from jupyter_repro.environments.engines.prefixes import Prefixes
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.environments.installed import image_of
from jupyter_repro.environments.kernels import kernel_names, register_kernels, remove_dead_kernels
from jupyter_repro.environments.layers import scripts_of, variables_of
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import Cancelled, EnvironmentNotReady, ReproError
from jupyter_repro.verbs.environments.building import OnLine
from jupyter_repro.verbs.environments.images import remove_unused_images
from jupyter_repro.verbs.environments.kernels import settle_kernels
from jupyter_repro.verbs.environments.library import Library
from jupyter_repro.verbs.environments.project_choice import decline
from jupyter_repro.verbs.environments.restricting import check_allowed
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record

KEPT_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Used:
    """The revision that a workspace uses: its label "name rN", whether it is pinned, its kernel's name (of the kernel
    specification; "" when there is none in it) and its interpreter. ``applied`` is the workspace's own file on top, or
    ""; ``notice`` a sentence that the user should see, or ""; ``name`` that of the environment; ``kernels`` the names
    of all its kernels, the first of them ``kernel``."""

    label: str
    environment: str
    number: int
    pinned: bool
    kernel: str
    interpreter: str
    applied: str = ""
    notice: str = ""
    name: str = ""
    kernels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentsCollected:
    """How many environments and kernels were removed, and how many bytes that freed."""

    removed: int
    kernels: int
    bytes: int


class _Lines:
    def __init__(self, on_line: OnLine | None) -> None:
        self._on_line = on_line

    def line(self, text: str) -> None:
        if self._on_line is not None:
            self._on_line(text)

    def check(self) -> None:
        """Never stops of itself; ``on_line`` may raise."""


def use(
    opened: Opened, library: Library, name: str, number: int | None = None, *, on_line: OnLine | None = None
) -> Used:
    """Let the workspace use an environment: its active revision, whichever that will be, or the pinned ``number``.

    What was collected meanwhile is installed again from its lock. The kernel appears in the launcher under the name
    "<environment> r<number>". Where the environment says so, the workspace's own file is applied on top. Raises
    ``EnvironmentNotFound``, ``EnvironmentNotReady``, ``EnvironmentForbidden`` for one that the project does not allow,
    or ``BuildFailed``.
    """
    found = library.show(name)
    if number is None and found.record.active is None:
        raise EnvironmentNotReady(
            f"Environment {found.record.name!r} has no build that worked yet: 'jupyter-repro env build "
            f"{found.record.name}' makes one."
        )
    revision = found.revision(number)
    if not revision.lock:
        raise EnvironmentNotReady(
            f"Revision {revision.record.number} of {found.record.name!r} has no build that worked: 'jupyter-repro env "
            f"build {found.record.name} --revision {revision.record.number}' makes one."
        )
    check_allowed(opened, found.record.name, revision.record.number, revision.record.definition)
    lock = read_lock(library.places.get(revision.lock))
    injected = injected_variables({}, environment=found.record.name, revision=revision.record.number)
    interpreter = engine_of(lock.engine, library.places).install(lock, revision.lock, _Lines(on_line), injected)
    chosen = Chosen(
        environment=found.record.id,
        name=found.record.name,
        number=revision.record.number,
        definition=revision.record.definition,
        lock=revision.lock,
        interpreter=interpreter,
    )
    done = put_in_use(opened, chosen, pinned=number is not None)
    return apply_project_files(opened, on_line=on_line) or done


def put_in_use(opened: Opened, chosen: Chosen, *, pinned: bool) -> Used:
    """Let the workspace use a revision that is installed."""
    places = Places(opened.data.root / "environments")
    kernels = register_chosen(places, chosen)
    write_choice(opened.workspace.directory, chosen, pinned=pinned)
    settle_kernels(opened.data)
    record(opened, "env-use", chosen.label, pinned=pinned)
    return _used(chosen, pinned, kernels)


def apply_project_files(opened: Opened, *, on_line: OnLine | None = None) -> Used | None:
    """Put the workspace's own file (requirements.txt, pyproject.toml, a binder folder) on top of its environment.

    **To be called when a session starts**, before its first kernel: it does nothing, and returns None, unless the
    environment of the workspace says ``project_files`` and there is such a file. What comes of it is a revision of its
    own: resolved with the versions of the environment kept, locked, cached by its content, with a log that is kept, and
    recorded by every checkpoint as "name rN + requirements.txt". It takes no time while nothing has changed. When it
    cannot be made, what was in use stays, and ``notice`` says why. Raises ``Cancelled`` when ``on_line`` does.
    """
    from jupyter_repro.verbs.environments.deriving import derived

    root = opened.data.root / "environments"
    choice = read_choice(root, opened.workspace.directory, plain=True)
    if choice is None:
        return None
    base, pinned = choice
    places = Places(root)
    try:
        chosen = derived(places, base, opened.workspace.root, on_line)
    except Cancelled:
        raise
    except (ReproError, OSError) as error:
        before = used(opened)
        assert before is not None
        notice = f"The workspace's own file was not applied to {base.label}. {error}"
        return replace(before, notice=notice)
    write_on_top(opened.workspace.directory, base, chosen)
    if chosen is None:
        return None
    kernels = register_chosen(places, chosen)
    settle_kernels(opened.data)
    record(opened, "env-apply", chosen.label, definition=chosen.definition, lock=chosen.lock)
    return _used(chosen, pinned, kernels)


def register_chosen(places: Places, chosen: Chosen) -> tuple[str, ...]:
    """Make the kernels of a revision appear; returns their names, none when there is no kernel in it."""
    definition = read_definition(places.get(chosen.definition))
    variables = injected_variables(variables_of(definition), environment=chosen.name, revision=chosen.number)
    if image_of(chosen.interpreter):
        provisioner = provisioner_of(places, chosen, definition)
        return tuple(register_kernels(kernels_directory(), chosen, variables, provisioner=provisioner))
    launcher = (sys.executable, "-m", "jupyter_repro.environments.launching", str(places.root), chosen.definition)
    before = launcher if scripts_of(definition, "pre-run") else ()
    return tuple(register_kernels(kernels_directory(), chosen, variables, before))


def stop_using(opened: Opened) -> None:
    """Let the workspace use no environment of ours: what is activated, or what runs the server, counts again."""
    write_choice(opened.workspace.directory, None, pinned=False)
    decline(opened)
    settle_kernels(opened.data)
    record(opened, "env-use", "")


def used(opened: Opened) -> Used | None:
    """The revision that the workspace uses; None when it uses none of ours. Needs no catalogue."""
    choice = read_choice(opened.data.root / "environments", opened.workspace.directory)
    if choice is None:
        return None
    chosen, pinned = choice
    return _used(chosen, pinned, tuple(kernel_names(chosen)))


def discovered(opened: Opened) -> list[Discovered]:
    """The files of the workspace that ask for software, those that outweigh others first."""
    return discover(opened.workspace.root)


def collect_environments(library: Library, *, days: float = KEPT_DAYS) -> EnvironmentsCollected:
    """Remove what is installed and neither active nor chosen by a workspace nor younger than so many ``days``.

    Nothing is lost by it: definitions and locks stay, and the next use installs the same again.
    """
    wanted = set()
    for environment in library.catalog.environments.all(archived=False):
        active = read_active(library.places.root, environment.id)
        if active is not None:
            wanted.add(active.lock)
    for workspace in library.data.workspace_ids():
        choice = read_choice(library.places.root, library.data.workspace_directory(workspace))
        if choice is not None:
            wanted.add(choice[0].lock)
        below = read_choice(library.places.root, library.data.workspace_directory(workspace), plain=True)
        if below is not None:
            wanted.add(below[0].lock)
    removed = size = 0
    for prefixes in (Prefixes(library.places.uv), Prefixes(library.places.conda)):
        done = prefixes.remove_all_but(wanted | prefixes.young(days * 86_400))
        removed, size = removed + done[0], size + done[1]
    size += remove_unused_packages(library.places)
    images, freed = remove_unused_images(library, wanted, days)
    removed, size = removed + images, size + freed
    kernels = remove_dead_kernels(kernels_directory())
    library.record("env-gc", "", removed=removed, bytes=size)
    return EnvironmentsCollected(removed, kernels, size)


def _used(chosen: Chosen, pinned: bool, kernels: tuple[str, ...]) -> Used:
    return Used(
        chosen.label,
        chosen.environment,
        chosen.number,
        pinned,
        kernels[0] if kernels else "",
        chosen.interpreter,
        applied=chosen.applied,
        name=chosen.name,
        kernels=kernels,
    )


def kernels_directory() -> Path:
    """Where the user's own kernels lie."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir(), "kernels")
