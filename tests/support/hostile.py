"""Commits as an attacker would write them: any bytes as trees, through the doors that the product itself uses."""

from __future__ import annotations

import msgspec

from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredSession
from jupyter_repro.history.trees import EntryType
from jupyter_repro.store import Kind
from jupyter_repro.store.project_log import now
from jupyter_repro.verbs import Opened

Entry = tuple[object, ...]


def entry(opened: Opened, name: bytes, data: bytes = b"content", mode: int = 0o644) -> Entry:
    """A tree entry of a file whose content is in the store."""
    return (name, int(EntryType.FILE), mode, len(data), put(opened, Kind.BLOB, data), None)


def link(name: bytes, target: bytes) -> Entry:
    """A tree entry of a symbolic link."""
    return (name, int(EntryType.SYMLINK), 0o777, len(target), target, None)


def folder(opened: Opened, name: bytes, entries: list[Entry], mode: int = 0o755) -> Entry:
    """A tree entry of a directory with these entries, in this order."""
    return (name, int(EntryType.DIRECTORY), mode, 0, put_tree(opened, entries), None)


def put(opened: Opened, kind: Kind, data: bytes) -> bytes:
    """Store one object; returns its id."""
    store = opened.repository.store
    with store.batch() as batch:
        name = batch.put(kind, data)
        from jupyter_repro.store import Changes

        store.publish(lambda head: Changes(), batch)
    return name


def put_tree(opened: Opened, entries: list[Entry]) -> bytes:
    """Store a tree just as it is given."""
    return put(opened, Kind.TREE, msgspec.msgpack.encode(entries))


def commit_of(opened: Opened, tree: bytes, branch: str = "hostile") -> str:
    """A commit of the tree on a new branch; returns its id."""
    repository = opened.repository
    stored = StoredCommit(
        format=FORMAT,
        tree=tree,
        parents=[],
        branch=branch,
        author="mallory",
        time=now(),
        message="take this",
        kind="import",
        session=StoredSession("s", 0, "h", "u"),
    )
    with repository.store.batch() as batch:
        return repository.add_commit(batch, stored, branch, None).id


def hostile(opened: Opened, *entries: Entry) -> str:
    """A commit whose root holds just these entries, in this order."""
    return commit_of(opened, put_tree(opened, list(entries)))
