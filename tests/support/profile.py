"""How a run looks for cases: the same ones each time, unless EXPLORE asks for others.

A failure of `make test` must be the fault of the change that is tested, so nothing is drawn at random there, and what
an earlier run found is not brought up again. ``EXPLORE=1`` draws other cases each time, as many of them; with
``EXPLORE=nightly`` it looks as long as it takes to find something. What either finds gets a test of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

EXPLORING = os.environ.get("EXPLORE", "") not in ("", "0")
NIGHTLY = os.environ.get("EXPLORE") == "nightly"

T = TypeVar("T")


def spread(cases: Sequence[T], most: int, seed: str = "") -> list[T]:
    """All of the cases at night; otherwise ``most`` of them, spread evenly, always the same for the same ``seed``."""
    if NIGHTLY or len(cases) <= most:
        return list(cases)
    offset = sum(seed.encode()) % 97 / 97
    return [cases[int((number + offset) * len(cases) / most) % len(cases)] for number in range(most)]


def load() -> None:
    """Have hypothesis search as this run does."""
    bounded = settings(
        max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.register_profile("same", bounded, derandomize=True, database=None, print_blob=True)
    settings.register_profile("explore", bounded, derandomize=False, print_blob=True)
    settings.register_profile("nightly", settings.get_profile("explore"), max_examples=2000, stateful_step_count=60)
    settings.load_profile("nightly" if NIGHTLY else "explore" if EXPLORING else "same")
