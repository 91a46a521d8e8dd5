"""A data directory of the test's own, and its catalogue: on SQLite, and on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.catalog import Catalog, open_catalog
from jupyter_repro.data_directory import DataDirectory
from tests.fixtures.postgres import MARKS, postgres_server, postgres_url  # noqa: F401


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "repro")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=MARKS)])
def catalog(data: DataDirectory, request: pytest.FixtureRequest) -> Iterator[Catalog]:
    if request.param == "sqlite":
        with open_catalog(data) as opened:
            yield opened
        return
    data.make()
    with Catalog(request.getfixturevalue("postgres_url")) as opened:
        opened.take_in_from(data)
        yield opened
