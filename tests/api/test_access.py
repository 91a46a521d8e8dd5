"""Who may: every route is authenticated and authorized, whatever is asked of it."""

from __future__ import annotations

import json

import pytest
from jupyter_server.auth import Authorizer

from jupyter_repro.api.handler import ReproHandler
from jupyter_repro.api.routes import ROUTES, Route
from tests.api.client import Client

IDS = [f"{route.method} {route.path}" for route in ROUTES]


def filled(route: Route) -> str:
    path = route.path
    for name in route.parameters:
        path = path.replace("{" + name + "}", "current" if name in ("project", "workspace") else "x")
    return path


class ReadOnly(Authorizer):
    """Lets everybody read and nobody write, and remembers what it was asked."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 - one list for the test to look at

    def is_authorized(self, handler, user, action, resource):
        if isinstance(handler, ReproHandler):
            self.asked.append((action, resource))
        return action == "read"


class OnlyThis(Authorizer):
    """Lets everybody do everything, on this one resource."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012

    def is_authorized(self, handler, user, action, resource):
        if isinstance(handler, ReproHandler):
            self.asked.append((action, resource))
        return resource == "jupyter_repro"


class Nobody(Authorizer):
    """Lets nobody do anything."""

    def is_authorized(self, handler, user, action, resource):
        return False


@pytest.fixture
def authorizer():
    return None


@pytest.fixture
def jp_server_config(jp_server_config, authorizer):
    if authorizer is not None:
        jp_server_config["ServerApp"]["authorizer_class"] = authorizer
    return jp_server_config


async def test_every_route_wants_a_login(api: Client):
    stranger = Client(api.http, api.base)
    for route in ROUTES:
        body = b"{}" if route.request else None
        answer = await stranger.request(route.method, filled(route), raw=body)
        assert (answer.status, answer.json["code"]) in ((403, "not_authenticated"), (403, "xsrf")), route
        if route.method == "GET":
            assert answer.json["code"] == "not_authenticated"


async def test_an_unknown_address_is_not_told_to_strangers(api: Client):
    stranger = Client(api.http, api.base)
    (await stranger.get("no/such/thing")).problem(403, "not_authenticated")
    (await api.get("no/such/thing")).problem(404, "not_found")
    (await api.get("")).problem(404, "not_found")


@pytest.mark.parametrize("authorizer", [Nobody])
async def test_every_route_asks_the_authorizer(api: Client):
    for route in ROUTES:
        answer = await api.request(route.method, filled(route), raw=b"{}" if route.request else None)
        answer.problem(403, "forbidden")


@pytest.mark.parametrize("authorizer", [OnlyThis])
async def test_who_may_on_this_resource_may_on_every_route(api: Client, files):
    OnlyThis.asked.clear()
    for route in ROUTES:
        answer = await api.request(route.method, filled(route), raw=b"{}" if route.request else None)
        assert answer.status < 500, (route, answer)
        assert answer.status != 403, (route, answer)
        assert OnlyThis.asked.pop() == (route.action, "jupyter_repro")
        assert OnlyThis.asked == [], "asked once a request"


@pytest.mark.parametrize("authorizer", [ReadOnly])
async def test_reading_and_writing_are_different_rights(api: Client, files):
    ReadOnly.asked.clear()
    for route in ROUTES:
        answer = await api.request(route.method, filled(route), raw=b"{}" if route.request else None)
        if route.action == "write":
            answer.problem(403, "forbidden")
        else:
            assert answer.status != 403, route
        assert ReadOnly.asked.pop() == (route.action, "jupyter_repro")
    assert not (files / ".repro").exists()


async def test_a_cookie_alone_may_read_but_not_write(api: Client, jp_serverapp, files):
    browser = await _logged_in(api, jp_serverapp)
    (await browser.get("here")).ok()
    (await browser.post("workspaces", {})).problem(403, "xsrf")
    assert not (files / ".repro").exists()
    token = browser.headers["Cookie"].partition("_xsrf=")[2]
    given = {"X-XSRFToken": token}
    made = await browser.request("POST", "workspaces", {}, headers=given)
    await api.finished(made.ok(201)["task"]["id"])


async def _logged_in(api: Client, serverapp) -> Client:
    base = api.base.partition("jupyter-repro")[0]
    cookies: dict[str, str] = {}
    for page in (f"api/me?token={serverapp.identity_provider.token}", "login"):
        answer = await api.http.fetch(base + page, raise_error=False, follow_redirects=False)
        for cookie in answer.headers.get_list("Set-Cookie"):
            key, _, value = cookie.partition(";")[0].partition("=")
            cookies[key] = value
    order = sorted(cookies.items(), key=lambda item: item[0] == "_xsrf")
    return Client(api.http, api.base, {"Cookie": "; ".join(f"{key}={value}" for key, value in order)})


async def test_a_method_that_is_not_there_is_told_with_those_that_are(api: Client):
    answer = await api.request("DELETE", "projects/current/sessions")
    answer.problem(405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"
    assert json.loads(answer.body)["problems"] == []
