"""The software of a past commit, brought back from what the commit itself carries. Needs no catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jupyter_repro.environments.choices import Chosen, read_label
from jupyter_repro.environments.comparing import PackageChange, compare_packages, summary
from jupyter_repro.environments.definitions import encode, read_definition, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import SnapshotCache, read_software, software_of
from jupyter_repro.errors import BuildFailed, EnvironmentUnknown
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from jupyter_repro.verbs.environments.using import Used, put_in_use
from jupyter_repro.verbs.opened import Opened

_INSTALLED_BY_ENGINES = ("runtime", "python", "conda")


@dataclass(frozen=True, slots=True)
class Brought:
    """The environment of a commit, in use again.

    ``changes`` is what is installed now and was not then, or the other way round, of what engines install; ``notice``
    says so in a sentence, "" when everything is as it was.
    """

    used: Used
    changes: tuple[PackageChange, ...]
    notice: str


def restore_environment(opened: Opened, commit: str, *, on_line: Callable[[str], None] | None = None) -> Brought:
    """Let the workspace use the software of a past commit; code and data stay as they are.

    What is not installed any more is installed from the commit's own lock. When that cannot be had, its definition is
    resolved anew, and the notice says what differs. Raises ``EnvironmentUnknown`` for a commit whose software was made
    by no environment of ours, and ``BuildFailed`` when it cannot be had at all.
    """
    found = opened.resolve(commit)
    chosen, problem = _installed(opened, found, on_line)
    used = put_in_use(opened, chosen, pinned=True)
    changes = _differences(opened, found, chosen)
    parts = [problem] if problem else []
    if changes:
        parts.append(f"What is installed differs from then: {summary(changes, most=5)}.")
    return Brought(used, changes, " ".join(parts))


def _installed(opened: Opened, commit: Commit, on_line: Callable[[str], None] | None) -> tuple[Chosen, str]:
    environment = commit.environment
    if not environment.definition or not environment.lock:
        raise EnvironmentUnknown(
            f"Commit {commit.id[:12]} was made in software that no environment of jupyter-repro had installed, so it "
            f"cannot be brought back. 'jupyter-repro env snapshot {commit.id[:12]}' lists what it was."
        )
    places = Places(opened.data.root / "environments")
    store = opened.repository.store
    texts = [store.get(Kind.NOTE, bytes.fromhex(name)) for name in (environment.definition, environment.lock)]
    definition, lock = read_definition(texts[0]), read_lock(texts[1])
    keys = [places.keep(text) for text in texts]
    engine = engine_of(lock.engine, places)
    log = _Lines(on_line)
    problem = ""
    try:
        interpreter = engine.install(lock, keys[1], log)
    except BuildFailed as error:
        if lock.engine == "host":
            raise
        log.line(str(error))
        anew = engine.resolve(definition, log)
        keys[1] = places.keep(encode(anew))
        interpreter = engine.install(anew, keys[1], log)
        problem = (
            f"The lock of {environment.label} could not be installed, so its definition was resolved anew. {error}"
        )
    name, number, applied = read_label(environment.label)
    chosen = Chosen(
        environment="",
        name=name,
        number=number,
        definition=keys[0],
        lock=keys[1],
        interpreter=interpreter,
        applied=applied,
    )
    return chosen, problem


def _differences(opened: Opened, commit: Commit, chosen: Chosen) -> tuple[PackageChange, ...]:
    now = software_of(chosen.interpreter, SnapshotCache(opened.data.root / "environments" / "snapshots"))
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
