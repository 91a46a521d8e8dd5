"""What a lock holds, as snapshots tell of it, whatever its engine."""

from __future__ import annotations

from jupyter_repro.environments.definitions import Lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import Package
from jupyter_repro.environments.snapshots.python_packages import normalized


def packages_of_lock(lock: Lock, places: Places) -> list[Package]:
    """The packages of a lock, sorted by ecosystem and name."""
    if lock.engine == "conda":
        from jupyter_repro.environments.engines.conda_lock import conda_packages_of

        return sorted(conda_packages_of(lock))
    found = engine_of(lock.engine, places).packages(lock)
    return sorted(Package("python", normalized(name), version) for name, version in found.items())
