"""A repository: the commits, branches and tags of one project."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from jupyter_repro.errors import (
    BlobCorrupt,
    BlobMissing,
    BranchExists,
    BranchMoved,
    BranchNotFound,
    CommitNotFound,
    PathNotFound,
    Purged,
    TagExists,
    TagNotFound,
)
from jupyter_repro.history.commit_index import CommitIndex
from jupyter_repro.history.commits import Commit, StoredCommit, decode_commit, encode_commit
from jupyter_repro.history.diff import TreeChange, diff_trees
from jupyter_repro.history.files import read_file
from jupyter_repro.history.revisions import check_name, resolve
from jupyter_repro.history.trees import TreeEntry, decode_tree, find_entry
from jupyter_repro.store import Batch, BranchMove, Changes, Head, Kind, Store, TagMove, object_id

_CACHED_ENTRIES = 200_000


class Repository:
    """The history of one project over its ``store``; ``index_path`` is the SQLite file of the commit table."""

    def __init__(self, store: Store, index_path: Path) -> None:
        self.store = store
        self.index = CommitIndex(index_path)
        self._trees: OrderedDict[bytes, list[TreeEntry]] = OrderedDict()
        self._cached = 0

    def close(self) -> None:
        """Close the store and the commit table."""
        self.index.close()
        self.store.close()

    # -- reading ---------------------------------------------------------------------------------

    def sync(self) -> Head:
        """Take notice of what others have recorded."""
        return self.store.sync()

    def get_tree(self, name: bytes) -> list[TreeEntry]:
        """The entries of the tree ``name`` (32 bytes); callers do not change the list."""
        found = self._trees.get(name)
        if found is not None:
            self._trees.move_to_end(name)
            return found
        entries = decode_tree(self.store.get(Kind.TREE, name))
        self._trees[name] = entries
        self._cached += len(entries) + 1
        while self._cached > _CACHED_ENTRIES and len(self._trees) > 1:
            _, dropped = self._trees.popitem(last=False)
            self._cached -= len(dropped) + 1
        return entries

    def commit_at(self, name: str) -> Commit:
        """The commit of this full id. Raises ``CommitNotFound`` when the project has none such."""
        try:
            key = bytes.fromhex(name)
        except ValueError:
            raise CommitNotFound(f"{name!r} is not the id of a commit.") from None
        data = self.index.get(key)
        if data is not None and object_id(data) != key:
            self.index.reset()  # a damaged cache; SQLite has no checksums of its own
            data = None
        if data is None:
            try:
                data = self.store.get(Kind.COMMIT, key)
            except (BlobMissing, Purged):
                raise CommitNotFound(
                    f"This project has no commit {name[:12]}. 'jupyter-repro log --all' shows them all."
                ) from None
        return decode_commit(data, name)

    def resolve(self, name: str, *, branch: str | None = None, base: str | None = None) -> Commit:
        """The commit that a revision name means; see ``history.revisions``."""
        return resolve(self, name, branch, base)

    def commits_with_prefix(self, prefix: str) -> list[str]:
        """Full ids of the commits whose ids begin with these hex digits; at most 17 of them."""
        self._catch_up()
        low = bytes.fromhex((prefix + "0" * 64)[:64])
        high = bytes.fromhex((prefix + "f" * 64)[:64])
        return [name.hex() for name in self.index.with_prefix(low, high)]

    def first_parents(self, commit: Commit) -> Iterator[Commit]:
        """``commit``, its first parent, and so on to the root."""
        while True:
            yield commit
            if not commit.parents:
                return
            commit = self.commit_at(commit.parents[0])

    def ancestry(self, tips: list[str]) -> Iterator[Commit]:
        """Every commit that can be reached from ``tips``, newest first, a child before its parents."""
        heap: list[tuple[int, str, Commit]] = []
        seen: set[str] = set()
        for tip in tips:
            if tip not in seen:
                seen.add(tip)
                commit = self.commit_at(tip)
                heap.append((-commit.time, tip, commit))
        heapq.heapify(heap)
        while heap:
            _, _, commit = heapq.heappop(heap)
            yield commit
            for parent in commit.parents:
                if parent not in seen:
                    seen.add(parent)
                    try:
                        older = self.commit_at(parent)
                    except (BlobCorrupt, CommitNotFound):
                        continue  # lost or damaged; 'verify' names it
                    heapq.heappush(heap, (-older.time, parent, older))

    def all_commits(self) -> Iterator[Commit]:
        """Every commit of the project, newest first, also those that no branch reaches."""
        self._catch_up()
        rows = self.index.rows()
        if any(object_id(data) != name for name, data in rows):
            self.index.reset()
            self._catch_up()
            rows = self.index.rows()
        for name, data in rows:
            yield decode_commit(data, name.hex())

    def changing(self, path: bytes) -> set[str]:
        """Ids of the commits that changed ``path`` or something below it."""
        return {name.hex() for name in self.index.changing(path, self._catch_up_paths)}

    def changes(self, commit: Commit) -> Iterator[TreeChange]:
        """What ``commit`` changed against its first parent."""
        parent = self.parent_of(commit)
        return diff_trees(self.get_tree, bytes.fromhex(parent.tree) if parent else None, bytes.fromhex(commit.tree))

    def parent_of(self, commit: Commit) -> Commit | None:
        """The first parent; None when there is none, or when it was lost."""
        try:
            return self.commit_at(commit.parents[0]) if commit.parents else None
        except (BlobCorrupt, CommitNotFound):
            return None

    def entry_at(self, commit: Commit, path: bytes) -> TreeEntry:
        """The tree entry at ``path``. Raises ``PathNotFound``."""
        entry = find_entry(self.get_tree, bytes.fromhex(commit.tree), path)
        if entry is None:
            shown = path.decode("utf-8", "backslashreplace")
            raise PathNotFound(
                f"Commit {commit.id[:12]} has no {shown!r}. 'jupyter-repro ls {commit.id[:12]}' lists what it has."
            )
        return entry

    def read(self, entry: TreeEntry, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content of a file; see ``history.files.read_file``."""
        return read_file(self.store, entry, start, length)

    def _catch_up(self) -> None:
        head = self.store.head
        if self.index.stamp() == head.digest:
            return
        known = self.index.known()
        fresh = []
        for name in self.store.index.ids(Kind.COMMIT):
            if name not in known:
                try:
                    data = self.store.get(Kind.COMMIT, name)
                except (BlobCorrupt, BlobMissing, Purged):
                    continue  # a damaged commit does not hide the others; 'verify' names it
                fresh.append((name, decode_commit(data, name.hex()).time, data))
        self.index.add(fresh, head.digest)

    def _catch_up_paths(self) -> None:
        self._catch_up()
        for name, data in self.index.without_paths():
            commit = decode_commit(data, name.hex())
            try:
                paths = [change.path for change in self.changes(commit)]
            except (BlobCorrupt, BlobMissing, Purged, CommitNotFound):
                continue  # a damaged commit hides its own paths, not those of the others
            self.index.add_paths(name, paths)

    # -- writing ---------------------------------------------------------------------------------

    def add_commit(self, batch: Batch, commit: StoredCommit, branch: str, expected: bytes | None) -> Commit:
        """Write ``commit`` and move ``branch`` from ``expected`` (32 bytes, None for no branch) to it.

        Raises ``BranchMoved`` when somebody else moved the branch first.
        """
        data = encode_commit(commit)
        name = object_id(data)
        batch.put(Kind.COMMIT, data, name)

        def plan(head: Head) -> Changes:
            if head.branches.get(branch) != expected:
                raise BranchMoved(f"Branch {branch!r} was moved by somebody else. Try again.")
            return Changes(branches=(BranchMove(branch, expected, name),))

        before = self.store.head.digest
        record = self.store.publish(plan, batch)
        if self.index.stamp() == before == record.previous:
            self.index.add([(name, commit.time, data)], self.store.head.digest)
        return decode_commit(data, name.hex())

    def advance_branches(self) -> tuple[str, ...]:
        """Move each branch on to the newest commit that was made on it after its tip; returns their names.

        After a part of the log was lost, a tip may be older than what the packs hold.
        """
        children: dict[str, list[Commit]] = {}
        roots: dict[str, Commit] = {}
        for commit in self.all_commits():
            if commit.parents:
                children.setdefault(commit.parents[0], []).append(commit)
            elif commit.branch:
                roots[commit.branch] = commit
        moves = []
        for name in sorted(set(self.branches) | set(roots)):
            old = self.branches.get(name)
            tip = old or roots[name].id
            while newer := [commit for commit in children.get(tip, []) if commit.branch == name]:
                tip = max(newer, key=lambda commit: commit.time).id
            if tip != old:
                moves.append(BranchMove(name, bytes.fromhex(old) if old else None, bytes.fromhex(tip)))
        if moves:
            self.store.publish(lambda head: Changes(branches=tuple(moves)))
        return tuple(move.name for move in moves)

    @property
    def branches(self) -> dict[str, str]:
        """The branches and the ids of their newest commits."""
        return {name: commit.hex() for name, commit in sorted(self.store.head.branches.items())}

    @property
    def tags(self) -> dict[str, str]:
        """The tags and the ids of their commits."""
        return {name: commit.hex() for name, commit in sorted(self.store.head.tags.items())}

    def tip(self, branch: str) -> str:
        """The newest commit of ``branch``. Raises ``BranchNotFound``."""
        found = self.store.head.branches.get(branch)
        if found is None:
            raise BranchNotFound(f"There is no branch {branch!r}. 'jupyter-repro branch' lists them.")
        return found.hex()

    def create_branch(self, name: str, commit: Commit) -> None:
        """Let branch ``name`` begin at ``commit``. Raises ``BranchExists`` or ``InvalidRequest``."""
        check_name(name, "branch")

        def plan(head: Head) -> Changes:
            if name in head.branches:
                raise BranchExists(f"There is a branch {name!r} already. Choose another name.")
            return Changes(branches=(BranchMove(name, None, bytes.fromhex(commit.id)),))

        self.store.publish(plan)

    def rename_branch(self, old: str, new: str) -> None:
        """Give a branch another name. Raises ``BranchNotFound`` or ``BranchExists``."""
        check_name(new, "branch")

        def plan(head: Head) -> Changes:
            tip = bytes.fromhex(self.tip(old))
            if new in head.branches:
                raise BranchExists(f"There is a branch {new!r} already. Choose another name.")
            return Changes(branches=(BranchMove(old, tip, None), BranchMove(new, None, tip)))

        self.store.publish(plan)

    def delete_branch(self, name: str) -> str:
        """Take a branch off the list; its commits stay. Returns the id it was at. Raises ``BranchNotFound``."""
        self.sync()
        tip = self.tip(name)

        def plan(head: Head) -> Changes:
            if head.branches.get(name) != bytes.fromhex(tip):
                raise BranchMoved(f"Branch {name!r} was moved by somebody else. Look at it again.")
            return Changes(branches=(BranchMove(name, bytes.fromhex(tip), None),))

        self.store.publish(plan)
        return tip

    def create_tag(self, name: str, commit: Commit) -> None:
        """Name ``commit`` for good. Raises ``TagExists`` or ``InvalidRequest``."""
        check_name(name, "tag")

        def plan(head: Head) -> Changes:
            if name in head.tags:
                raise TagExists(f"There is a tag {name!r} already; tags do not move. Choose another name.")
            return Changes(tags=(TagMove(name, None, bytes.fromhex(commit.id)),))

        self.store.publish(plan)

    def delete_tag(self, name: str) -> None:
        """Take a tag off the list; its commit stays. Raises ``TagNotFound``."""

        def plan(head: Head) -> Changes:
            if name not in head.tags:
                raise TagNotFound(f"There is no tag {name!r}. 'jupyter-repro tag' lists them.")
            return Changes(tags=(TagMove(name, head.tags[name], None),))

        self.store.publish(plan)
