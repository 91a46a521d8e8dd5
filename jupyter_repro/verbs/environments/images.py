"""Collecting the images, and the containers of dead servers, of a library of environments."""

from __future__ import annotations

import time
from collections.abc import Iterable

from jupyter_repro.environments.choices import read_active
from jupyter_repro.errors import ReproError
from jupyter_repro.verbs.environments.library import Library


def remove_unused_images(library: Library, wanted: Iterable[str], days: float) -> tuple[int, int]:
    """Remove the images that no lock in ``wanted`` has and that are older than so many ``days``.

    Never one of an active revision, of an archived environment too, nor one that any container has. Returns how many,
    and their bytes; (0, 0) where there are none of ours, or no engine.
    """
    if not (library.places.root / "docker" / "owner").exists():
        return 0, 0
    from jupyter_repro.environments.containers.running import remove_orphans
    from jupyter_repro.environments.engines.docker import DockerEngine
    from jupyter_repro.environments.engines.docker.client import engine_client
    from jupyter_repro.environments.engines.docker.images import owner_of

    kept = set(wanted)
    for environment in library.catalog.environments.all(archived=True):
        active = read_active(library.places.root, environment.id)
        if active is not None:
            kept.add(active.lock)
    try:
        with engine_client() as client:
            remove_orphans(client, owner_of(library.places))
        return DockerEngine(library.places).remove_all_but(kept, time.time() - days * 86_400)
    except ReproError:
        # Without an engine there is nothing to collect, and everything else was.
        return 0, 0
