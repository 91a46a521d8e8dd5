"""A data directory of the test's own, and its catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.catalog import Catalog, open_catalog
from jupyter_repro.data_directory import DataDirectory


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "repro")


@pytest.fixture
def catalog(data: DataDirectory) -> Iterator[Catalog]:
    with open_catalog(data) as opened:
        yield opened
