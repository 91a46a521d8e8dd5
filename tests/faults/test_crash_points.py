"""Killed, or failing, at any operation on files: every earlier commit is whole, and the next command succeeds.

Each scenario is run once to count its operations; then once for each, in a child that dies there (and once
more for each write, that dies half way), or for which the disk is full or broken from there on. An ordinary run
takes some of the operations, a nightly one all. What SQLite does is left to test_system_calls.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.places import Case, Driver, check_whole, made_ready
from tests.faults.scenarios import SCENARIOS
from tests.support.profile import spread

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


WRITING = ("write",)
MOST = {"checkpoint": 200, "restore": 80, "switch": 40}
"""How many points of a scenario an ordinary run tries; of the others 25."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_kill_at_any_operation_leaves_every_commit_whole(driver: Driver, name: str) -> None:
    with made_ready(SCENARIOS[name]) as case:
        points = count(driver, name, case)
        cases = [
            (number, how)
            for number, point in enumerate(points, 1)
            for how in (("die", "torn") if point in WRITING else ("die",))
        ]
        for number, how in spread(cases, MOST.get(name, 25), name):
            code, error = run_and_check(driver, name, case, points, number, how)
            assert code in (0, DIED), error


@pytest.mark.parametrize("how", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_disk_that_fails_at_any_operation_leaves_every_commit_whole(driver: Driver, name: str, how: str) -> None:
    """A full disk stays full for the rest of the command; then there is room again."""
    with made_ready(SCENARIOS[name]) as case:
        points = count(driver, name, case)
        for number in spread(range(1, len(points) + 1), 2 * MOST.get(name, 20) // 3, name + how):
            code, error = run_and_check(driver, name, case, points, number, how)
            assert code in (0, 1), f"operation {number}, {points[number - 1]}: {error}"


def run_and_check(driver: Driver, name: str, case: Case, points: list[str], number: int, how: str) -> tuple[int, str]:
    """One case; returns how the command ended."""
    case.reset()
    code, _, error = driver.run(name, case, number, how)
    try:
        check_whole(case, purged=purged_in(name), without_caches=number % 3 == 0)
    except BaseException as failure:
        failure.add_note(f"{how} at operation {number} of {len(points)}: {points[:number][-6:]} ({error})")
        raise
    return code, error
