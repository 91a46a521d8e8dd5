"""One file on one side of a comparison: in a commit, or in the working directory. Reading only."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jupyter_repro.errors import CannotSave, InvalidRequest, PathNotFound
from jupyter_repro.history import Commit, EntryType, find_entry
from jupyter_repro.history.trees import split_path
from jupyter_repro.verbs.ls import TYPES
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.workspace.placing import Places

_BLOCK = 1024 * 1024
HASHED = 64 * 1024 * 1024
"""Working files larger than this (bytes) are not hashed just to be looked at."""


@dataclass(frozen=True)
class Side:
    """A file or link: ``size`` in bytes, permission bits, BLAKE3 in hex (None when it was not computed).

    ``read(start, length)`` yields its bytes (of a link: its target); ``close`` when done.
    """

    path: str
    type: str
    size: int
    mode: int
    hash: str | None
    read: Callable[[int, int], Iterator[bytes]]
    close: Callable[[], None] = field(default=lambda: None)

    def whole(self, limit: int) -> bytes | None:
        """All of it; None when it has more than ``limit`` bytes."""
        return b"".join(self.read(0, self.size)) if self.size <= limit else None


def side_at(opened: OpenedProject, commit: Commit, path: str) -> Side | None:
    """The file at ``path`` of a commit; None when there is no file or link. Raises ``HostilePath``."""
    repository = opened.repository
    names = b"/".join(split_path(os.fsencode(path)))
    entry = find_entry(repository.get_tree, bytes.fromhex(commit.tree), names)
    if entry is None or entry.type == EntryType.DIRECTORY:
        return None
    if entry.type == EntryType.SYMLINK:
        return _link(path, entry.content, entry.mode)
    found = entry
    return Side(
        path,
        TYPES[EntryType(found.type)],
        found.size,
        found.mode,
        found.content.hex(),
        lambda start, length: repository.read(found, start, length),
    )


def working_side(opened: Opened, path: str) -> Side | None:
    """The file at ``path`` of the working directory, opened without following a link; None when there is none.

    Raises ``HostilePath``, and ``InvalidRequest`` for what is no file (a socket, say).
    """
    from blake3 import blake3

    names = split_path(os.fsencode(path))
    if not names:
        return None
    with Places(os.fsencode(opened.workspace.root), "look") as places:
        try:
            above = places.directory(b"/".join(names[:-1]))
            looked = os.stat(names[-1], dir_fd=above, follow_symlinks=False)
            if stat.S_ISDIR(looked.st_mode):
                return None
            if stat.S_ISLNK(looked.st_mode):
                return _link(path, os.fsencode(os.readlink(names[-1], dir_fd=above)), 0o777)
            if not stat.S_ISREG(looked.st_mode):
                raise InvalidRequest(f"{path!r} is no file but a device, socket or pipe, which is never read.")
            fd = os.open(names[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=above)
        except (FileNotFoundError, CannotSave):
            # Behind a link or a file there is nothing of this workspace.
            return None
        except PermissionError as error:
            raise InvalidRequest(f"{path!r} cannot be read: you lack the permission.") from error
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return None
            raise
    looked = os.fstat(fd)
    hashed = None
    if looked.st_size <= HASHED:
        hasher = blake3()
        for block in _pieces(fd, 0, looked.st_size):
            hasher.update(block)
        hashed = hasher.hexdigest()
    return Side(
        path,
        "file",
        looked.st_size,
        looked.st_mode & 0o777,
        hashed,
        lambda start, length: _pieces(fd, start, length),
        lambda: os.close(fd),
    )


def required(side: Side | None, path: str, where: str) -> Side:
    """``side``, when there is one. Raises ``PathNotFound`` that says ``where`` was looked."""
    if side is None:
        raise PathNotFound(f"{where} has no file {path!r}.")
    return side


def _link(path: str, target: bytes, mode: int) -> Side:
    from blake3 import blake3

    digest = blake3(target).hexdigest()
    return Side(path, "symlink", len(target), mode, digest, lambda start, length: iter([target[start:][:length]]))


def _pieces(fd: int, start: int, length: int) -> Iterator[bytes]:
    end = start + length
    while start < end:
        block = os.pread(fd, min(_BLOCK, end - start), start)
        if not block:
            return
        start += len(block)
        yield block
