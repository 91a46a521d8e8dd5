"""``cat``: the content of one file of a commit."""

from __future__ import annotations

import os
from collections.abc import Iterator

from jupyter_repro.errors import NotPossible
from jupyter_repro.history import EntryType
from jupyter_repro.verbs.opened import OpenedProject


def cat(opened: OpenedProject, commit: str, path: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file (of a link: its target), ``length`` of them from ``start`` on, in blocks.

    Each block is checked against its hash. Raises ``CommitNotFound``, ``PathNotFound``, ``BlobCorrupt``,
    ``BlobMissing`` or ``Purged``; ``NotPossible`` for a directory.
    """
    entry = opened.repository.entry_at(opened.resolve(commit), os.fsencode(path))
    if entry.type == EntryType.DIRECTORY:
        raise NotPossible(f"{path!r} is a directory in that commit. 'jupyter-repro ls {commit} {path}' lists it.")
    return opened.repository.read(entry, start, length)
