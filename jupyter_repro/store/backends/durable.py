"""Bringing bytes under a name so that a power cut leaves either nothing or all of them.

The system calls that this takes differ between file systems; here is where the differences end.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import sys

from jupyter_repro.errors import StoreError, StoreFull, StoreUnreachable, StoreUnsuitable
from jupyter_repro.store.backends.protocol import Data

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_AWAY = frozenset(
    {
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENOTCONN,
        errno.ECONNABORTED,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
    }
)
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# What link(2) answers where a file system has no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EMLINK})

_F_FULLFSYNC: int | None = getattr(fcntl, "F_FULLFSYNC", None)


def write_new(path: str, data: Data) -> None:
    """Write ``data`` to the new file ``path``, read-only from birth, and wait until a disk has it.

    Raises ``OSError``, the file then being anything from missing to complete.
    """
    # The descriptor may write although the mode forbids it to everyone who opens the file later.
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    try:
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[os.write(fd, rest) :]
        sync(fd)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(fd)
        raise
    os.close(fd)  # network file systems report a full disk here


def sync(fd: int) -> None:
    """Wait until the disk, not only the kernel or the drive's own cache, has what was written to ``fd``."""
    if _F_FULLFSYNC is not None:
        try:
            fcntl.fcntl(fd, _F_FULLFSYNC)
            return
        except OSError:
            pass  # a file system without it (a network one): fsync is then all there is
    os.fsync(fd)


def sync_directory(path: str) -> None:
    """Wait until the disk has the names in the directory ``path``. Raises ``OSError``."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(fd)
    except OSError as error:
        # Some network and FUSE file systems have no such thing for a directory and write names at once.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
    finally:
        os.close(fd)


def publish(temporary: str, target: str) -> bool:
    """Give the finished file ``temporary`` the name ``target``; False when that name is taken.

    Never replaces anything. ``temporary`` may be gone afterwards or still be there. Raises ``OSError``,
    and ``StoreUnsuitable`` where the file system offers no way to do this.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        # A server that did the work but whose answer was lost is asked twice by NFS, and says no to itself.
        return os.path.samefile(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _rename_new(temporary, target)
    return True


def _rename_new(old: str, new: str) -> bool:
    """Rename without replacing: for file systems that have no hard links."""
    libc = ctypes.CDLL(None, use_errno=True)
    source, target = os.fsencode(old), os.fsencode(new)
    if sys.platform == "darwin":
        failed = libc.renamex_np(source, target, ctypes.c_uint(4))  # RENAME_EXCL
    else:
        here = -100  # AT_FDCWD
        try:
            rename = libc.renameat2
        except AttributeError:
            raise _no_way(new) from None
        failed = rename(here, source, here, target, ctypes.c_uint(1))  # RENAME_NOREPLACE
    if not failed:
        return True
    code = ctypes.get_errno()
    if code == errno.EEXIST:
        return False
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
        raise _no_way(new)
    raise OSError(code, os.strerror(code), new)


def _no_way(path: str) -> StoreUnsuitable:
    return StoreUnsuitable(
        f"The file system of {os.path.dirname(path)} has neither hard links nor a rename that never replaces, so "
        "two writers could overwrite each other. Put the store on another file system or on an object store."
    )


def store_error(error: OSError, doing: str, path: str) -> StoreError:
    """What the user is told when ``doing`` ("write", "read", …) ``path`` failed with ``error``."""
    what = f"Could not {doing} {path}: {os.strerror(error.errno) if error.errno else error}."
    if error.errno in _FULL:
        return StoreFull(f"{what} Free some space there and try again; everything saved earlier is whole.")
    if error.errno in _AWAY:
        return StoreUnreachable(f"{what} Check that the disk or share of the store answers, and try again.")
    if error.errno in _FORBIDDEN:
        return StoreError(f"{what} Make the folder of the store writable for you, or name another store.")
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return StoreError(f"{what} Close other programs or raise the limit of open files (ulimit -n).")
    return StoreError(f"{what} Check the disk that holds the store, and try again.")
