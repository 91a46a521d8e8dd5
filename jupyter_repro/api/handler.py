"""The one tornado handler: authenticates, authorizes, finds the route, runs its operation, writes the answer.

It is imported when the server starts, so it imports nothing that the server has not imported anyway; the
table of routes, the schemas and the operations come with the first request.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from jupyter_repro.api import PREFIX, RESOURCE
from jupyter_repro.api.problems import Failure, failure_of, failure_of_status

if TYPE_CHECKING:
    from jupyter_repro.api.calls import Call, File, Operation, Result
    from jupyter_repro.api.routes import Route
    from jupyter_repro.api.services import Services


LONG_BODY = 64 * 1024
"""Bytes of a body that is read in a thread: longer ones would hold up everybody else."""

Value = TypeVar("Value")

_imported: set[str] = set()


def _import_requests() -> None:
    importlib.import_module("jupyter_repro.api.requests")
    importlib.import_module("jupyter_repro.api.calls")


class ReproHandler(APIHandler):
    """Serves every route of ``api.routes``."""

    auth_resource = RESOURCE
    _allowed: tuple[str, ...] = ()
    _sends_file = False

    def initialize(self, services: Services) -> None:
        """``services`` is what the operations work with, the same for every request."""
        self._services = services

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Read something."""
        await self._answer()

    @web.authenticated
    @authorized
    async def head(self) -> None:
        """What ``get`` would say, without the content."""
        await self._answer()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Do or create something."""
        await self._answer()

    @web.authenticated
    @authorized
    async def put(self) -> None:
        """Replace something."""
        await self._answer()

    @web.authenticated
    @authorized
    async def patch(self) -> None:
        """Change something."""
        await self._answer()

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Remove something."""
        await self._answer()

    @property
    def content_security_policy(self) -> str:
        """For stored files, which are hostile: no script, no form, no origin of ours."""
        if self._sends_file:
            return "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
        return str(super().content_security_policy)

    def compute_etag(self) -> str | None:
        """JSON is tagged by its text, a file by its own hash."""
        return None if self._sends_file else super().compute_etag()

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Tell of what went wrong outside an operation: not authenticated, no such address, no XSRF cookie."""
        info = kwargs.get("exc_info")
        error = info[1] if isinstance(info, tuple) else None
        if isinstance(error, web.HTTPError):
            failure = failure_of_status(status_code, error.log_message and error.log_message % error.args)
            if status_code == 403 and not self.current_user:
                failure = Failure(403, "not_authenticated", "Log in to this server first.")
            self._fail(failure, None)
        else:
            self._fail(failure_of_status(status_code), None)

    async def _answer(self) -> None:
        try:
            call, operation = await self._understood()
            result: Result
            if inspect.iscoroutinefunction(operation):
                result = await operation(call)
            else:
                result = await self._services.in_thread(cast("Callable[[Call], Result]", operation), call)
            await self._send(call.route, result)
        except (web.HTTPError, web.Finish, asyncio.CancelledError):
            raise
        except StreamClosedError:
            self.log.debug("The client of %s went away.", self.request.path)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets a sentence and a code
            self._fail(failure_of(error), error)

    async def _understood(self) -> tuple[Call, Operation]:
        await self._first_in_thread("requests", _import_requests)
        from jupyter_repro.api.calls import Call
        from jupyter_repro.api.operations import operation_named
        from jupyter_repro.api.requests import read_body, read_parameters, read_query

        route, raw = self._route()
        self._track_activity = not route.polled
        given = self.request.body
        if len(given) > LONG_BODY:
            body = await self._services.in_thread(read_body, route, given)
        else:
            body = read_body(route, given)
        call = Call(
            services=self._services,
            route=route,
            user=self._user(),
            parameters=read_parameters(raw),
            query=read_query(route, self.request.query),
            body=body,
            groups=self._groups(),
        )
        return call, await self._first_in_thread(route.operation, lambda: operation_named(route.operation))

    async def _first_in_thread(self, name: str, get: Callable[[], Value]) -> Value:
        """What ``get`` gives. The first time it imports, for up to half a second: the event loop goes on meanwhile."""
        if name in _imported:
            return get()
        value = await self._services.in_thread(get)
        _imported.add(name)
        return value

    def _route(self) -> tuple[Route, dict[str, str]]:
        from jupyter_repro.api.routes import routes_at

        path = self.request.path.removeprefix(self.base_url).removeprefix(PREFIX).removeprefix("/")
        method = "GET" if self.request.method == "HEAD" else self.request.method
        found = list(routes_at(path))
        for route, raw in found:
            if route.method == method:
                return route, raw
        if not found:
            raise web.HTTPError(404, "The API has no such address: openapi.json lists those it has.")
        self._allowed = tuple(sorted({route.method for route, _ in found}))
        raise web.HTTPError(405, f"This address answers to {', '.join(self._allowed)}.")

    def _user(self) -> str:
        return str(getattr(self.current_user, "username", ""))

    def _groups(self) -> frozenset[str]:
        # A hub says which groups a user is in; other identity providers may say so in the same way.
        told = getattr(self.current_user, "hub_user", None)
        groups = told.get("groups") if isinstance(told, dict) else getattr(self.current_user, "groups", None)
        if not isinstance(groups, (list, tuple, set, frozenset)):
            return frozenset()
        return frozenset(group for group in groups if isinstance(group, str))

    async def _send(self, route: Route, result: Result) -> None:
        from jupyter_repro.api.calls import File, Json

        if isinstance(result, File):
            await self._send_file(result)
            return
        self.set_status(route.status)
        if result is None:
            await self.finish()
            return
        if isinstance(result, Json):
            data = result.data
        else:
            answer = result
            data = await self._services.in_thread(lambda: json.dumps(answer.model_dump(), allow_nan=False).encode())
        self.set_header("Cache-Control", "no-cache")
        await self.finish(data)

    async def _send_file(self, file: File) -> None:
        from jupyter_repro.api.ranges import plan

        try:
            sent = plan(file, self.request.headers)
            wanted = sent.length if self.request.method != "HEAD" else 0
            chunks: Iterator[bytes] = iter(file.read(sent.start, wanted) if wanted else ())
            # The first piece comes before the headers, so what cannot be read is still told as JSON.
            piece = await self._services.in_thread(next, chunks, b"")
            self._sends_file = True
            self.set_status(sent.status)
            for name, value in sent.headers.items():
                self.set_header(name, value)
            self.set_header("Content-Security-Policy", self.content_security_policy)
            while piece:
                self.write(piece)
                await self.flush()
                piece = await self._services.in_thread(next, chunks, b"")
            await self.finish(set_content_type=file.media_type)
        finally:
            file.close()

    def _fail(self, failure: Failure, error: BaseException | None) -> None:
        if failure.status >= 500 and error is not None:
            self.log.error("%s %s failed", self.request.method, self.request.path, exc_info=error)
        if self._headers_written:
            # Too late for a status: a connection cut short is how the client learns of it.
            self.detach().close()
            return
        self._sends_file = False
        self.clear()
        self.set_status(failure.status)
        if failure.status == 405:
            self.set_header("Allow", ", ".join(self._allowed))
        self.finish(json.dumps(failure.body()))
