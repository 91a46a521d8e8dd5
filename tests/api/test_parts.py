"""The small parts: places, cursors, ranges, the table of routes and its document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro.api.openapi import document, text
from jupyter_repro.api.operations import operation_named
from jupyter_repro.api.paging import make_cursor, page_by_key, read_cursor
from jupyter_repro.api.place import Place
from jupyter_repro.api.routes import ROUTES, routes_at
from jupyter_repro.api.translate import kind_of, may_be_inline, media_type_of
from jupyter_repro.api.work.jobs import JOBS
from jupyter_repro.errors import HostilePath, InvalidRequest


def test_every_route_has_its_operation():
    for route in ROUTES:
        assert callable(operation_named(route.operation)), route


def test_every_operation_id_and_address_is_there_once():
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_every_address_leads_to_its_own_route():
    for route in ROUTES:
        path = route.path
        for name in route.parameters:
            path = path.replace("{" + name + "}", f"a-{name}")
        found = [each for each, _ in routes_at(path)]
        assert route in found
        assert {each.path for each in found} == {route.path}


def test_every_kind_of_task_has_a_job():
    schema = document()["components"]["schemas"]["Task"]["properties"]["kind"]
    assert set(schema["enum"]) == set(JOBS)


def test_the_document_needs_nothing_that_serves():
    served = "[name for name in sys.modules if 'tornado' in name or '.verbs' in name]"
    code = f"import sys, jupyter_repro.api.openapi as o; o.text(); print({served})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    printed = subprocess.run(
        [sys.executable, "-m", "jupyter_repro.api.openapi"], capture_output=True, text=True, check=True
    )
    assert json.loads(printed.stdout) == json.loads(text())


def test_the_document_says_who_may():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            expected = "read" if method == "get" else "write"
            assert operation["x-authorization"] == {"resource": "jupyter_repro", "action": expected}, path


def test_a_place_maps_both_ways(tmp_path: Path):
    (tmp_path / "link").symlink_to("/")
    place = Place.at(str(tmp_path))
    assert place.server_path(str(tmp_path)) == ""
    assert place.server_path(str(tmp_path / "a" / "b")) == "a/b"
    assert place.server_path(str(tmp_path.parent)) is None
    assert place.server_path(str(tmp_path) + "-beside") is None
    assert place.inside("/a/b/") == str(tmp_path / "a" / "b")
    for bad in ("..", "a/../..", "link", "link/etc", "a\0"):
        with pytest.raises(HostilePath):
            place.inside(bad)
    assert place.anywhere("../x") == str(tmp_path.parent / "x")


@pytest.mark.parametrize("place", [("a",), (1, "b"), ("\udce9",)])
def test_a_cursor_gives_back_what_was_put_in(place):
    assert read_cursor(make_cursor(*place), *map(type, place)) == place


@pytest.mark.parametrize("cursor", ["", "x", "W10", "bnVsbA", "WzFd", "W3RydWVd", "é" * 8, "====", "W" * 5000])
def test_no_cursor_of_anybodys_making_breaks_it(cursor):
    with pytest.raises(InvalidRequest):
        read_cursor(cursor, str, int)


def test_a_page_by_key_survives_what_is_added_and_removed():
    page, cursor = page_by_key(["a", "c", "e"], str, None, 2)
    assert page == ["a", "c"]
    assert page_by_key(["a", "d", "e"], str, cursor, 2) == (["d", "e"], None)


@pytest.mark.parametrize(
    ("name", "kind", "media_type", "inline"),
    [
        ("a.ipynb", "notebook", "application/x-ipynb+json", True),
        ("a.HTML", "html", "text/html; charset=utf-8", False),
        ("a.svg", "image", "image/svg+xml", False),
        ("a.xhtml", "text", "text/plain; charset=utf-8", True),
        ("a.xml", "text", "text/plain; charset=utf-8", True),
        ("a.png", "image", "image/png", True),
        ("a.parquet", "binary", "application/vnd.apache.parquet", False),
        ("a.exe", "binary", "application/octet-stream", False),
        ("Makefile", "text", "text/plain; charset=utf-8", True),
        ("a.csv", "csv", "text/csv; charset=utf-8", True),
    ],
)
def test_what_a_file_is_goes_by_its_name_alone(name, kind, media_type, inline):
    assert (kind_of(name), media_type_of(name), may_be_inline(media_type_of(name))) == (kind, media_type, inline)
