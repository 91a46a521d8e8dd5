"""``rebuild``: make the index and the commit table again from the store alone, and the catalogue's lists."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.catalog import open_catalog
from jupyter_repro.store import Kind
from jupyter_repro.verbs.environments.recovering import recover_environments
from jupyter_repro.verbs.opened import Opened, OpenedProject


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much the new index holds; ``salvaged`` says that a part of the log was damaged and passed over,
    ``moved`` names the branches that were brought forward to commits found in the packs, ``environments`` the revisions
    of environments that the catalogue had lost and commits still carry."""

    objects: int
    packs: int
    commits: int
    salvaged: bool = False
    moved: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def rebuild(opened: OpenedProject) -> Rebuilt:
    """Throw the caches of this machine away and make them again from log and packs, also when a part of
    the log is damaged. Raises what the store raises when it cannot be read."""
    repository = opened.repository
    salvaged = repository.store.salvage()
    base = opened.workspace.state.commit if isinstance(opened, Opened) else None
    if base and not repository.store.has(Kind.COMMIT, bytes.fromhex(base)):
        salvaged = repository.store.salvage(torn=True)
    repository.index.reset()
    moved = repository.advance_branches() if salvaged else ()
    head = repository.sync()
    commits = sum(1 for _ in repository.all_commits())
    with open_catalog(opened.data) as catalog:
        catalog.rebuild(opened.data)
        environments = recover_environments(opened, catalog)
    return Rebuilt(repository.store.index.count(), len(head.packs), commits, salvaged, moved, environments)
