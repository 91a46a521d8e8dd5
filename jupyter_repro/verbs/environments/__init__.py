"""The verbs of environments: making, sharing, building, choosing, recording and comparing them."""

from __future__ import annotations

from jupyter_repro.environments.comparing import PackageChange
from jupyter_repro.verbs.environments.compare import Comparison, SoftwareBadge, compare, software_badges
from jupyter_repro.verbs.environments.snapshot import NOW, Snapshot, snapshot

__all__ = [
    "NOW",
    "Comparison",
    "PackageChange",
    "Snapshot",
    "SoftwareBadge",
    "compare",
    "snapshot",
    "software_badges",
]
