"""Building revisions: a record for each attempt, a log that is kept, and an active revision that only success moves."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_repro.catalog import BuildRecord, EnvironmentRecord, microseconds_now
from jupyter_repro.environments.choices import Chosen, write_active
from jupyter_repro.environments.definitions import encode, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.prefixes import held
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import Cancelled, EnvironmentNotReady, ReproError
from jupyter_repro.verbs.environments.kernels import settle_kernels
from jupyter_repro.verbs.environments.library import Library

OnLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a build's log that was looked for: the build's id, the line's number from 1, and its text."""

    build: str
    line: int
    text: str


def build(
    library: Library,
    name: str,
    number: int | None = None,
    *,
    on_line: OnLine | None = None,
    on_start: Callable[[str], None] | None = None,
    identity: str | None = None,
    cache: bool = True,
) -> BuildRecord:
    """Build a revision of an environment (the newest without ``number``) and return the record of the attempt.

    ``on_line`` is called with every line of the log, ``on_start`` with the id of the build, which is ``identity`` when
    that is given (24 hex digits that nobody had). A build that succeeds makes
    its revision the active one, unless a later one is; one that does not leaves everything as it was, and its record
    says why. Without ``cache`` an engine that keeps instructions from build to build (docker) carries all of them out.
    ``on_line`` may raise ``Cancelled``. Raises ``EnvironmentNotFound`` and ``EnvironmentForbidden``, and
    ``NotPossible`` where there is no cache to ignore.
    """
    found = library.owned(name)
    detail = library.show(found.id)
    revision = detail.revision(number or detail.revisions[0].record.number)
    engine = engine_of(revision.definition.engine, library.places, cache=cache)
    now = microseconds_now()
    record = BuildRecord(
        identity or os.urandom(12).hex(),
        found.id,
        revision.record.number,
        "queued",
        socket.gethostname(),
        library.user,
        now,
    )
    injected = injected_variables({}, environment=found.name, revision=record.number)
    with KeptLog(library.places, record.id, on_line) as log:
        library.catalog.environments.put_build(record)
        if on_start is not None:
            on_start(record.id)
        try:
            with _turn(library.places, found.id, log):
                record = library.catalog.environments.put_build(
                    replace(record, state="building", started=microseconds_now())
                )
                lock = engine.resolve(revision.definition, log)
                key = library.places.keep(encode(lock))
                log.line(f"lock       {key[:12]}")
                interpreter = engine.install(lock, key, log, injected)
            done = replace(record, state="ready", lock=key, packages=len(engine.packages(lock)))
        except Cancelled:
            done = replace(record, state="cancelled", problem="It was cancelled.")
        except ReproError as error:
            done = replace(record, state="failed", problem=str(error))
        except OSError as error:
            done = replace(
                record, state="failed", problem=f"{error.strerror or error} ({error.filename or 'no file'})."
            )
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt)
            problem = "It was cancelled." if stopped else "It ended early."
            done = replace(record, state="cancelled" if stopped else "failed", problem=problem)
            log.keep(f"{done.state:<10} {problem}")
            library.catalog.environments.put_build(replace(done, ended=microseconds_now()))
            raise
        with contextlib.suppress(Cancelled):
            log.line(f"{done.state:<10} {done.problem}".rstrip())
        done = library.catalog.environments.put_build(replace(done, ended=microseconds_now()))
    if done.state == "ready":
        current = library.catalog.environments.find(found.id)
        if done.number >= (current.active or 0):
            _activate(library, current, done, revision.record.definition, interpreter)
    library.record("env-build", found.name, revision=done.number, state=done.state)
    return done


def activate(library: Library, name: str, number: int) -> EnvironmentRecord:
    """Make a revision that was built the active one, a past one too. Raises ``EnvironmentNotReady``."""
    found = library.owned(name)
    revision = library.show(found.id).revision(number)
    good = next((one for one in revision.builds if one.state == "ready"), None)
    if good is None:
        raise EnvironmentNotReady(
            f"Revision {number} of {found.name!r} has no build that worked: 'jupyter-repro env build {found.name} "
            f"--revision {number}' makes one."
        )
    lock = read_lock(library.places.get(good.lock))
    interpreter = engine_of(lock.engine, library.places).install(lock, good.lock, _Silent())
    changed = _activate(library, found, good, revision.record.definition, interpreter)
    library.record("env-activate", found.name, revision=number)
    return changed


def cancel(library: Library, build_id: str) -> BuildRecord:
    """Ask a build under way to stop; it does within a second. One whose process is gone is marked as failed."""
    record = library.catalog.environments.build(build_id)
    library.owned(record.environment_id)
    if record.state in ("queued", "building"):
        ask_to_stop(library.places, record.id)
        mark_dead_builds(library)
    return library.catalog.environments.build(build_id)


def ask_to_stop(places: Places, build_id: str) -> None:
    """Ask whoever carries out the build to stop; no matter when that is asked, also before it has begun."""
    places.builds.mkdir(mode=0o700, parents=True, exist_ok=True)
    (places.builds / f"{build_id}.cancel").touch()


def mark_dead_builds(library: Library) -> int:
    """Mark the builds of this machine whose process has ended without a word as failed; returns how many."""
    marked = 0
    for state in ("queued", "building"):
        for record in library.catalog.environments.builds(state=state):
            if record.host == socket.gethostname() and not _alive(library.places, record.id):
                ended = replace(
                    record, state="failed", problem="Its process ended before it was done.", ended=microseconds_now()
                )
                library.catalog.environments.put_build(ended)
                marked += 1
    return marked


def build_log(library: Library, build_id: str, *, follow: bool = False) -> Iterator[str]:
    """The lines of a build's log; with ``follow`` those to come too, until the build has ended."""
    record = library.catalog.environments.build(build_id)
    library.seen(record.environment_id)
    file = library.places.builds / f"{record.id}.log"
    if not file.exists():
        return
    with open(file, encoding="utf-8", errors="replace") as opened:
        rest = ""
        while True:
            # Asked before reading: what was written before the end is not missed.
            going = follow and _alive(library.places, record.id)
            for part in opened:
                rest += part
                if rest.endswith("\n"):
                    yield rest[:-1]
                    rest = ""
            if not going:
                break
            time.sleep(0.1)
        if rest:
            yield rest


def search_logs(library: Library, name: str, text: str, *, limit: int = 1000) -> list[LogLine]:
    """The lines with ``text`` (in any case) in the logs of an environment's builds, the newest build first."""
    found = library.seen(name)
    wanted = text.casefold()
    lines: list[LogLine] = []
    for record in library.catalog.environments.builds(found.id):
        for number, line in enumerate(build_log(library, record.id), 1):
            if wanted in line.casefold():
                lines.append(LogLine(record.id, number, line))
                if len(lines) >= limit:
                    return lines
    return lines


def _activate(
    library: Library, record: EnvironmentRecord, done: BuildRecord, definition: str, interpreter: str
) -> EnvironmentRecord:
    changed = library.catalog.environments.change(record.id, active=done.number)
    write_active(
        library.places.root,
        Chosen(
            environment=record.id,
            name=record.name,
            number=done.number,
            definition=definition,
            lock=done.lock,
            interpreter=interpreter,
        ),
    )
    settle_kernels(library.data)
    return changed


@contextlib.contextmanager
def _turn(places: Places, environment: str, log: KeptLog) -> Iterator[None]:
    """One build of an environment at a time: the others are queued, and can be cancelled there."""
    places.builds.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        waited = False
        while True:
            log.check()
            try:
                stack.enter_context(held(places.builds / f"{environment}.turn", wait=False))
                break
            except BlockingIOError:
                if not waited:
                    log.line("queued     behind another build of this environment")
                waited = True
                time.sleep(0.1)
        yield


def _alive(places: Places, build_id: str) -> bool:
    """Whether a process of this machine is at work on the build: it holds a lock that dies with it."""
    try:
        fd = os.open(places.builds / f"{build_id}.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(fd)


class _Silent:
    """The log of work that is quick and that nobody looks at."""

    def line(self, text: str) -> None:
        """Say nothing."""

    def check(self) -> None:
        """Never stop."""


class KeptLog:
    """A build's log in a file, with a lock that says that the build lives, and a file that asks it to stop.

    A context manager; what is written while ``on_line`` raises is kept all the same.
    """

    def __init__(self, places: Places, build_id: str, on_line: OnLine | None) -> None:
        places.builds.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._base = places.builds / build_id
        self._on_line = on_line
        self._cancel = Path(f"{self._base}.cancel")
        self._lock = os.open(f"{self._base}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._file = open(f"{self._base}.log", "a", encoding="utf-8", errors="replace")  # noqa: SIM115 - see __exit__

    def __enter__(self) -> KeptLog:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._cancel.unlink(missing_ok=True)
        Path(f"{self._base}.lock").unlink(missing_ok=True)
        os.close(self._lock)

    def keep(self, text: str) -> None:
        """Write one line, at once, and tell nobody."""
        self._file.write(text + "\n")
        self._file.flush()

    def line(self, text: str) -> None:
        """Write one line, at once."""
        self.keep(text)
        if self._on_line is not None:
            self._on_line(text)

    def check(self) -> None:
        """Stop when somebody asked for it."""
        if self._cancel.exists():
            raise Cancelled("The build was cancelled; the active revision is as it was.")
