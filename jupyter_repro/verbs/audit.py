"""``audit``: what was done to a project, by whom, as the catalogue of this machine has it."""

from __future__ import annotations

from jupyter_repro.catalog import AuditRecord, open_catalog
from jupyter_repro.verbs.opened import OpenedProject


def audit(
    opened: OpenedProject, *, limit: int | None = None, action: str | None = None, actor: str | None = None
) -> list[AuditRecord]:
    """What was done to the project, the newest first: all, or one ``action`` ("purge"), or what one ``actor`` did.

    ``limit`` is how many at most. Raises ``CatalogUnusable`` when the catalogue cannot be read.
    """
    with open_catalog(opened.data) as catalog:
        return catalog.audit.search(project=opened.project.id, action=action, actor=actor, limit=limit)
