"""A small client for the tests: every answer is checked against the OpenAPI document."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote

import jsonschema
from tornado.httpclient import HTTPResponse

from jupyter_repro.api.openapi import document
from jupyter_repro.api.routes import ROUTES, routes_at


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """Checks an answer against a schema of the document."""
    schemas = document()["components"]["schemas"]
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}})


@dataclass(frozen=True)
class Answer:
    """What the server said to one request."""

    status: int
    headers: dict[str, str]
    body: bytes
    method: str
    path: str

    @property
    def json(self):
        return json.loads(self.body)

    def ok(self, status: int = 200):
        """The JSON of an answer that must have this status."""
        assert self.status == status, f"{self.method} {self.path}: {self.status} {self.body[:2000]!r}"
        return self.json if self.body else None

    def problem(self, status: int, code: str) -> str:
        """The message of a failure that must have this status and code."""
        assert (self.status, self.json["code"]) == (status, code), f"{self.method} {self.path}: {self.body[:2000]!r}"
        assert "Traceback" not in self.json["message"]
        return self.json["message"]


@dataclass(frozen=True)
class Client:
    """Requests to the API below ``base``; ``headers`` go with each."""

    http: object
    base: str
    headers: dict[str, str] = field(default_factory=dict)
    foreign: bool = False
    """Another API than ours: its answers are not checked."""

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        **query: object,
    ) -> Answer:
        """One request. ``raw`` is a body as it is; ``query`` values may be lists."""
        pairs = [
            (name, one)
            for name, value in query.items()
            for one in (value if isinstance(value, list) else [value])
            if one is not None
        ]
        text = "&".join(
            f"{name}={quote(_said(one).encode('utf-8', 'surrogateescape'), safe='')}" for name, one in pairs
        )
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        response: HTTPResponse = await self.http.fetch(
            self.base + path + ("?" + text if text else ""),
            method=method,
            headers={**self.headers, **(headers or {})},
            body=data,
            raise_error=False,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=60,
        )
        answer = Answer(response.code, dict(response.headers.get_all()), response.body or b"", method, path)
        if not self.foreign:
            self._check(answer)
        return answer

    async def get(self, path: str, /, **query: object) -> Answer:
        """A GET."""
        return await self.request("GET", path, **query)

    async def post(self, path: str, body: object) -> Answer:
        """A POST."""
        return await self.request("POST", path, body)

    async def finished(self, task: str, state: str = "done"):
        """The task when it is over; it must have ended in this state."""
        for _ in range(10):
            found = (await self.get(f"tasks/{task}", wait=30)).ok()
            if found["ended"]:
                assert found["state"] == state, found
                return found
        raise AssertionError(f"the task did not end: {found}")

    async def done(self, method: str, path: str, body: object = None, state: str = "done"):
        """Begin a task and wait for its end; its result, or its error."""
        task = (await self.request(method, path, body)).ok(202)
        found = await self.finished(task["id"], state)
        return found["result"] if state == "done" else found["error"]

    async def checkpoint(self, message: str = "", workspace: str = "current", **body: object):
        """Make a checkpoint; its result."""
        return await self.done("POST", f"workspaces/{workspace}/checkpoints", {"message": message, **body})

    def _check(self, answer: Answer) -> None:
        """Whatever comes back, it is what the document says."""
        if answer.method == "HEAD" or answer.status == 304:
            return
        if answer.status >= 400:
            assert answer.headers["Content-Type"] == "application/json", answer
            validator("Problem").validate(answer.json)
            return
        for route, _ in routes_at(answer.path):
            if route.method == answer.method and route.media == "json":
                assert answer.status == route.status
                validator(route.answer.__name__).validate(answer.json)


def _said(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


__all__ = ["ROUTES", "Answer", "Client", "validator"]
