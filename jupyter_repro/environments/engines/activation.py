"""What an installed environment wants set besides the path: what its engine noted when it made it."""

from __future__ import annotations

import json
from pathlib import Path

NOTE = "repro-activation.json"


def activation_of(interpreter: str) -> dict[str, str]:
    """The variables that the environment of ``interpreter`` wants set; none when its engine noted none."""
    try:
        said = json.loads(Path(interpreter).parents[1].joinpath(NOTE).read_bytes())
    except (OSError, ValueError, IndexError):
        return {}
    return {str(name): str(value) for name, value in said.items()}
