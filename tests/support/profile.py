"""How thorough this run is: every case at night (HYPOTHESIS_PROFILE=nightly), otherwise what a few minutes allow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"

T = TypeVar("T")


def spread(cases: Sequence[T], most: int, seed: str = "") -> list[T]:
    """All of the cases at night; otherwise ``most`` of them, spread evenly, always the same for the same ``seed``."""
    if NIGHTLY or len(cases) <= most:
        return list(cases)
    offset = sum(seed.encode()) % 97 / 97
    return [cases[int((number + offset) * len(cases) / most) % len(cases)] for number in range(most)]
