"""A library of environments of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import verbs
from jupyter_repro.verbs import environments

if TYPE_CHECKING:
    from tests.environments.conda_channel import Channel


@pytest.fixture
def library(data_home: Path) -> Iterator[environments.Library]:
    with environments.Library(user="me", groups=("stats",)) as opened:
        yield opened


@pytest.fixture
def opened(workspace_dir: Path) -> Iterator[verbs.Opened]:
    """A workspace with one checkpoint."""
    verbs.init(workspace_dir)
    (workspace_dir / "notes.txt").write_text("one")
    with verbs.open_workspace(workspace_dir) as workspace:
        verbs.checkpoint(workspace, "first")
        yield workspace


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    """A conda channel on disk."""
    from tests.environments.conda_channel import make_channel

    return make_channel(tmp_path / "channel")
