"""Jobs on environments: build, activate, use, restore that of a commit, collect."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from jupyter_repro.api.environment_use import selection_of
from jupyter_repro.api.schemas.base import Answer
from jupyter_repro.api.schemas.environments_builds import ActivateDone, BuildDone, CollectEnvironmentsDone
from jupyter_repro.api.schemas.environments_use import BeginEnvironmentDone, RestoreEnvironmentDone, SelectDone
from jupyter_repro.api.work.order import Order
from jupyter_repro.errors import BuildFailed, Cancelled
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments.building import ask_to_stop

_LOOK_SECONDS = 0.2


def build(order: Order, on_progress: OnProgress) -> Answer:
    """Build a revision. The record of the build says how it went; the task fails or is cancelled with it."""
    identity = order.text("build")
    with _library(order) as library:
        with _followed(on_progress, "build", lambda: ask_to_stop(library.places, identity)) as lines:
            done = verbs.build(
                library,
                order.text("environment"),
                order.number("revision"),
                on_line=lines.add,
                identity=identity,
                cache=order.flag("cache"),
            )
        if done.state == "cancelled":
            raise Cancelled("The build was cancelled; the active revision is as it was.")
        if done.state != "ready":
            # Everybody on the server sees how a task failed, but not everybody may see the environment.
            raise BuildFailed("The build failed: see its log." if order.flag("discreet") else done.problem)
        active = library.catalog.environments.find(done.environment_id).active
    return BuildDone(
        environment=done.environment_id,
        revision=done.number,
        build=done.id,
        lock=done.lock,
        packages=done.packages,
        active=active == done.number,
    )


def activate(order: Order, on_progress: OnProgress) -> Answer:
    """Make a revision that was built the active one."""
    with _library(order) as library:
        record = verbs.activate(library, order.text("environment"), order.number("revision"))
    return ActivateDone(environment=record.id, revision=record.active or order.number("revision"))


def use(order: Order, on_progress: OnProgress) -> Answer:
    """Let a workspace use an environment, or none."""
    notice = ""
    with order.workspace() as opened, _library(order) as library:
        if order.text("environment"):
            lines = _Lines(on_progress, "install")
            number = order.number("revision") if order.maybe("revision") else None
            notice = verbs.use(opened, library, order.text("environment"), number, on_line=lines.add).notice
        else:
            verbs.stop_using(opened)
        return SelectDone(selection=selection_of(opened), notice=notice or None)


def begin(order: Order, on_progress: OnProgress) -> Answer:
    """What a session does for environments when it starts."""
    from jupyter_repro.verbs.environments.beginning import begin_session

    with order.workspace() as opened, _library(order) as library:
        done = begin_session(opened, library, on_line=_Lines(on_progress, "install").add)
        return BeginEnvironmentDone(
            selection=selection_of(opened), dead_builds=done.dead_builds, notice=done.notice or None
        )


def restore(order: Order, on_progress: OnProgress) -> Answer:
    """Let a workspace use the software of a past commit."""
    from jupyter_repro.api.environment_translate import package_change_of

    with order.workspace() as opened:
        lines = _Lines(on_progress, "install")
        done = verbs.restore_environment(opened, order.text("commit"), on_line=lines.add)
        return RestoreEnvironmentDone(
            selection=selection_of(opened),
            changes=[package_change_of(change) for change in done.changes],
            replaced=[package_change_of(change) for change in done.replaced],
            notice=done.notice or None,
        )


def collect(order: Order, on_progress: OnProgress) -> Answer:
    """Remove what is installed and nobody uses."""
    with _library(order) as library:
        done = verbs.collect_environments(library, days=float(order.text("days")))
    return CollectEnvironmentsDone(removed=done.removed, kernels=done.kernels, bytes=done.bytes)


class _Lines:
    """Counts the lines of a log, and tells of each where nobody else does."""

    def __init__(self, on_progress: OnProgress | None, phase: str) -> None:
        self.number = 0
        self._on_progress = on_progress
        self._phase = phase

    def add(self, line: str) -> None:
        """One more line; raises ``Cancelled`` when the task is to stop."""
        self.number += 1
        if self._on_progress is not None:
            self._on_progress(Progress(self._phase, self.number))


@contextlib.contextmanager
def _followed(on_progress: OnProgress, phase: str, cancel: Callable[[], object]) -> Iterator[_Lines]:
    """Tell how many lines there are, and have the work cancelled when that is asked for, also while it says nothing."""
    lines = _Lines(None, phase)
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            try:
                on_progress(Progress(phase, lines.number))
            except Cancelled:
                with contextlib.suppress(OSError):
                    cancel()
                return

    follower = threading.Thread(target=look, name="follow", daemon=True)
    follower.start()
    try:
        yield lines
    finally:
        over.set()
        follower.join()


def _library(order: Order) -> verbs.Library:
    return verbs.Library(
        configuration=order.configuration, user=order.text("user"), groups=tuple(order.texts("groups"))
    )
