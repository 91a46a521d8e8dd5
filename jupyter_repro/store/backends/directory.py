"""The store as a folder: one read-only file a key, durable before it has its name.

A file is written under a temporary name in ``tmp/``, flushed, linked to its name (which fails when the
name is taken, on any file system and from any machine), and then its folder is flushed. A process killed
at any point leaves at most a file in ``tmp/``.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from jupyter_repro.errors import InvalidRequest, StoreError, StoreUnreachable
from jupyter_repro.store.backends.durable import publish, store_error, sync_directory, write_new
from jupyter_repro.store.backends.keys import TEMPORARY, check_key, check_prefix, is_key
from jupyter_repro.store.backends.protocol import AlreadyExists, Data, KeyNotFound, Listed

DAY = 24 * 60 * 60
_OPEN_FILES = 64


class _OpenFile:
    """A descriptor that closes when the last thread that reads through it lets go."""

    __slots__ = ("fd", "size")

    def __init__(self, path: str) -> None:
        self.fd = -1
        self.fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self.fd).st_size

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)

    def read(self, start: int, length: int) -> bytes:
        data = os.pread(self.fd, length, start)
        if len(data) == length or start + len(data) >= self.size:
            return data
        parts = [data]  # one call reads at most 2 GiB
        done = len(data)
        while data and done < length:
            data = os.pread(self.fd, length - done, start + done)
            parts.append(data)
            done += len(data)
        return b"".join(parts)


class DirectoryBackend:
    """Keys as files below ``path``, which the first ``put`` creates where it is missing.

    ``open_files`` is how many descriptors stay open for ranged reads. Safe to use from threads, and from
    any number of processes and machines that share the folder.
    """

    def __init__(self, path: str | os.PathLike[str], *, open_files: int = _OPEN_FILES) -> None:
        self._root = os.path.abspath(os.fspath(path))
        # Percent-encoded, so that a folder whose name is no UTF-8 can be written down too.
        self.url = "file://" + quote(os.fsencode(self._root))
        self._limit = max(1, open_files)
        self._open: OrderedDict[str, _OpenFile] = OrderedDict()
        self._lock = threading.Lock()
        self._settled: set[str] = set()
        self._seen = False

    def path_of(self, key: str) -> Path:
        """Where the bytes of ``key`` lie, for those who map files into memory. They must not be changed."""
        return Path(self._root, check_key(key))

    def put(self, key: str, data: Data) -> None:
        """Store ``data`` under ``key``; when this returns, a power cut cannot take it away.

        Raises ``AlreadyExists`` (what is there is durable then, whoever wrote it), ``StoreFull``,
        ``StoreUnreachable`` or ``StoreError``.
        """
        target = f"{self._root}/{check_key(key)}"
        folder = os.path.dirname(target)
        try:
            self._settle(folder)
            try:
                new = self._write(target, data)
            except FileNotFoundError:
                # Someone tidied empty folders away. A root that is gone is another matter: see _settle.
                self._settled.clear()
                self._settle(folder, again=True)
                new = self._write(target, data)
            # Also when it was there before: its writer may have died between naming it and this.
            sync_directory(folder)
        except OSError as error:
            raise store_error(error, "write", target) from error
        if not new:
            raise AlreadyExists(key)

    def _write(self, target: str, data: Data) -> bool:
        """Write and name the file; False when the name is taken by a file."""
        if _is_taken(target):
            return False
        temporary = f"{self._root}/{TEMPORARY}/{uuid.uuid4().hex}"
        try:
            write_new(temporary, data)
            if publish(temporary, target):
                return True
            _is_taken(target)  # a folder of that name is an error
            return False
        finally:
            with suppress(OSError):
                os.unlink(temporary)

    def _settle(self, folder: str, *, again: bool = False) -> None:
        """Make ``folder`` and its parents, once in the life of this object, and flush each one's parent.

        A folder that is there already is flushed as well: whoever made it may not have come that far.
        """
        if folder in self._settled:
            return
        if folder == self._root:
            if again:
                self._still_there()
            _make_root(folder)
            with suppress(FileExistsError):
                os.mkdir(f"{folder}/{TEMPORARY}")
        else:
            parent = os.path.dirname(folder)
            self._settle(parent, again=again)
            with suppress(FileExistsError):
                os.mkdir(folder)
            sync_directory(parent)
        self._settled.add(folder)
        self._seen = True

    def _still_there(self) -> None:
        """A root that was there and no longer is means an unmounted disk, and not a store without keys."""
        if self._seen and not os.path.isdir(self._root):
            raise StoreUnreachable(
                f"The folder of the store, {self._root}, is gone. Mount it or put it back, then try again."
            )

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes of ``key`` from ``start`` (negative: from the end), at most ``length`` of them.

        A range past the end gives what there is. Raises ``KeyNotFound``, ``StoreUnreachable`` or ``StoreError``.
        """
        file = self._open.get(key)
        try:
            if file is None or length is None or start < 0:
                return self._get_slowly(key, start, length)
            with self._lock, suppress(KeyError):
                self._open.move_to_end(key)
            if length < 0:
                raise InvalidRequest(f"A length of {length} bytes of {key} cannot be read.")
            return file.read(start, length)
        except OSError as error:
            with self._lock:
                self._open.pop(key, None)
            raise store_error(error, "read", f"{self._root}/{key}") from error

    def _get_slowly(self, key: str, start: int, length: int | None) -> bytes:
        """Open the file and read; keep it open when it is read in pieces, for the next one."""
        path = f"{self._root}/{check_key(key)}"
        try:
            file = _OpenFile(path)
            start = start if start >= 0 else max(0, file.size + start)
            wanted = file.size - start if length is None else length
            if length is not None and length < 0:
                raise InvalidRequest(f"A length of {length} bytes of {key} cannot be read.")
            data = file.read(start, max(0, wanted))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self._still_there()
            raise KeyNotFound(key) from None
        self._seen = True
        if length is not None:
            with self._lock:
                self._open[key] = file
                self._open.move_to_end(key)
                # The descriptor itself closes only when no other thread is in the middle of a read.
                closing = [self._open.popitem(last=False) for _ in range(len(self._open) - self._limit)]
            del closing
        return data

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """Keys that begin with ``prefix`` and sort after ``after``, ascending, a folder at a time.

        Holds every key whose ``put`` had returned before the listing began. Raises ``StoreError``.
        """
        check_prefix(prefix)
        folder = prefix.rpartition("/")[0]
        yield from self._walk(folder + "/" if folder else "", prefix, after)

    def _walk(self, folder: str, prefix: str, after: str) -> Iterator[Listed]:
        path = f"{self._root}/{folder}"
        found: list[tuple[str, os.DirEntry[str]]] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    key = folder + entry.name
                    if entry.is_dir():
                        key += "/"  # so that "a-b" sorts before "a/b", as in an object store
                        if (key > after or after.startswith(key)) and key != f"{TEMPORARY}/":
                            found.append((key, entry))
                    elif key > after:
                        found.append((key, entry))
        except (FileNotFoundError, NotADirectoryError):
            self._still_there()
            return
        except OSError as error:
            raise store_error(error, "list", path) from error
        found.sort(key=lambda item: item[0])
        for key, entry in found:
            if key.endswith("/"):
                if key.startswith(prefix) or prefix.startswith(key):
                    yield from self._walk(key, prefix, after)
            elif key.startswith(prefix) and is_key(key):
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue  # deleted since
                except OSError as error:
                    raise store_error(error, "list", path + entry.name) from error
                yield Listed(key, status.st_size, status.st_mtime_ns / 1e9)

    def delete(self, key: str) -> None:
        """Remove ``key``; nothing happens when it is not there. Raises ``StoreError``."""
        path = f"{self._root}/{check_key(key)}"
        with self._lock:
            self._open.pop(key, None)
        try:
            os.unlink(path)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            if not os.path.isdir(path):  # the beginning of other keys, so no key itself
                raise store_error(error, "delete", path) from error

    def collect_temporary(self, older_than_seconds: float = DAY) -> int:
        """Remove what killed writers left in ``tmp/`` longer ago than that; how many files it was.

        Keep the default on a shared folder: a younger file may belong to a writer at work elsewhere.
        """
        folder = f"{self._root}/{TEMPORARY}"
        oldest = time.time() - older_than_seconds
        removed = 0
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):
                        if entry.stat(follow_symlinks=False).st_mtime <= oldest:
                            os.unlink(entry.path)
                            removed += 1
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise store_error(error, "clean up", folder) from error
        return removed

    def close(self) -> None:
        """Close the descriptors that were kept for reading. The object opens new ones when used again."""
        with self._lock:
            self._open.clear()


def _is_taken(target: str) -> bool:
    """Whether a file has the name. Raises ``StoreError`` when a folder has: other keys begin with this one."""
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        raise StoreError(f"{target} is not a file, so nothing can be stored there. Look at what put it there.")
    return True


def _make_root(root: str) -> None:
    """Make ``root`` and what is missing above it, each flushed into the folder that holds it."""
    missing = []
    while not os.path.isdir(root):
        missing.append(root)
        parent = os.path.dirname(root)
        if parent == root:
            break
        root = parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(folder)
        sync_directory(os.path.dirname(folder))
    if not missing:
        # Another process may have made it a moment ago. Its parent need not be ours to read: then it is old.
        try:
            sync_directory(os.path.dirname(root))
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM):
                raise
