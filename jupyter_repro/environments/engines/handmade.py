"""Whether somebody changed an installed environment by hand (``%pip install``): then it is not what its lock says."""

from __future__ import annotations

import json
from pathlib import Path

_NOTE = "repro-installed"


def note_installed(place: Path) -> None:
    """Remember what an environment holds that was just made."""
    (place / _NOTE).write_text(json.dumps(sorted(_distributions(place))), "utf-8")


def changed_by_hand(place: Path) -> list[str]:
    """What was added (+name-version) to an environment or removed (-name-version) from it since; [] for nothing."""
    try:
        then = {str(one) for one in json.loads((place / _NOTE).read_bytes())}
    except (OSError, ValueError, TypeError):
        return []
    now = _distributions(place)
    return [f"+{one}" for one in sorted(now - then)] + [f"-{one}" for one in sorted(then - now)]


def _distributions(place: Path) -> set[str]:
    conda = {file.stem for file in place.glob("conda-meta/*.json")}
    return conda | {
        file.name.rpartition(".")[0]
        for folder in place.glob("lib/python*/site-packages")
        for file in folder.iterdir()
        if file.name.endswith((".dist-info", ".egg-info"))
    }
