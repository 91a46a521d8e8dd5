"""Marking: every object that the commits of a project need."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_repro.errors import BlobCorrupt, BlobMissing, HostilePath, Purged
from jupyter_repro.history.commits import Commit
from jupyter_repro.history.repository import Repository
from jupyter_repro.history.trees import EntryType, decode_recipe
from jupyter_repro.store import Kind

Key = tuple[bytes, int]
"""Id and kind of an object."""

Missing = Callable[[Key, bytes], None]
"""Told of an object that cannot be read, and the path at which it is needed."""


class Marker:
    """Marks what is reachable; each object is visited once however many commits share it.

    ``missing`` is told of structures that cannot be read, and marking goes on around them.
    """

    def __init__(self, repository: Repository, missing: Missing | None = None) -> None:
        self._repository = repository
        self._missing = missing
        self.marked: set[Key] = set()

    def mark_all(self) -> set[Key]:
        """Everything that any commit in a live pack needs; of thinned commits only the record itself."""
        head = self._repository.store.head
        for name in self._repository.store.index.ids(Kind.COMMIT):
            self.marked.add((name, Kind.COMMIT))
            if name in head.thinned:
                continue
            try:
                commit = self._repository.commit_at(name.hex())
            except BlobCorrupt:
                self._tell((name, Kind.COMMIT), b"")
                continue
            self.mark_commit(commit)
        return self.marked

    def mark_commit(self, commit: Commit) -> None:
        """Everything that one commit needs."""
        environment = commit.environment
        for note in (environment.definition, environment.lock, environment.software, environment.host):
            if note:
                self.marked.add((bytes.fromhex(note), Kind.NOTE))
        self.mark_tree(bytes.fromhex(commit.tree))

    def mark_tree(self, root: bytes) -> None:
        """Everything below one tree."""
        marked = self.marked
        stack = [(root, b"")]
        while stack:
            name, path = stack.pop()
            if (name, Kind.TREE) in marked:
                continue
            marked.add((name, Kind.TREE))
            try:
                entries = self._repository.get_tree(name)
            except (BlobCorrupt, BlobMissing, Purged, HostilePath):
                self._tell((name, Kind.TREE), path)
                continue
            for entry in entries:
                if entry.type == EntryType.DIRECTORY:
                    stack.append((entry.content, path + b"/" + entry.name if path else entry.name))
                elif entry.type == EntryType.FILE:
                    if entry.recipe is None:
                        marked.add((entry.content, Kind.BLOB))
                    elif (entry.recipe, Kind.RECIPE) not in marked:
                        self._mark_recipe(entry.recipe, path + b"/" + entry.name if path else entry.name)

    def _mark_recipe(self, name: bytes, path: bytes) -> None:
        self.marked.add((name, Kind.RECIPE))
        try:
            recipe = decode_recipe(self._repository.store.get(Kind.RECIPE, name))
        except (BlobCorrupt, BlobMissing, Purged):
            self._tell((name, Kind.RECIPE), path)
            return
        self.marked.update((chunk, Kind.BLOB) for chunk in recipe.ids())

    def _tell(self, key: Key, path: bytes) -> None:
        if self._missing is not None:
            self._missing(key, path)
