"""The catalogue: what a person lists and searches across projects. It knows records, not how they came to be.

Nothing depends on it to be right: status, log and checkpoint work without, and a lost one is made again from
the data directory. Importing this package imports no database; ``open_catalog`` does, and costs half a
second. Who only has something to tell uses ``note``, which costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_repro.catalog.outbox import note
from jupyter_repro.catalog.records import (
    AuditRecord,
    BuildRecord,
    BuildState,
    EnvironmentRecord,
    ProjectRecord,
    RevisionRecord,
    SessionRecord,
    WorkspaceRecord,
    audit_id,
    microseconds_now,
)
from jupyter_repro.data_directory import DataDirectory

if TYPE_CHECKING:
    from jupyter_repro.catalog.catalog import Catalog
    from jupyter_repro.catalog.rebuild import Rebuilt

__all__ = [
    "AuditRecord",
    "BuildRecord",
    "BuildState",
    "Catalog",
    "EnvironmentRecord",
    "ProjectRecord",
    "Rebuilt",
    "RevisionRecord",
    "SessionRecord",
    "WorkspaceRecord",
    "audit_id",
    "microseconds_now",
    "note",
    "open_catalog",
]


def open_catalog(data: DataDirectory) -> Catalog:
    """The catalogue of a data directory; a missing or damaged one is made again. Raises CatalogUnusable."""
    from jupyter_repro.catalog import catalog

    return catalog.open_catalog(data)


def __getattr__(name: str) -> object:
    if name == "Catalog":
        from jupyter_repro.catalog.catalog import Catalog

        return Catalog
    if name == "Rebuilt":
        from jupyter_repro.catalog.rebuild import Rebuilt

        return Rebuilt
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
