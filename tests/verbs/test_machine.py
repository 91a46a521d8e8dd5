"""Edits, checkpoints, restores, switches, branches, tags, purges and collections in any order equal a plain model.

The model is a dictionary of trees by commit id, one of branches, one of tags, and the tree of the folder.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jupyter_repro import verbs
from jupyter_repro.errors import Purged, ReproError
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.gc import gc
from jupyter_repro.verbs.purge import purge
from jupyter_repro.verbs.rebuild import rebuild
from jupyter_repro.verbs.verify import verify
from tests.support import scratch, strategies
from tests.support.changes import coarse, diff_changes, expected_changes, status_changes
from tests.support.trees import (
    File,
    Folder,
    Link,
    Node,
    Tree,
    back_date,
    below,
    commit_tree,
    parents,
    read_tree,
    remove_node,
    write_node,
    write_tree,
)

picks = st.integers(0, 10**6)
branch_names = st.sampled_from(("main", "side", "topic/one", "topic/two", "v"))


class Machine(RuleBasedStateMachine):
    """One workspace and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.exit = contextlib.ExitStack()
        self.place = self.exit.enter_context(scratch.scratch())
        self.top = os.fsencode(self.place.work)
        verbs.init(self.place.work)
        self.ws: Opened = verbs.open_workspace(self.place.work)
        self.folder: Tree = {}
        self.commits: dict[str, Tree] = {}
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.branch = "main"
        self.purged: set[bytes] = set()
        self.counter = 0

    @initialize(tree=strategies.trees(max_size=6, of=strategies.plain_paths))
    def begin(self, tree: Tree) -> None:
        write_tree(self.top, tree)
        self.folder = tree
        self._made(verbs.checkpoint(self.ws, "begin", allow_empty=True).commit.id)

    def teardown(self) -> None:
        try:
            for commit in self.commits:
                self.check_commit(commit)
            done = verify(self.ws)
            assert done.ok, done
        finally:
            self.ws.close()
            self.exit.close()

    # -- helpers -------------------------------------------------------------------------------------

    def _made(self, commit: str) -> None:
        self.commits[commit] = dict(self.folder)
        self.branches[self.branch] = commit

    def _commit(self, pick: int) -> str:
        return list(self.commits)[pick % len(self.commits)]  # not by id, which no run has again

    def _gone(self, tree: Tree) -> bool:
        return any(isinstance(node, File) and node.data in self.purged for node in tree.values())

    def _left(self, commit: str) -> Tree:
        """What can be had of a commit."""
        tree = self.commits[commit]
        return {path: node for path, node in tree.items() if not isinstance(node, File) or node.data not in self.purged}

    def _put(self, path: bytes, node: Node) -> None:
        for above in parents(path):
            if not isinstance(self.folder.get(above), Folder):
                self._take(above)
                self.folder[above] = Folder()
                write_node(os.path.join(self.top, above), Folder())
                os.chmod(os.path.join(self.top, above), 0o755)
        self._take(path)
        self.folder[path] = node
        write_node(os.path.join(self.top, path), node)
        if isinstance(node, Folder):
            os.chmod(os.path.join(self.top, path), node.mode)

    def _take(self, path: bytes) -> None:
        remove_node(os.path.join(self.top, path))
        for gone in below(self.folder, path):
            del self.folder[gone]

    def _after_restore(self, before: Tree, safety: str, commit: str) -> None:
        assert commit_tree(self.ws, safety) == before, "what was replaced is saved"
        self.commits.setdefault(safety, before)
        self.commits.setdefault(commit, dict(self.folder))

    def check_commit(self, commit: str) -> None:
        """A commit holds what it always held, but for what was purged."""
        tree = self.commits[commit]
        if not self._gone(tree):
            assert commit_tree(self.ws, commit) == tree
            return
        for path, item in tree.items():
            if isinstance(item, File) and item.data in self.purged:
                with pytest.raises(Purged):
                    list(verbs.cat(self.ws, commit, os.fsdecode(path)))
            elif isinstance(item, File):
                assert b"".join(verbs.cat(self.ws, commit, os.fsdecode(path))) == item.data

    # -- edits ---------------------------------------------------------------------------------------

    @rule(path=strategies.plain_paths, node=strategies.nodes, old=st.booleans())
    def edit(self, path: bytes, node: Node, old: bool) -> None:
        self._put(path, node)
        if old and not isinstance(node, Folder):
            back_date(os.path.join(self.top, path), 3600)

    @rule(path=strategies.paths, node=strategies.nodes)
    def edit_something_odd(self, path: bytes, node: Node) -> None:
        self._put(path, node)

    @precondition(lambda self: self.folder)
    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        self._take(sorted(self.folder)[pick % len(self.folder)])

    @precondition(lambda self: self.folder)
    @rule(pick=picks, mode=strategies.file_modes)
    def change_mode(self, pick: int, mode: int) -> None:
        path = sorted(self.folder)[pick % len(self.folder)]
        node = self.folder[path]
        if isinstance(node, Link):
            return
        self.folder[path] = File(node.data, mode) if isinstance(node, File) else Folder(mode)
        os.chmod(os.path.join(self.top, path), mode)

    @precondition(lambda self: self.folder)
    @rule(pick=picks, to=strategies.plain_paths)
    def move(self, pick: int, to: bytes) -> None:
        path = sorted(self.folder)[pick % len(self.folder)]
        if to == path or to in parents(path) or path in parents(to):
            return
        self._put(to, Link(b"placeholder"))
        self._take(to)
        if path not in self.folder:
            return
        moved = {to + gone[len(path) :]: self.folder.pop(gone) for gone in below(self.folder, path)}
        os.rename(os.path.join(self.top, path), os.path.join(self.top, to))
        self.folder.update(moved)

    # -- commits -------------------------------------------------------------------------------------

    @rule(empty=st.booleans(), full=st.booleans())
    def checkpoint(self, empty: bool, full: bool) -> None:
        before = self.commits[self.branches[self.branch]]
        done = verbs.checkpoint(self.ws, "a message", allow_empty=empty, full=full)
        assert done.created == (empty or before != self.folder)
        assert done.branch == self.branch
        if done.created:
            assert done.commit.parents == (self.branches[self.branch],)
            changes = [change for change in expected_changes(before, self.folder) if not change[0].endswith("/")]
            counted = {
                kind: sum(1 for change in coarse(set(changes)) if change[1] == kind)
                for kind in ("added", "modified", "deleted")
            }
            assert counted == {"added": done.added, "modified": done.modified, "deleted": done.deleted}
        else:
            assert done.commit.id == self.branches[self.branch]
        self._made(done.commit.id)
        self.check_commit(done.commit.id)

    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        self._restore(self._commit(pick))

    def _restore(self, commit: str) -> None:
        before = dict(self.folder)
        done = verbs.restore(self.ws, commit)
        assert bool(done.notice) == self._gone(self.commits[commit])
        self.folder = self._left(commit)
        self.branches[self.branch] = done.commit.id
        assert done.safety is not None
        self._after_restore(before, done.safety.id, done.commit.id)

    @precondition(lambda self: any(self._gone(tree) for tree in self.commits.values()))
    @rule(pick=picks)
    def restore_what_is_purged(self, pick: int) -> None:
        gone = [commit for commit, tree in self.commits.items() if self._gone(tree)]
        commit = gone[pick % len(gone)]
        secret = next(path for path, node in self.commits[commit].items() if path not in self._left(commit))
        self._refuses(lambda: verbs.restore(self.ws, commit, [os.fsdecode(secret)]))
        self._restore(commit)
        note("the rest was restored")

    @rule(pick=picks, which=st.lists(picks, min_size=1, max_size=3))
    def restore_paths(self, pick: int, which: list[int]) -> None:
        commit, before = self._commit(pick), dict(self.folder)
        tree = self.commits[commit]
        if not tree:
            return
        paths = [sorted(tree)[number % len(tree)] for number in which]
        wanted = {path: tree[path] for top in paths for path in below(tree, top)}
        if self._gone(wanted):
            return
        done = verbs.restore(self.ws, commit, [os.fsdecode(path) for path in paths])
        for top in paths:
            for path in below(self.folder, top):
                del self.folder[path]
            for above in parents(top):
                if not isinstance(self.folder.get(above), Folder):
                    self.folder[above] = tree[above]
        self.folder.update(wanted)
        self.branches[self.branch] = done.commit.id
        assert done.safety is not None
        self._after_restore(before, done.safety.id, done.commit.id)

    @rule(pick=picks)
    def recreate(self, pick: int) -> None:
        commit = self._commit(pick)
        self.counter += 1
        there = self.place.folder(f"again-{self.counter}")
        made = verbs.recreate(self.ws, commit, there)
        assert bool(made.notice) == self._gone(self.commits[commit])
        assert read_tree(os.fsencode(there)) == self._left(commit)
        with verbs.open_workspace(there) as again:
            assert {*verbs.status(again).deleted} == {
                os.fsdecode(path) for path in self.commits[commit].keys() - self._left(commit).keys()
            }
        scratch.remove(there)
        self.branches[made.branch] = commit

    # -- branches and tags ---------------------------------------------------------------------------

    @rule(name=branch_names, pick=picks)
    def create_branch(self, name: str, pick: int) -> None:
        commit = self._commit(pick)
        if name in self.branches or name in self.tags:
            self._refuses(lambda: verbs.create_branch(self.ws, name, commit))
        else:
            verbs.create_branch(self.ws, name, commit)
            self.branches[name] = commit

    @rule(old=branch_names, new=branch_names)
    def rename_branch(self, old: str, new: str) -> None:
        if old not in self.branches or new in self.branches or new in self.tags:
            self._refuses(lambda: verbs.rename_branch(self.ws, old, new))
            return
        verbs.rename_branch(self.ws, old, new)
        self.branches[new] = self.branches.pop(old)
        if self.branch == old:
            self.branch = new

    @rule(name=branch_names)
    def delete_branch(self, name: str) -> None:
        if name not in self.branches or name == self.branch:
            self._refuses(lambda: verbs.delete_branch(self.ws, name))
            return
        assert verbs.delete_branch(self.ws, name) == self.branches.pop(name)

    @rule(name=branch_names)
    def switch(self, name: str) -> None:
        before = dict(self.folder)
        if name not in self.branches or name == self.branch:
            self._refuses(lambda: verbs.switch(self.ws, name))
            return
        done = verbs.switch(self.ws, name)
        assert done.safety is not None
        self.branches[self.branch] = done.safety.id
        self.branch = name
        self.folder = self._left(self.branches[name])
        assert done.commit.id == self.branches[name]
        self._after_restore(before, done.safety.id, done.commit.id)

    @rule(name=branch_names, pick=picks)
    def tag(self, name: str, pick: int) -> None:
        commit = self._commit(pick)
        if name in self.tags:
            self._refuses(lambda: verbs.create_tag(self.ws, name, commit))
            verbs.delete_tag(self.ws, name)
            del self.tags[name]
        elif name in self.branches:
            self._refuses(lambda: verbs.create_tag(self.ws, name, commit))
        else:
            verbs.create_tag(self.ws, name, commit)
            self.tags[name] = commit

    def _refuses(self, call: object) -> None:
        """A verb that cannot be done changes nothing but, at most, to save what is in the folder."""
        assert callable(call)
        with pytest.raises(ReproError):
            call()
        assert read_tree(self.top) == self.folder
        tip = {branch.name: branch.commit for branch in verbs.branches(self.ws)}[self.branch]
        if tip != self.branches[self.branch]:
            self._made(tip)
            self.check_commit(tip)

    # -- space and safety ----------------------------------------------------------------------------

    @rule()
    def purge(self) -> None:
        """Content that was in a commit and must never be seen again."""
        self.counter += 1
        data = f"secret number {self.counter}".encode()
        path = f"secret-{self.counter}"
        self._put(os.fsencode(path), File(data))
        self._made(verbs.checkpoint(self.ws, "with a secret").commit.id)
        self._take(os.fsencode(path))
        self._made(verbs.checkpoint(self.ws, "without it").commit.id)
        purge(self.ws, path, "never meant to be kept")
        self.purged.add(data)
        store = self.ws.data.store(self.ws.project.id)
        assert not any(data in file.read_bytes() for file in store.rglob("*") if file.is_file())

    @rule()
    def collect(self) -> None:
        gc(self.ws, grace_seconds=0)

    @rule()
    def reopen(self) -> None:
        self.ws.close()
        self.ws = verbs.open_workspace(self.place.work)

    @rule(which=st.sets(st.sampled_from(("index.sqlite", "history.sqlite", "stat.sqlite")), min_size=1))
    def lose_caches(self, which: set[str]) -> None:
        self.ws.close()
        note(f"without {sorted(which)}")
        for file in list(self.place.data.rglob("*.sqlite*")):
            if any(file.name.startswith(name) for name in which):
                Path(file).unlink()
        self.ws = verbs.open_workspace(self.place.work)

    @rule()
    def rebuild(self) -> None:
        rebuild(self.ws)

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def the_folder_is_as_the_model_has_it(self) -> None:
        assert read_tree(self.top) == self.folder

    @invariant()
    def branches_and_tags_are_as_the_model_has_them(self) -> None:
        assert {branch.name: branch.commit for branch in verbs.branches(self.ws)} == self.branches
        assert {branch.name for branch in verbs.branches(self.ws) if branch.current} <= {self.branch}
        assert {tag.name: tag.commit for tag in verbs.tags(self.ws)} == self.tags

    @invariant()
    def status_says_what_differs(self) -> None:
        if not self.commits:
            return
        base = self.commits[self.branches[self.branch]]
        status = verbs.status(self.ws)
        assert (status.branch, status.commit) == (self.branch, self.branches[self.branch])
        assert status_changes(status) == coarse(expected_changes(base, self.folder))

    @precondition(lambda self: len(self.commits) > 1)
    @rule(one=picks, two=picks)
    def diff(self, one: int, two: int) -> None:
        a, b = self._commit(one), self._commit(two)
        if not self._gone(self.commits[a]) and not self._gone(self.commits[b]):
            expected = expected_changes(self.commits[a], self.commits[b])
            assert diff_changes(verbs.diff(self.ws, a, b)) == expected
        assert diff_changes(verbs.diff(self.ws, a)) == expected_changes(self.commits[a], self.folder)

    @rule(pick=picks)
    def look_at_an_old_commit(self, pick: int) -> None:
        self.check_commit(self._commit(pick))

    @rule()
    def every_commit_is_in_the_log(self) -> None:
        assert {commit.id for commit in verbs.log(self.ws, everything=True)} >= set(self.commits)
        log = verbs.log(self.ws)
        assert log[0].id == self.branches[self.branch]
        seen: set[str] = set()
        for commit in log:
            assert not seen & set(commit.parents), "a child comes before its parents"
            seen.add(commit.id)


Machine.TestCase.settings = settings(
    max_examples=max(30, settings().max_examples // 2), stateful_step_count=settings().stateful_step_count
)
TestMachine = Machine.TestCase
