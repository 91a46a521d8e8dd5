"""What is interrupted: each scenario prepares a place, and then does one thing in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro import verbs
from jupyter_repro.store import Changes, Kind
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.gc import gc
from jupyter_repro.verbs.purge import purge
from jupyter_repro.verbs.rebuild import rebuild
from tests.support.strategies import bytes_of, lines_of
from tests.support.trees import File, Folder, Link, Tree, remove_node, tree_of, write_tree

BEFORE = tree_of(
    [
        (b"a", File(b"one")),
        (b"same", File(b"the same all the time", 0o600)),
        (b"d/b", File(b"two", 0o755)),
        (b"d/e/c", File(b"three")),
        (b"table.csv", File(lines_of(1, 150_000))),
        (b"link", Link(b"d/b")),
        (b"kind", File(b"a file that becomes a directory")),
        (b"gone/x", File(b"four")),
        (b"gone/y/z", File(b"five")),
    ]
)
AFTER = tree_of(
    [
        (b"a", File(b"changed")),
        (b"same", File(b"the same all the time", 0o600)),
        (b"d/b", File(b"two", 0o644)),
        (b"d/e/c", File(b"three, longer")),
        (b"table.csv", File(b"a new row\n" + lines_of(1, 150_000))),
        (b"link", File(b"a link no longer")),
        (b"kind/now", File(b"a directory")),
        (b"new/\xff\n", File(bytes_of(5, 70_000))),
        (b"empty", Folder(0o700)),
    ]
)
EDITED = tree_of(
    [
        *((path, node) for path, node in AFTER.items() if path not in (b"a", b"d/e/c", b"empty")),
        (b"a", File(b"edited and never saved")),
        (b"fresh/f", File(b"never saved")),
    ]
)
OVER = tree_of([(b"a", File(b"was here")), (b"mine", File(b"mine")), (b"kind", File(b"in the way"))])


def hold(root: Path, tree: Tree) -> None:
    """Let the workspace hold just this tree."""
    top = os.fsencode(root)
    for name in os.listdir(top):
        if name != b".repro":
            remove_node(os.path.join(top, name))
    write_tree(top, tree)


def with_history(root: Path) -> None:
    """Two commits on main, the first also on a branch and a tag; then edits that were never saved."""
    verbs.init(root)
    with verbs.open_workspace(root) as ws:
        hold(root, BEFORE)
        verbs.checkpoint(ws, "before")
        verbs.create_branch(ws, "old")
        verbs.create_tag(ws, "v1")
        hold(root, AFTER)
        verbs.checkpoint(ws, "after")
    hold(root, EDITED)


def with_purgeable(root: Path) -> None:
    """A history with content that only one path has."""
    with_history(root)
    with verbs.open_workspace(root) as ws:
        (root / "secret").write_bytes(b"not for the history")
        verbs.checkpoint(ws, "with a secret")
        (root / "secret").unlink()
        verbs.checkpoint(ws, "without it")


def with_garbage(root: Path) -> None:
    """A history, and packs of which nothing, or not all, is needed any more."""
    with_history(root)
    wanted = bytes_of(7, 50_000)
    with verbs.open_workspace(root) as ws:
        store = ws.repository.store
        for blobs in ((wanted, bytes_of(8, 50_000)), (bytes_of(9, 50_000),)):
            with store.batch() as batch:
                for blob in blobs:
                    batch.put(Kind.BLOB, blob)
                batch.flush()
                store.publish(lambda head: Changes(), batch)
        (root / "wanted").write_bytes(wanted)
        verbs.checkpoint(ws, "with a file that was stored already")
        (root / "wanted").unlink()
        verbs.checkpoint(ws, "without it")


def with_folder_beside(root: Path) -> None:
    """A history, and a folder that is not empty."""
    with_history(root)
    (root.parent / "beside").mkdir()
    write_tree(os.fsencode(root.parent / "beside"), OVER)


def opened(verb: Callable[[Opened], object]) -> Callable[[], None]:
    """A verb on the workspace that is the working directory."""

    def act() -> None:
        with verbs.open_workspace(".") as ws:
            verb(ws)

    return act


@dataclass(frozen=True)
class Scenario:
    """``prepare`` makes the workspace; ``act`` runs in a process of its own, whose directory it is.

    ``ends`` are the trees that the folder may have when the next command is done.
    """

    prepare: Callable[[Path], None]
    act: Callable[[], None]
    ends: tuple[Tree, ...] = (EDITED,)


SELECTED = tree_of(
    [
        *((path, node) for path, node in EDITED.items() if not path.startswith(b"kind")),
        (b"a", BEFORE[b"a"]),
        (b"kind", BEFORE[b"kind"]),
        (b"gone/x", BEFORE[b"gone/x"]),
        (b"gone/y/z", BEFORE[b"gone/y/z"]),
    ]
)

SCENARIOS = {
    "init": Scenario(lambda root: hold(root, EDITED), lambda: void(verbs.init("."))),
    "checkpoint": Scenario(with_history, opened(lambda ws: verbs.checkpoint(ws, "interrupted"))),
    "restore": Scenario(with_history, opened(lambda ws: verbs.restore(ws, "v1")), (EDITED, BEFORE)),
    "restore of paths": Scenario(
        with_history, opened(lambda ws: verbs.restore(ws, "v1", ["a", "kind", "gone"])), (EDITED, SELECTED)
    ),
    "switch": Scenario(with_history, opened(lambda ws: verbs.switch(ws, "old")), (EDITED, BEFORE)),
    "recreate": Scenario(with_history, opened(lambda ws: verbs.recreate(ws, "v1", "../beside"))),
    "recreate over a folder": Scenario(with_folder_beside, opened(lambda ws: verbs.recreate(ws, "v1", "../beside"))),
    "branch": Scenario(with_history, opened(lambda ws: verbs.create_branch(ws, "new"))),
    "rename the branch": Scenario(with_history, opened(lambda ws: verbs.rename_branch(ws, "main", "trunk"))),
    "delete a branch": Scenario(with_history, opened(lambda ws: verbs.delete_branch(ws, "old"))),
    "gc": Scenario(with_garbage, opened(lambda ws: gc(ws, grace_seconds=0))),
    "purge": Scenario(with_purgeable, opened(lambda ws: purge(ws, "secret", "a test"))),
    "rebuild": Scenario(with_history, opened(rebuild)),
}


def void(_: object) -> None:
    """Nothing of it is wanted."""
