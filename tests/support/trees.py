"""A plain model of a directory tree, and the ways to put it on a disk and to read it from a disk or a commit.

Nothing of the product is used to build or to read a folder: what is compared was read with ``os`` alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyter_repro import verbs
from jupyter_repro.verbs import OpenedProject


@dataclass(frozen=True, slots=True)
class File:
    """A file: its bytes and permission bits."""

    data: bytes
    mode: int = 0o644

    def __repr__(self) -> str:
        shown = repr(self.data) if len(self.data) < 40 else f"{self.data[:20]!r}...{len(self.data)} bytes"
        return f"File({shown}, {self.mode:#o})"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link: where it points, which need not exist."""

    target: bytes


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory: its permission bits. What is in it has paths of its own."""

    mode: int = 0o755


Node = File | Link | Folder
Tree = dict[bytes, Node]
"""From the path relative to the root, with "/", to what is there; every parent is in it too."""


def parents(path: bytes) -> list[bytes]:
    """The directories above a path, the topmost first, without the root."""
    names = path.split(b"/")[:-1]
    return [b"/".join(names[: depth + 1]) for depth in range(len(names))]


def below(tree: Mapping[bytes, Node], path: bytes) -> list[bytes]:
    """The paths at and below ``path``."""
    return [other for other in tree if other == path or other.startswith(path + b"/")]


def tree_of(entries: Iterable[tuple[bytes, Node]]) -> Tree:
    """A tree that holds these, with parents made where they are missing; a later entry replaces what is in its way."""
    tree: Tree = {}
    for path, node in entries:
        for above in parents(path):
            if not isinstance(tree.get(above), Folder):
                tree[above] = Folder()
        for other in below(tree, path):
            del tree[other]
        tree[path] = node
    return tree


def write_tree(root: bytes, tree: Mapping[bytes, Node], old: int | None = None) -> None:
    """Put a tree into the empty directory ``root``. ``old`` is how many seconds ago the files were modified."""
    for path in sorted(tree):
        write_node(os.path.join(root, path), tree[path])
    for path in sorted(tree, reverse=True):
        node = tree[path]
        if isinstance(node, Folder):
            os.chmod(os.path.join(root, path), node.mode)
        elif old is not None:
            back_date(os.path.join(root, path), old)


def write_node(path: bytes, node: Node) -> None:
    """Make one file, link or directory where nothing is."""
    if isinstance(node, Folder):
        os.mkdir(path, 0o700)
    elif isinstance(node, Link):
        os.symlink(node.target, path)
    else:
        with open(path, "wb") as file:
            file.write(node.data)
        os.chmod(path, node.mode)


def back_date(path: bytes, seconds: int) -> None:
    """Let a file look as if it was modified so long ago: then a scan may trust its times."""
    then = os.lstat(path).st_mtime_ns - seconds * 1_000_000_000
    os.utime(path, ns=(then, then), follow_symlinks=False)


def remove_node(path: bytes) -> None:
    """Remove whatever is at a path, read-only directories and all."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        os.unlink(path)
        return
    os.chmod(path, 0o700)
    for name in os.listdir(path):
        remove_node(os.path.join(path, name))
    os.rmdir(path)


def read_tree(root: bytes, skip: Iterable[bytes] = (b".repro",)) -> Tree:
    """What is in a directory now; ``skip`` are names at its top that do not count."""
    found: Tree = {}
    _read_below(root, b"", frozenset(skip), found)
    return found


def _read_below(root: bytes, inside: bytes, skip: frozenset[bytes], found: Tree) -> None:
    for name in os.listdir(os.path.join(root, inside)):
        if not inside and name in skip:
            continue
        path = inside + b"/" + name if inside else name
        full = os.path.join(root, path)
        st = os.lstat(full)
        mode = st.st_mode & 0o7777
        if stat.S_ISDIR(st.st_mode):
            found[path] = Folder(mode)
            _read_below(root, path, skip, found)
        elif stat.S_ISLNK(st.st_mode):
            found[path] = Link(os.readlink(full))
        elif stat.S_ISREG(st.st_mode):
            with open(full, "rb") as file:
                found[path] = File(file.read(), mode)
        else:
            raise AssertionError(f"{full!r} is neither file, link nor directory")


def commit_tree(opened: OpenedProject, commit: str) -> Tree:
    """Everything a commit holds, read through ``ls`` and ``cat``; sizes are compared on the way."""
    found: Tree = {}
    for listed in verbs.ls(opened, commit):
        path = os.fsencode(listed.path)
        if listed.type == "directory":
            found[path] = Folder(listed.mode)
            continue
        data = b"".join(verbs.cat(opened, commit, listed.path))
        assert len(data) == listed.size, f"{path!r} is listed with {listed.size} bytes and has {len(data)}"
        found[path] = Link(data) if listed.type == "symlink" else File(data, listed.mode)
    return found


def files_in(tree: Mapping[bytes, Node]) -> dict[bytes, Node]:
    """The tree without its directories."""
    return {path: node for path, node in tree.items() if not isinstance(node, Folder)}
