"""``rebuild``: make the index and the commit table again from the store alone, and the catalogue's lists."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.catalog import open_catalog
from jupyter_repro.verbs.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much the new index holds."""

    objects: int
    packs: int
    commits: int


def rebuild(opened: OpenedProject) -> Rebuilt:
    """Throw the caches of this machine away and make them again from log and packs. Raises what the store
    raises when it cannot be read."""
    repository = opened.repository
    repository.store.forget()
    repository.index.reset()
    head = repository.sync()
    commits = sum(1 for _ in repository.all_commits())
    with open_catalog(opened.data) as catalog:
        catalog.rebuild(opened.data)
    return Rebuilt(repository.store.index.count(), len(head.packs), commits)
