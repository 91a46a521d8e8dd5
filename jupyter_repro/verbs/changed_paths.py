"""Which commit changed which path: entering that for a whole history at once, with progress.

Each question for one file's history enters what is missing by itself. Ten thousand commits take seconds, so whoever
must not be kept waiting, as a server, has them entered elsewhere and beforehand.
"""

from __future__ import annotations

from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound, Purged
from jupyter_repro.progress import Meter, OnProgress
from jupyter_repro.verbs.opened import OpenedProject


def commits_without_paths(opened: OpenedProject) -> int:
    """How many commits are not entered yet."""
    # Asking for a prefix enters what is new into the table of commits.
    opened.repository.commits_with_prefix("0000")
    return len(opened.repository.index.without_paths())


def enter_paths(opened: OpenedProject, on_progress: OnProgress | None = None) -> int:
    """Enter the changed paths of every commit that lacks them; returns of how many.

    Each commit is entered for good, so a second try after ``Cancelled`` goes on from there. Progress counts commits.
    """
    repository = opened.repository
    repository.commits_with_prefix("0000")
    missing = repository.index.without_paths()
    meter = Meter("index", on_progress, len(missing))
    entered = 0
    for name, _ in missing:
        meter.add(1, 0)
        try:
            paths = [change.path for change in repository.changes(repository.commit_at(name.hex()))]
        except (BlobCorrupt, BlobMissing, Purged, CommitNotFound):
            continue  # a damaged commit hides its own paths, not those of the others
        repository.index.add_paths(name, paths)
        entered += 1
    return entered
