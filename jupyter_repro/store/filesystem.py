"""What kind of file system a path lies on.

SQLite's write-ahead log needs memory that every process on every machine with the file open can share,
which only a local file system gives. Nothing else is asked of the kind.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")

# Kinds whose kernel is the only writer. What is missing here (nfs, cifs, ceph, 9p, lustre, virtiofs, any
# fuse but the local disks of other systems) counts as remote: slower and right beats fast and wrong.
_LOCAL = frozenset(
    b"aufs bcachefs btrfs devtmpfs ecryptfs erofs exfat ext2 ext3 ext4 f2fs fuseblk hfs hfsplus jfs minix "
    b"msdos nilfs2 ntfs ntfs3 overlay ramfs reiserfs rootfs squashfs tmpfs ubifs udf vfat xfs zfs".split()
)


def is_local(path: str | os.PathLike[str]) -> bool:
    """Whether ``path`` lies on a file system that no other machine can write to.

    ``path`` need not exist: its nearest existing parent decides. False where the answer cannot be known
    (an unknown kind, or a system without ``/proc``), so that callers take the cautious way.
    """
    real = os.fsencode(os.path.realpath(path))
    kind = _kind(real)
    if kind == b"autofs":
        # The real file system is mounted at the first visit.
        try:
            os.stat(real)
        except OSError:
            return False
        kind = _kind(real)
    return kind in _LOCAL


def _kind(real: bytes) -> bytes | None:
    """The type of the mount that holds the absolute path ``real``, free of links."""
    # Not by device number: a btrfs subvolume answers to stat with one that no mount has.
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return None
    best, found = -1, None
    for line in lines:
        mount, _, source = line.partition(b" - ")
        point = _plain(mount.split(b" ", 5)[4])
        inside = real == point or real.startswith(point.rstrip(b"/") + b"/")
        # A later line of the same mount point lies on top of the earlier one.
        if inside and len(point) >= best:
            best, found = len(point), source.split(b" ", 1)[0]
    return found


def _plain(escaped: bytes) -> bytes:
    """A mount point as the kernel means it: it writes space, tab, newline and backslash as octal."""
    if b"\\" not in escaped:
        return escaped
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), escaped)
