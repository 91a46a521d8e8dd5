"""The engine host: an interpreter that is there already. It is described and locked, and never built."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping

from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import SnapshotCache, read_software, software_of
from jupyter_repro.errors import BuildFailed


class HostEngine:
    """Describes the interpreter that a definition names as its base, or the one that runs us."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """Record what is installed for the interpreter."""
        executable = definition.base or sys.executable
        text = software_of(executable, SnapshotCache(self._places.snapshots))
        if text is None:
            raise BuildFailed(f"The interpreter {executable} does not answer. Name another one as the base.")
        software = read_software(text)
        version = next((one for one in software.packages if one.ecosystem == "runtime" and one.name == "python"), None)
        named = f"{version.origin} {version.version}" if version else ""
        log.line(f"describe   {executable}: {named}, {len(software.by_ecosystem.get('python', ()))} packages")
        where = f"{sys.platform}-{platform.machine()} {executable}"
        return Lock(engine="host", platform=where, python=named, text=text.decode())

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """The interpreter itself, if it is there. Raises ``BuildFailed`` otherwise: nobody can build a host."""
        found = self.interpreter(lock, name)
        if found is None:
            raise BuildFailed(
                f"The interpreter {lock.platform.partition(' ')[2]} is not on this machine, and an environment of the "
                "engine host cannot be built. 'jupyter-repro env snapshot COMMIT' lists what was installed."
            )
        return found

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The interpreter that the lock describes, if it is there."""
        executable = lock.platform.partition(" ")[2]
        return executable if os.access(executable, os.X_OK) else None

    def packages(self, lock: Lock) -> dict[str, str]:
        """The Python packages that the lock describes."""
        found = read_software(lock.text.encode()).by_ecosystem.get("python", ())
        return {package.name: package.version for package in found}
