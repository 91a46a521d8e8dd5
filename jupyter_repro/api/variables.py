"""Variables of this server's process that its kernels and terminals inherit."""

from __future__ import annotations

import os
from collections.abc import Mapping


def set_variables(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    """Set them, or take away those that are None; returns what puts everything back."""
    before = {name: os.environ.get(name) for name in variables}
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before
