"""A call: one request, understood and validated, on its way to its operation; and what may come back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from jupyter_repro.api.routes import Route
    from jupyter_repro.api.schemas.base import Query, Request
    from jupyter_repro.api.services import Services
    from jupyter_repro.verbs.environments import Library
    from jupyter_repro.workspace import WorkspaceState

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """A request on its way to an operation. ``parameters`` are those of the path, decoded; ``groups`` those that the
    server's identity provider says the user is in."""

    services: Services
    route: Route
    user: str
    parameters: Mapping[str, str]
    query: Query | None = None
    body: Request | None = None
    groups: frozenset[str] = frozenset()

    def asked(self, model: type[Model]) -> Model:
        """The query, which the route declares to be a ``model``."""
        if not isinstance(self.query, model):
            raise TypeError(f"{self.route.operation} declares another query than {model.__name__}")
        return self.query

    def sent(self, model: type[Model]) -> Model:
        """The body, which the route declares to be a ``model``."""
        if not isinstance(self.body, model):
            raise TypeError(f"{self.route.operation} declares another request than {model.__name__}")
        return self.body

    def __getitem__(self, name: str) -> str:
        return self.parameters[name]

    @property
    def author(self) -> str:
        """The name that commits of whoever asks carry."""
        return self.services.author_of(self.user)

    def library(self) -> AbstractContextManager[Library]:
        """The environments of whoever asks."""
        return self.services.libraries.of(self.services.owner_of(self.user), self.groups)

    def environment_order(self) -> dict[str, object]:
        """What an order to work on environments carries."""
        return {
            **self.services.order(),
            "author": self.author,
            "user": self.services.owner_of(self.user),
            "groups": sorted(self.groups),
        }

    def order(self, state: WorkspaceState) -> dict[str, object]:
        """What an order to work in a workspace carries."""
        return {**self.services.lifecycle.order_for(state), "author": self.author}


@dataclass(frozen=True)
class Json:
    """An answer that is JSON text already: large documents that pydantic need not walk through again."""

    data: bytes


@dataclass(frozen=True)
class File:
    """An answer of bytes that the client may ask ranges of.

    ``read(start, length)`` yields the bytes; ``etag`` is the hash of the content, or None when it may change
    between two looks; ``inline`` says whether a browser may show it (still sandboxed).
    """

    name: str
    size: int
    media_type: str
    read: Callable[[int, int], Iterator[bytes]]
    etag: str | None
    inline: bool
    close: Callable[[], None] = field(default=lambda: None)


Result = BaseModel | Json | File | None
Operation = Callable[[Call], Result] | Callable[[Call], Awaitable[Result]]
"""A plain function runs in a thread; a coroutine function runs on the event loop and must not block."""
