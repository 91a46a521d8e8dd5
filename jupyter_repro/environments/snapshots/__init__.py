"""Snapshots: the text of what is really installed, and of the machine it runs on.

Everything is read from files that package managers keep, so that taking a snapshot starts no program (but a Python
that is not ours, once) and needs no network.
"""

from __future__ import annotations

from jupyter_repro.environments.snapshots.taking import SnapshotCache, software_of
from jupyter_repro.environments.snapshots.texts import Host, Package, Software, read_host, read_software

__all__ = ["Host", "Package", "SnapshotCache", "Software", "read_host", "read_software", "software_of"]
