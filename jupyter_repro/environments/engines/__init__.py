"""Engines: each resolves a definition into a lock, and installs a lock.

An engine that needs a program or package that is not here says so in one sentence when it is used, and never earlier.
"""

from __future__ import annotations

from jupyter_repro.environments.engines.protocol import BuildLog, Engine
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import InvalidDefinition

__all__ = ["BuildLog", "Engine", "engine_of"]


def engine_of(name: str, places: Places) -> Engine:
    """The engine of that name. Raises ``InvalidDefinition`` when this version has none such."""
    if name == "uv":
        from jupyter_repro.environments.engines.uv import UvEngine

        return UvEngine(places)
    if name == "conda":
        from jupyter_repro.environments.engines.conda import CondaEngine

        return CondaEngine(places)
    if name == "host":
        from jupyter_repro.environments.engines.host import HostEngine

        return HostEngine(places)
    if name == "docker":
        from jupyter_repro.environments.engines.docker import DockerEngine

        return DockerEngine(places)
    raise InvalidDefinition(f"This version has no engine {name!r}. Upgrade jupyter-repro, or choose uv.")
