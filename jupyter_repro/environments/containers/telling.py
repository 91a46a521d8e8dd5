"""What is told of a kernel that ended by itself, or that does not start again: in the log, and to who looks."""

from __future__ import annotations

from logging import Logger, LoggerAdapter

from jupyter_repro.environments.containers.running import Ended

EVENT = "urn:jupyter-repro:event:kernel:v1"
"""The event that a server tells."""


class Teller:
    """Tells of the kernel ``kernel`` (its id), which people know as ``name``.

    ``manager`` is the manager of that kernel: one of a server passes events on to browsers, others have nobody to tell.
    """

    def __init__(self, manager: object, log: Logger | LoggerAdapter[Logger], kernel: str, name: str) -> None:
        self._manager = manager
        self._log = log
        self._kernel = kernel
        self._name = name

    def ended(self, how: Ended, memory: int) -> None:
        """It ended by itself; ``memory`` is its limit in bytes."""
        if how.out_of_memory:
            self.problem(
                f"A kernel of {self._name} was ended because it wanted more memory than its limit of "
                f"{memory / 1024**2:.0f} MiB. Raise the limit of the environment, or use less."
            )
        elif how.no_engine:
            self.problem(
                f"The engine of Docker does not answer any more, so the kernel {self._name} has ended: start the "
                "engine, then restart the kernel."
            )
        elif how.code != 0:
            said = how.said or "-"
            self._log.warning("A kernel of %s ended with code %s. It said last: %s", self._name, how.code, said)

    def not_again(self, error: Exception) -> None:
        """It does not start again; the error is for the user. A script gets the error itself."""
        if hasattr(self._manager, "emit"):
            self.problem(f"The kernel {self._name} does not start again. {error}")

    def problem(self, words: str) -> None:
        """Something that the user should know."""
        self._log.error("%s", words)
        emit = getattr(self._manager, "emit", None)
        if emit is not None:
            told = words.encode("utf-8", "backslashreplace").decode("utf-8")
            try:
                emit(schema_id=EVENT, data={"kernel": self._kernel, "name": self._name, "problem": told})
            except Exception as error:  # noqa: BLE001
                # A server without our extension does not know the event, and nobody waits for it there.
                self._log.debug("The event %s could not be told: %s", EVENT, error)
