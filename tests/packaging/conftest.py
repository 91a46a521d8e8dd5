"""The packages as they would be released, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.building import ROOT, build


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for all of them: what they look at is built once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("packaging"))
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel; the plugin in it is the one that is built already."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
