"""``copy``: a file or directory of a commit, beside what the workspace has now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_repro.errors import DestinationNotEmpty, InvalidRequest, PathNotFound
from jupyter_repro.history import EntryType, TreeEntry, find_entry, walk
from jupyter_repro.history.trees import split_path
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.workspace.placing import Places, put_entry, write_new_file
from jupyter_repro.workspace.state import MARKER_DIRECTORY


@dataclass(frozen=True, slots=True)
class Copied:
    """Where it was written (relative to the workspace), and how many files and links."""

    path: str
    written: int


def copy(
    opened: Opened, commit: str, path: str, destination: str | None = None, *, on_progress: OnProgress | None = None
) -> Copied:
    """Write ``path`` of a commit into the workspace under the name ``destination``, which must be free.

    Without one, a free name beside the original is taken. Nothing that exists is touched. Raises
    ``CommitNotFound``, ``PathNotFound``, ``DestinationNotEmpty`` or ``HostilePath``.
    """
    found = opened.resolve(commit)
    names = split_path(os.fsencode(path))
    if not names:
        raise InvalidRequest("The whole workspace cannot be copied into itself. Use recreate, or name a path.")
    entry = find_entry(opened.repository.get_tree, bytes.fromhex(found.tree), b"/".join(names))
    if entry is None:
        raise PathNotFound(f"Commit {found.id[:12]} has no {path!r}.")
    with (
        opened.workspace.held(on_progress),
        Places(os.fsencode(opened.workspace.root), os.urandom(6).hex()) as places,
    ):
        if destination is None:
            target = _free(places, names, found.id[:8].encode())
        else:
            target = b"/".join(split_path(os.fsencode(destination)))
        if not target or target.split(b"/")[0] == MARKER_DIRECTORY.encode():
            raise InvalidRequest(f"{destination!r} cannot be the name of a copy. Choose another.")
        if _taken(places, target):
            raise DestinationNotEmpty(f"There is a {os.fsdecode(target)!r} already. Choose another name.")
        return Copied(os.fsdecode(target), _write(opened, places, entry, target, on_progress))


def _free(places: Places, names: list[bytes], mark: bytes) -> bytes:
    stem, dot, suffix = names[-1].rpartition(b".")
    if not stem:
        stem, dot, suffix = names[-1], b"", b""
    number = 1
    while True:
        more = b"" if number == 1 else b"-%d" % number
        # Names end at 255 bytes on the file systems in use.
        name = stem[: 240 - len(suffix)] + b"-" + mark + more + dot + suffix
        target = b"/".join([*names[:-1], name])
        if not _taken(places, target):
            return target
        number += 1


def _taken(places: Places, path: bytes) -> bool:
    parent, _, name = path.rpartition(b"/")
    try:
        os.stat(name, dir_fd=places.directory(parent), follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write(opened: Opened, places: Places, entry: TreeEntry, target: bytes, on_progress: OnProgress | None) -> int:
    parent, _, name = target.rpartition(b"/")
    above = places.directory(parent, create=True)
    read = opened.repository.read
    try:
        if entry.type == EntryType.SYMLINK:
            os.symlink(entry.content, name, dir_fd=above)
            return 1
        if entry.type == EntryType.FILE:
            temporary = places.temporary()
            try:
                write_new_file(above, temporary, entry.mode, _told(read(entry), entry.size, on_progress))
                _publish(temporary, name, above)
            finally:
                _discard(temporary, above)
            return 1
        os.mkdir(name, 0o755, dir_fd=above)
    except FileExistsError as error:
        raise DestinationNotEmpty(f"{os.fsdecode(target)!r} has just been made by somebody else. Try again.") from error
    below = list(walk(opened.repository.get_tree, entry.content))
    written = 0
    for path, child in below:
        place = target + b"/" + path
        if child.type == EntryType.DIRECTORY:
            places.directory(place, create=True)
            continue
        put_entry(places, place, child, read(child) if child.type == EntryType.FILE else ())
        written += 1
        if on_progress is not None:
            on_progress(Progress("write", written, len(below)))
    return written


def _told(blocks: Iterator[bytes], size: int, on_progress: OnProgress | None) -> Iterator[bytes]:
    done = 0
    for block in blocks:
        done += len(block)
        if on_progress is not None:
            on_progress(Progress("write", 0, 1, done, size))
        yield block


def _publish(temporary: bytes, name: bytes, directory: int) -> None:
    """Give a finished file its name, unless something has it."""
    try:
        os.link(temporary, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        # No hard links here: look first, and accept the moment between.
        try:
            os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
            return
        raise FileExistsError from error


def _discard(temporary: bytes, directory: int) -> None:
    try:
        os.unlink(temporary, dir_fd=directory)
    except FileNotFoundError:
        return
