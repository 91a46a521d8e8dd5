"""What a route is: one method of one path, who may, what goes in and what comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import BaseModel

from jupyter_repro.api.schemas.base import Query, Request

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Action = Literal["read", "write"]
Media = Literal["json", "bytes", "none"]

WRITES: frozenset[str] = frozenset({"POST", "PUT", "PATCH", "DELETE"})

PATH_PARAMETERS: dict[str, str] = {
    "project": "Id or name of a project, or `current`: that of the workspace this server was started in.",
    "workspace": "Id of a workspace, or `current`: the one this server was started in.",
    "commit": "Any name of a commit (id, unique prefix, branch, tag, `@`, `@~2`), percent-encoded.",
    "branch": "Name of a branch; its slashes may be percent-encoded or not.",
    "tag": "Name of a tag; its slashes may be percent-encoded or not.",
    "task": "Id of a task.",
    "environment": "Name or id of an environment.",
    "revision": "Number of a revision.",
    "build": "Id of a build.",
}

# The last segment may hold slashes: branch and tag names often do, and proxies like to decode %2F.
_GREEDY = frozenset({"branch", "tag"})


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: Method
    path: str
    operation: str
    summary: str
    answer: type[BaseModel] | None = None
    request: type[Request] | None = None
    query: type[Query] | None = None
    status: int = 200
    media: Media = "json"
    polled: bool = False
    """Clients ask it by a clock: it is no sign that a person is there, so an idle server stays idle."""

    @property
    def action(self) -> Action:
        """What the authorizer is asked for, on the resource ``jupyter_repro``."""
        return "write" if self.method in WRITES else "read"

    @property
    def name(self) -> str:
        """``operationId`` of the document, camel case: ``commitsHistory``."""
        room, verb = self.operation.split(".")
        words = [*room.split("_"), *verb.split("_")]
        return words[0] + "".join(word.capitalize() for word in words[1:])

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names in the path template, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the part of a request's path behind the prefix, still percent-encoded."""
        parts = re.split(r"{(\w+)}", self.path)
        text = "".join(
            re.escape(part) if place % 2 == 0 else f"(?P<{part}>{'.+' if part in _GREEDY else '[^/]+'})"
            for place, part in enumerate(parts)
        )
        return re.compile(text)
