"""The arguments of a job, as JSON brought them to the worker process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from jupyter_repro import verbs
from jupyter_repro.api.place import Place
from jupyter_repro.configuration import Configuration
from jupyter_repro.history import Session

Arguments = Mapping[str, object]


class Order:
    """The arguments of a job, read by type."""

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments

    def text(self, name: str) -> str:
        """A string that must be there."""
        return str(self._arguments[name])

    def maybe(self, name: str) -> str | None:
        """A string that may be missing."""
        value = self._arguments.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Whether a switch is on."""
        return bool(self._arguments.get(name, False))

    def number(self, name: str) -> int:
        """A whole number that must be there."""
        return int(self.text(name))

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        value = self._arguments.get(name) or []
        return [str(item) for item in value] if isinstance(value, list) else []

    def mapping(self, name: str) -> dict[str, object]:
        """An object; empty when it is missing."""
        value = self._arguments.get(name)
        return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}

    @cached_property
    def configuration(self) -> Configuration:
        """The server's settings."""
        return Configuration(**self.mapping("configuration"))  # type: ignore[arg-type]  # made by asdict of the same class

    @cached_property
    def session(self) -> Session | None:
        """The server's session; None for the one of the day."""
        value = self.mapping("session")
        return Session(**value) if value else None  # type: ignore[arg-type]  # made by asdict of the same class

    @cached_property
    def place(self) -> Place:
        """Where the server is."""
        return Place(self.text("root"))

    def workspace(self) -> verbs.Opened:
        """The workspace at ``directory``, opened."""
        return verbs.open_workspace(
            self.text("directory"), session=self.session, author=self.maybe("author"), configuration=self.configuration
        )

    def project(self) -> verbs.OpenedProject:
        """The project of that id, opened."""
        return verbs.open_project(self.text("project"), configuration=self.configuration)
