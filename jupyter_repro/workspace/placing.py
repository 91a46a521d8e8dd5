"""Putting files in place: through directory descriptors, never through a link, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import OrderedDict
from collections.abc import Iterable

from jupyter_repro.errors import CannotSave, HostilePath
from jupyter_repro.history import EntryType, TreeEntry
from jupyter_repro.workspace.state import MARKER_DIRECTORY

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_OPEN = 64

TEMPORARY = b".repro-tmp-"
"""How the names of files begin that are being written; always ignored."""


def refuse_marker(entries: Iterable[TreeEntry]) -> None:
    """Refuse a commit whose root directory holds what marks a workspace: no checkpoint ever stores it, and a link
    of that name would lead the marker's own files out of the workspace. Raises ``HostilePath``."""
    if any(entry.name == os.fsencode(MARKER_DIRECTORY) for entry in entries):
        raise HostilePath(
            f"The commit holds a {MARKER_DIRECTORY!r} of its own, which no checkpoint makes; nothing was written."
        )


class Places:
    """The directories below ``root``, opened one component at a time so that no link is followed."""

    def __init__(self, root: bytes, token: str) -> None:
        self._root = os.open(root, _DIRECTORY & ~os.O_NOFOLLOW)
        self._open: OrderedDict[bytes, int] = OrderedDict()
        self._prefix = TEMPORARY + token.encode() + b"-"
        self._count = 0
        self._opened_up: dict[bytes, int] = {}

    def __enter__(self) -> Places:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.forget()
            while self._opened_up:
                path = max(self._opened_up)  # going there may open up a parent, which sorts before it
                mode = self._opened_up.pop(path)
                with contextlib.suppress(OSError, CannotSave):
                    os.fchmod(self.directory(path), mode)
        finally:
            self.forget()
            os.close(self._root)

    def forget(self) -> None:
        """Close every descriptor but the root's: directories are about to be removed."""
        for fd in self._open.values():
            os.close(fd)
        self._open.clear()

    def directory(self, path: bytes, create: bool = False) -> int:
        """A descriptor of the directory at ``path``; valid until the next call.

        With ``create``, missing directories are made. Raises ``FileNotFoundError``, or ``CannotSave``
        when a link or a file stands where a directory is needed.
        """
        if not path:
            return self._root
        fd = self._open.get(path)
        if fd is not None:
            self._open.move_to_end(path)
            return fd
        parent, _, name = path.rpartition(b"/")
        above = self.directory(parent, create)
        try:
            fd = os.open(name, _DIRECTORY, dir_fd=above)
        except FileNotFoundError:
            if not create:
                raise
            os.mkdir(name, 0o755, dir_fd=above)
            fd = os.open(name, _DIRECTORY, dir_fd=above)
        except NotADirectoryError as error:
            raise self._in_the_way(path) from error
        except OSError as error:
            if error.errno in (40, 62):  # ELOOP on Linux and macOS
                raise self._in_the_way(path) from error
            raise
        self._open[path] = fd
        self._open_up(path, fd)
        while len(self._open) > _MOST_OPEN:
            _, oldest = self._open.popitem(last=False)
            os.close(oldest)
        return fd

    def _open_up(self, path: bytes, fd: int) -> None:
        """Let the owner write into a read-only directory, until its mode is set or this object is left."""
        st = os.fstat(fd)
        if not st.st_mode & 0o200 and st.st_uid == os.geteuid() and not os.access(".", os.W_OK, dir_fd=fd):
            os.fchmod(fd, stat.S_IMODE(st.st_mode) | 0o200)
            self._opened_up[path] = stat.S_IMODE(st.st_mode)

    def set_mode(self, path: bytes, mode: int) -> None:
        """Give the directory at ``path`` its permission bits."""
        os.fchmod(self.directory(path), mode)
        self._opened_up.pop(path, None)

    def temporary(self) -> bytes:
        """A new name for a file that is being written."""
        self._count += 1
        return self._prefix + str(self._count).encode()

    @staticmethod
    def _in_the_way(path: bytes) -> CannotSave:
        return CannotSave(
            f"{os.fsdecode(path)!r} became a link or a file while the commit was being put in place. "
            "Nothing behind it was touched; try again."
        )


def write_new_file(directory: int, name: bytes, mode: int, blocks: Iterable[bytes]) -> os.stat_result:
    """Make the file ``name`` in ``directory`` with these bytes and permission bits; returns its stat.

    Long runs of zeros become holes. Raises ``FileExistsError`` when there is something already.
    """
    fd = os.open(name, _NEW, 0o600, dir_fd=directory)
    try:
        write_blocks(fd, blocks)
        os.fchmod(fd, mode)
        return os.fstat(fd)
    finally:
        os.close(fd)


def write_blocks(fd: int, blocks: Iterable[bytes]) -> None:
    """Write blocks one after the other, leaving holes for blocks of nothing but zeros."""
    hole = False
    position = 0
    for block in blocks:
        size = len(block)
        if size >= 65536 and not block[0] and block == bytes(size):
            os.lseek(fd, size, os.SEEK_CUR)
            position += size
            hole = True
            continue
        hole = False
        position += size
        view = memoryview(block)
        while view:
            view = view[os.write(fd, view) :]
    if hole:
        os.ftruncate(fd, position)


def put_entry(places: Places, path: bytes, entry: TreeEntry, blocks: Iterable[bytes]) -> None:
    """Write a file or link under a temporary name, and rename it to ``path``, which an ``OSError`` names."""
    parent, _, name = path.rpartition(b"/")
    directory = places.directory(parent, create=True)
    temporary = places.temporary()
    try:
        if entry.type == EntryType.SYMLINK:
            os.symlink(entry.content, temporary, dir_fd=directory)
        else:
            write_new_file(directory, temporary, entry.mode, blocks)
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, path) from error
        raise


def remove_tree(places: Places, path: bytes) -> None:
    """Remove whatever is at ``path``, a directory with all it holds; nothing happens when it is gone."""
    parent, _, name = path.rpartition(b"/")
    try:
        directory = places.directory(parent)
        st = os.lstat(name, dir_fd=directory)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(st.st_mode):
        os.unlink(name, dir_fd=directory)
        return
    fd = os.open(name, _DIRECTORY, dir_fd=directory)
    try:
        children = [os.fsencode(child) for child in os.listdir(fd)]
    finally:
        os.close(fd)
    for child in children:
        remove_tree(places, path + b"/" + child)
    places.forget()
    os.rmdir(name, dir_fd=places.directory(parent))
