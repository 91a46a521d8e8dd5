"""A folder of checked files with a bound on their bytes, shared by any number of processes.

What is in it can vanish, or be damaged, at any time without harm: a file that does not match its own
checksum is no entry. A file is written under a temporary name and renamed. Whoever finds the folder too
large removes what was not read for longest; reading marks a file by its modification time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import time
import uuid
from contextlib import suppress

from blake3 import blake3

from jupyter_repro.store.backends.protocol import Data

_DIGEST = 32
# A file read again within this many seconds is not marked again: the order need not be finer.
_MARK_EVERY = 60.0
_ABANDONED = 3600.0
_TEMPORARY = "tmp"
_LOCK = "lock"


class CacheFiles:
    """Entries of a ``group`` (64 hex digits) and a ``name`` in ``directory``, at most about ``limit_bytes``.

    Other processes' entries count when the folder is measured, which is after each eighth of the limit that
    this process writes: each process beside the first can take the folder over the limit by so much. No
    method raises ``OSError``: a cache that cannot be used is an empty one.
    """

    def __init__(self, directory: str | os.PathLike[str], limit_bytes: int) -> None:
        self._root = os.path.abspath(os.fspath(directory))
        self._limit = limit_bytes
        self._lock = threading.Lock()
        # So much may be written before the folder is measured; the first write finds out how full it is.
        self._allowance = 0

    def load(self, group: str, name: str) -> bytes | None:
        """The payload of the entry; None when there is none that is whole."""
        path = self._path(group, name)
        try:
            with open(path, "rb") as file:
                data = file.read()
                modified = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        payload = memoryview(data)[_DIGEST:]
        if len(data) < _DIGEST or _digest(group, name, payload) != data[:_DIGEST]:
            with suppress(OSError):
                os.unlink(path)
            return None
        if abs(time.time() - modified) > _MARK_EVERY:
            with suppress(OSError):
                os.utime(path)
        return bytes(payload)

    def save(self, group: str, name: str, payload: Data) -> None:
        """Keep ``payload``, and make room when that takes the folder over its limit."""
        size = len(payload) + _DIGEST
        if size > self._limit:
            return
        path = self._path(group, name)
        temporary = f"{self._root}/{_TEMPORARY}/{uuid.uuid4().hex}"
        try:
            os.makedirs(os.path.dirname(temporary), mode=0o700, exist_ok=True)
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            try:
                # Not flushed: after a power cut the checksum tells.
                with open(temporary, "xb") as file:
                    file.write(_digest(group, name, payload))
                    file.write(payload)
                os.rename(temporary, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError:
            return
        with self._lock:
            self._allowance -= size
            due = self._allowance < 0
        if due:
            self._make_room()

    def drop(self, group: str) -> None:
        """Remove every entry of ``group``."""
        shutil.rmtree(self._folder(group), ignore_errors=True)

    def _folder(self, group: str) -> str:
        return f"{self._root}/{group[:2]}/{group}"

    def _path(self, group: str, name: str) -> str:
        return f"{self._folder(group)}/{name}"

    def _make_room(self) -> None:
        """Measure the folder, and when less than an eighth of the limit is free, free a quarter.

        The entries read longest ago go first.
        """
        try:
            # The file is made where save() has just written, so only a vanished folder can be in the way.
            lock = os.open(f"{self._root}/{_LOCK}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return
        step = self._limit // 8
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            used, entries = self._measure()
            if used > self._limit - step:
                entries.sort()
                for _, size, path in entries:
                    if used <= self._limit - 2 * step:
                        break
                    with suppress(OSError):
                        os.unlink(path)
                        os.rmdir(os.path.dirname(path))  # fails while the group has other entries
                    used -= size
        except OSError:
            pass  # a file system without locks cannot be kept in bounds safely
        finally:
            os.close(lock)
        with self._lock:
            self._allowance = step

    def _measure(self) -> tuple[int, list[tuple[float, int, str]]]:
        """All bytes of the folder, and (time of reading, bytes, path) of each entry."""
        used = 0
        entries: list[tuple[float, int, str]] = []
        abandoned = time.time() - _ABANDONED
        for folder, _, names in os.walk(self._root):
            temporary = folder == f"{self._root}/{_TEMPORARY}"
            for name in names:
                path = f"{folder}/{name}"
                with suppress(OSError):
                    status = os.stat(path)
                    if temporary and status.st_mtime < abandoned:
                        os.unlink(path)
                        continue
                    used += status.st_size
                    if not temporary and folder != self._root:
                        entries.append((status.st_mtime, status.st_size, path))
        return used, entries


def _digest(group: str, name: str, payload: Data) -> bytes:
    """Over the name as well, so that a file in the wrong place is as good as a damaged one."""
    return blake3(f"{group}/{name}\n".encode()).update(payload).digest()
