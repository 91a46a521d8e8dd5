"""The software of a past commit, brought back from what the commit itself carries. Needs no catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from jupyter_repro.environments.choices import Chosen, read_label
from jupyter_repro.environments.comparing import PackageChange, compare_packages, summary
from jupyter_repro.environments.definitions import Definition, Lock, encode, read_definition, read_lock
from jupyter_repro.environments.engines import BuildLog, Engine, engine_of
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.environments.installed import installed_software
from jupyter_repro.environments.locked import packages_of_lock
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import read_software
from jupyter_repro.errors import BuildFailed, EnvironmentUnknown
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from jupyter_repro.verbs.environments.deriving import based_on
from jupyter_repro.verbs.environments.restricting import check_commit_allowed
from jupyter_repro.verbs.environments.using import Used, put_in_use
from jupyter_repro.verbs.opened import Opened

_INSTALLED_BY_ENGINES = ("runtime", "python", "conda")


@dataclass(frozen=True, slots=True)
class Brought:
    """The environment of a commit, in use again.

    ``changes`` is what is installed now and was not then, or the other way round, of what engines install; ``replaced``
    what the lock held and could not be had, with what was taken instead; ``notice`` says both in sentences, "" when
    everything is as it was.
    """

    used: Used
    changes: tuple[PackageChange, ...]
    notice: str
    replaced: tuple[PackageChange, ...] = ()


@dataclass(frozen=True, slots=True)
class _Installed:
    chosen: Chosen
    notice: str
    replaced: tuple[PackageChange, ...] = ()


def restore_environment(opened: Opened, commit: str, *, on_line: Callable[[str], None] | None = None) -> Brought:
    """Let the workspace use the software of a past commit; code and data stay as they are.

    What is not installed any more is installed from the commit's own lock, and what had been added by hand (``%pip
    install``) on top of it. When the lock cannot be had, its definition is resolved anew with every version kept that
    still can be, and the notice says what differs. Raises ``EnvironmentUnknown`` for a commit whose software was made
    by no environment of ours, ``EnvironmentForbidden`` when the project does not allow the revision, and
    ``BuildFailed`` when it cannot be had at all.
    """
    found = opened.resolve(commit)
    if not found.environment.definition or not found.environment.lock:
        raise EnvironmentUnknown(
            f"Commit {found.id[:12]} was made in software that no environment of jupyter-repro had installed, so it "
            f"cannot be brought back as it was. 'jupyter-repro env create NAME --like {found.id[:12]}' makes an "
            "environment with the same Python packages."
        )
    check_commit_allowed(opened, found)
    done = _installed(opened, found, on_line)
    changes = _differences(opened, found, done.chosen)
    if changes and not done.notice:
        done = _with_what_was_added_by_hand(opened, done.chosen, changes, on_line)
        changes = _differences(opened, found, done.chosen)
    used = put_in_use(opened, done.chosen, pinned=True)
    parts = [done.notice] if done.notice else []
    if changes:
        parts.append(f"What is installed differs from then: {summary(changes, most=5)}.")
    return Brought(used, changes, " ".join(parts), done.replaced)


def _installed(opened: Opened, commit: Commit, on_line: Callable[[str], None] | None) -> _Installed:
    environment = commit.environment
    places = Places(opened.data.root / "environments")
    store = opened.repository.store
    texts = [store.get(Kind.NOTE, bytes.fromhex(name)) for name in (environment.definition, environment.lock)]
    definition, lock = read_definition(texts[0]), read_lock(texts[1])
    keys = [places.keep(text) for text in texts]
    name, number, applied = read_label(environment.label)
    chosen = Chosen(
        environment="",
        name=name,
        number=number,
        definition=keys[0],
        lock=keys[1],
        interpreter="",
        applied=applied,
    )
    engine = engine_of(lock.engine, places)
    log = _Lines(on_line)
    injected = injected_variables({}, environment=name, revision=number)
    try:
        return _Installed(replace(chosen, interpreter=engine.install(lock, keys[1], log, injected)), "")
    except BuildFailed as error:
        if lock.engine == "host":
            raise
        log.line(str(error))
        reason = error
    anew, key, interpreter = _anew(places, engine, definition, lock, log, reason)
    held = [packages_of_lock(one, places) for one in (lock, anew)]
    replaced = compare_packages(held[0], held[1])
    instead = f"Used instead: {summary(replaced, most=5)}." if replaced else "The versions are the same."
    notice = (
        f"The lock of {environment.label} could not be installed, so its definition was resolved anew. {reason} "
        f"{instead}"
    )
    return _Installed(replace(chosen, lock=key, interpreter=interpreter), notice, replaced)


def _anew(
    places: Places, engine: Engine, definition: Definition, lock: Lock, log: BuildLog, reason: BuildFailed
) -> tuple[Lock, str, str]:
    """The definition resolved today and installed: first with the versions of the lock kept where that can be.

    Returns the lock, its id, and the interpreter.
    """
    last = reason
    for prefer in (lock, None):
        try:
            anew = engine.resolve(definition, log, prefer)
            key = places.keep(encode(anew))
            return anew, key, engine.install(anew, key, log)
        except BuildFailed as error:
            log.line(str(error))
            last = error
    raise BuildFailed(f"Its lock could not be installed: {reason} Resolving its definition anew failed too: {last}")


def _with_what_was_added_by_hand(
    opened: Opened, chosen: Chosen, changes: tuple[PackageChange, ...], on_line: Callable[[str], None] | None
) -> _Installed:
    """The environment with the packages on top that somebody had installed into it when the commit was made."""
    places = Places(opened.data.root / "environments")
    wanted = [one for one in changes if one.ecosystem == "python" and one.old and not one.old_origin]
    lock = read_lock(places.get(chosen.lock))
    if lock.engine not in ("uv", "conda") or not wanted:
        return _Installed(chosen, "")
    engine, log = engine_of(lock.engine, places), _Lines(on_line)
    whole = replace(
        based_on(places, chosen.name, chosen.number, chosen.definition, chosen.lock),
        requirements="".join(f"{one.name}=={one.old}\n" for one in wanted),
    )
    log.line(f"by hand    {', '.join(one.name for one in wanted)}")
    try:
        more = engine.resolve(whole, log, lock)
        key = places.keep(encode(more))
        interpreter = engine.install(more, key, log)
    except BuildFailed as error:
        log.line(str(error))
        return _Installed(chosen, "")
    applied = f"{chosen.applied} and by hand" if chosen.applied else "by hand"
    names = ", ".join(f"{one.name} {one.old}" for one in wanted[:5]) + (" and more" if len(wanted) > 5 else "")
    return _Installed(
        replace(chosen, definition=places.keep(encode(whole)), lock=key, interpreter=interpreter, applied=applied),
        f"What had been installed by hand was installed too: {names}.",
    )


def _differences(opened: Opened, commit: Commit, chosen: Chosen) -> tuple[PackageChange, ...]:
    now = installed_software(chosen.interpreter, Places(opened.data.root / "environments"))
    if not commit.environment.software or now is None:
        return ()
    then = opened.repository.store.get(Kind.NOTE, bytes.fromhex(commit.environment.software))
    sides = [
        [package for package in read_software(text).packages if package.ecosystem in _INSTALLED_BY_ENGINES]
        for text in (then, now)
    ]
    return compare_packages(sides[0], sides[1])


class _Lines:
    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self._on_line = on_line

    def line(self, text: str) -> None:
        """Pass a line on."""
        if self._on_line is not None:
            self._on_line(text)

    def check(self) -> None:
        """Never stops of itself; ``on_line`` may raise."""
