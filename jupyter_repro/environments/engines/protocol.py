"""What an engine is, and the log that it writes while it works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jupyter_repro.environments.definitions import Definition, Lock


class BuildLog(Protocol):
    """Where an engine tells what it does, and learns that it is to stop."""

    def line(self, text: str) -> None:
        """Write one line."""

    def check(self) -> None:
        """Raise ``Cancelled`` when the build is to stop. Called at least some times a second."""


class Engine(Protocol):
    """Makes environments of one kind."""

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """What the definition becomes on this machine today; of what ``prefer`` holds, only what must be changes.

        Raises ``BuildFailed`` or ``MissingTool``.
        """

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """Make sure that the lock of id ``name`` is installed, and return its interpreter.

        At once when it is there already, as the lock says. ``variables`` are the injected ones (REPRO_...), for the
        scripts of the lock. Raises ``BuildFailed``, with what could not be had.
        """

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The interpreter of the lock of id ``name``; None when it is not installed."""

    def packages(self, lock: Lock) -> dict[str, str]:
        """Names and versions of what the lock holds."""
