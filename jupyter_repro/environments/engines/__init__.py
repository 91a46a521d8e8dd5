"""Engines: each resolves a definition into a lock, and installs a lock.

An engine that needs a program or package that is not here says so in one sentence when it is used, and never earlier.
"""

from __future__ import annotations

from jupyter_repro.environments.engines.protocol import BuildLog, Engine
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import InvalidDefinition, NotPossible

__all__ = ["BuildLog", "Engine", "check_cache", "engine_of"]


def engine_of(name: str, places: Places, *, cache: bool = True) -> Engine:
    """The engine of that name; without ``cache`` one that carries out every instruction of a build again.

    Raises ``InvalidDefinition`` when this version has none such, and ``NotPossible`` for one without such a cache.
    """
    if not cache:
        check_cache(name)
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

        return DockerEngine(places, cache=cache)
    raise InvalidDefinition(f"This version has no engine {name!r}. Upgrade jupyter-repro, or choose uv.")


def check_cache(name: str) -> None:
    """Raises ``NotPossible`` when the engine of that name has no cache of instructions that a build could ignore."""
    if name != "docker":
        raise NotPossible(
            f"The engine {name} keeps no instructions from build to build: each build resolves the versions anew. "
            "Build it in the ordinary way."
        )
