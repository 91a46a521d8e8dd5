"""A place with a history, put back as it was before each test that damages it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.places import Case, made_ready
from tests.faults.scenarios import AFTER, Scenario, hold, with_history


def settled(root: Path) -> None:
    """A history, and a folder that is as its newest commit."""
    with_history(root)
    hold(root, AFTER)


@pytest.fixture(scope="module")
def ready() -> Iterator[Case]:
    """The place, made once for a module."""
    with made_ready(Scenario(settled, lambda: None, (AFTER,))) as case:
        yield case


@pytest.fixture
def case(ready: Case) -> Case:
    """The place as it was made."""
    ready.reset()
    return ready
