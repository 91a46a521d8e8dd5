"""A revision with a workspace's own file on top: a definition, a lock and an installation of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from jupyter_repro.environments.choices import Chosen
from jupyter_repro.environments.definitions import (
    Definition,
    Lock,
    Parent,
    checked,
    encode,
    read_definition,
    read_lock,
    text_id,
)
from jupyter_repro.environments.discovery import discover
from jupyter_repro.environments.engines import BuildLog, Engine, engine_of
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.environments.layers import wants_project_files
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import InvalidDefinition, ReproError


def derived(places: Places, base: Chosen, root: Path, on_line: Callable[[str], None] | None) -> Chosen | None:
    """The revision ``base`` with the file of the workspace at ``root`` on top, installed; None where that is the base
    itself: the environment does not ask for it, or there is no such file.

    Raises ``BuildFailed``, ``InvalidDefinition`` for a file that cannot be used, and ``Cancelled``.
    """
    from jupyter_repro.verbs.environments.building import KeptLog

    definition = read_definition(places.get(base.definition))
    if base.applied or not wants_project_files(definition):
        return None
    # Packages of pip go on top of those of conda, and into an image, as well.
    engines = (definition.engine, "uv") if definition.engine in ("conda", "docker") else (definition.engine,)
    files = discover(root)
    found = next((one for name in engines for one in files if one.engine == name), None)
    if found is None:
        return None
    if found.definition is None:
        raise InvalidDefinition(f"{found.path} cannot be used: {found.problem}")
    whole = based_on(places, base.name, base.number, base.definition, base.lock)
    own = found.definition
    whole = checked(msgspec.structs.replace(whole, requirements=own.requirements, conda=own.conda))
    key = places.keep(encode(whole))
    engine = engine_of(whole.engine, places)
    lock = _known(places, key)
    name = "" if lock is None else text_id(encode(lock))
    interpreter = engine.interpreter(lock, name) if lock is not None else None
    if interpreter is None:
        with KeptLog(places, f"derived-{key[:24]}", on_line) as log:
            log.line(f"apply      {found.path} on top of {base.label}")
            interpreter, name = _made(places, engine, whole, key, lock, base, log)
    return msgspec.structs.replace(base, definition=key, lock=name, interpreter=interpreter, applied=found.path)


def based_on(places: Places, name: str, number: int, definition: str, lock: str) -> Definition:
    """A definition that adds nothing yet to a revision of these ids of definition and lock ("" before it is built)."""
    below = read_definition(places.get(definition))
    pins = ""
    if lock:
        held = read_lock(places.get(lock))
        packages = engine_of(held.engine, places).packages(held)
        pins = "".join(f"{one}=={version}\n" for one, version in sorted(packages.items()))
    parent = Parent(name=name, number=number, definition=below, lock=lock, pins=pins)
    return Definition(engine=below.engine, parent=parent)


def _made(
    places: Places, engine: Engine, whole: Definition, key: str, lock: Lock | None, base: Chosen, log: BuildLog
) -> tuple[str, str]:
    """Installed: the interpreter and the id of the lock."""
    if lock is None:
        lock = engine.resolve(whole, log, read_lock(places.get(base.lock)))
    name = places.keep(encode(lock))
    log.line(f"lock       {name[:12]}")
    injected = injected_variables({}, environment=base.name, revision=base.number)
    interpreter = engine.install(lock, name, log, injected)
    _remember(places, key, name)
    return interpreter, name


def _known(places: Places, key: str) -> Lock | None:
    """The lock that the definition became before, on this machine."""
    try:
        return read_lock(places.get((places.root / "derived" / key).read_text("utf-8").strip()))
    except (OSError, ReproError):
        return None


def _remember(places: Places, key: str, lock: str) -> None:
    folder = places.root / "derived"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{key}.{os.getpid()}"
    fresh.write_text(lock, "utf-8")
    os.replace(fresh, folder / key)
