"""The reference holds every route, shape, code and event of the server."""

from __future__ import annotations

import ast

import pytest

from jupyter_repro.api.notify import KINDS, schema_id
from jupyter_repro.api.openapi import document
from jupyter_repro.api.problems import API_CODES
from jupyter_repro.api.routes import ROUTES, Route
from jupyter_repro.errors import all_errors
from tests.docs.pages import ROOT, page, section


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_documented(route: Route) -> None:
    text = section("rest.md", f"{route.method} `{route.path}`")
    assert route.summary in text
    for name in (*route.parameters, *(route.query.model_fields if route.query else ())):
        assert f"| `{name}` |" in text


def test_every_shape_is_documented() -> None:
    for name, schema in document()["components"]["schemas"].items():
        text = section("rest.md", name)
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in text, (name, field)


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_documented(kind: str) -> None:
    assert f"## `{schema_id(kind)}`" in page("events.md")


def test_every_code_of_the_api_is_documented() -> None:
    """Wherever a code is written out in ``api``, the table has it."""
    used: set[str] = set()
    for file in (ROOT / "jupyter_repro" / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("refuse", "Failure"):
                place = 2 if node.func.id == "refuse" else 1
                code = node.args[place] if len(node.args) > place else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    used.add(code.value)
    assert {"task_not_found", "worker_lost", "invalid_json"} <= used, "the search itself works"
    assert used - set(API_CODES) - {error.code for error in all_errors()} == set()
    assert all(f"| `{code}` |" in page("rest.md") for code in API_CODES)
