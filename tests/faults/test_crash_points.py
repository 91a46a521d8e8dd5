"""Killed before any operation on files: every earlier commit is whole, and the next command succeeds.

Each scenario is run once to count its operations; then once for each, in a child that dies there (and once
more for each write, that dies half way). What SQLite does is left to test_system_calls.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.places import Case, Driver, check_whole, made_ready
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.faults

DIED = 77
SECRET = frozenset({b"not for the history"})


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    """The process that runs what is to die."""
    made = Driver()
    yield made
    made.close()


def purged_in(name: str) -> frozenset[bytes]:
    return SECRET if name == "purge" else frozenset()


def count(driver: Driver, name: str, case: Case) -> list[str]:
    """The operations of the scenario when nothing goes wrong; it must work."""
    code, points, error = driver.run(name, case)
    assert code == 0, error
    check_whole(case, purged=purged_in(name))
    assert points
    return points


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_kill_at_any_operation_leaves_every_commit_whole(driver: Driver, name: str) -> None:
    with made_ready(SCENARIOS[name]) as case:
        points = count(driver, name, case)
        for number, point in enumerate(points, 1):
            for how in ("die", "torn") if point == "write" else ("die",):
                case.reset()
                code, _, error = driver.run(name, case, number, how)
                assert code in (0, DIED), error
                try:
                    check_whole(case, purged=purged_in(name), without_caches=number % 3 == 0)
                except BaseException as failure:
                    failure.add_note(f"{how} at {point}, operation {number} of {len(points)}: {points[:number][-6:]}")
                    raise
