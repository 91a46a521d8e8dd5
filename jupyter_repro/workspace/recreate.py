"""Hydrating a commit into a new, empty directory, in the order in which the packs hold its content."""

from __future__ import annotations

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar

import msgspec

from jupyter_repro.history import Commit, EntryType, Repository, TreeEntry
from jupyter_repro.history.files import is_purged
from jupyter_repro.history.trees import encode_tree
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.store import Kind
from jupyter_repro.store.backends import DirectoryBackend
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.store.objects import decode
from jupyter_repro.store.packs import pack_key
from jupyter_repro.workspace.forked import Child, ChildDied, Report, children_wanted
from jupyter_repro.workspace.placing import refuse_marker, write_blocks
from jupyter_repro.workspace.statcache import CachedDirectory, StatCache, StatRow, encode_rows, row_of
from jupyter_repro.workspace.stretches import Stretch, stretches

# Compared a hundred thousand times: an enumeration's own comparison is slower than that of its number.
_FILE, _DIRECTORY, _SYMLINK = int(EntryType.FILE), int(EntryType.DIRECTORY), int(EntryType.SYMLINK)
_WORTH_FORKING = 4000
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC


@dataclass(slots=True)
class _Directory:
    """One directory on its way to the disk."""

    path: bytes
    prefix: bytes
    entries: list[TreeEntry]
    tree: bytes
    mode: int
    rows: list[StatRow] = field(default_factory=list)
    whole: bool = True


class _Done(msgspec.Struct, frozen=True):
    """What a forked process did: counts, stat rows by the number of the directory, and objects not found."""

    files: int
    size: int
    rows: list[tuple[int, list[StatRow]]]
    missed: list[bytes]


_Target = tuple[_Directory, TreeEntry]
"""One file to be written. A bare tuple, like all of which there is one for each file."""

_Small = dict[bytes, list[_Target]]
_Item = TypeVar("_Item")


def hydrate_new(
    repository: Repository,
    commit: Commit,
    root: Path,
    cache: StatCache | None = None,
    probe: object = None,
    on_progress: OnProgress | None = None,
) -> tuple[int, int, list[bytes]]:
    """Write every file of ``commit`` into the empty directory ``root``; returns how many files and bytes, and the
    paths of those that are left out because their content was purged.

    ``cache``, if given, learns what was written, so that the first checkpoint need not read it again;
    ``probe`` is then called with no arguments for the present (ns) by the clock of the files. Raises
    ``BlobCorrupt`` or ``BlobMissing``, or ``Purged`` for a commit that was thinned out.
    """
    return _Hydration(repository, os.fsencode(root), on_progress).run(bytes.fromhex(commit.tree), cache, probe)


class _Hydration:
    def __init__(self, repository: Repository, root: bytes, on_progress: OnProgress | None) -> None:
        self._repository = repository
        self._root = root
        self._on_progress = on_progress
        self._umask = _umask()
        self._lock = Lock()
        self._files = self._bytes = 0
        self._total_files = self._total_bytes = 0
        self._next_report = 0.0
        self._children: list[tuple[Child, list[Stretch]]] = []
        self._all: list[_Directory] = []

    def run(self, tree: bytes, cache: StatCache | None, probe: object) -> tuple[int, int, list[bytes]]:
        directories = self._all = self._directories(tree)
        small: dict[bytes, list[_Target]] = defaultdict(list)
        large: list[_Target] = []
        gone: list[bytes] = []
        store = self._repository.store
        purged = bool(store.head.purged)
        for directory in directories:
            if directory.path:
                os.mkdir(directory.prefix, directory.mode | 0o700)
            for entry in directory.entries:
                _, form, _, size, content, recipe = entry
                if purged and is_purged(store, entry):
                    directory.whole = False
                    gone.append(os.path.join(directory.path, entry.name))
                elif form == _FILE:
                    self._total_files += 1
                    self._total_bytes += size
                    if recipe is None:
                        small[content].append((directory, entry))
                    else:
                        large.append((directory, entry))
                elif form == _SYMLINK:
                    self._symlink(directory, entry)
        self._write_all(small, large)
        self._modes(directories)
        if cache is not None and callable(probe):
            self._remember(directories, cache, probe())
        return self._files, self._bytes, gone

    def _directories(self, tree: bytes) -> list[_Directory]:
        get_tree = self._repository.get_tree
        found = [_Directory(b"", self._root + b"/", get_tree(tree), tree, 0o755)]
        refuse_marker(found[0].entries)
        for directory in found:  # grows while it is walked: parents come before children
            for name, form, mode, _, content, _ in directory.entries:
                if form == _DIRECTORY:
                    path = directory.path + b"/" + name if directory.path else name
                    found.append(_Directory(path, directory.prefix + name + b"/", get_tree(content), content, mode))
        return found

    def _write_all(self, small: _Small, large: list[_Target]) -> None:
        every = list(stretches(self._repository.store.index.in_packs(small.keys(), Kind.BLOB)))
        found = sum(len(stretch.objects) for stretch in every)
        try:
            mine = self._fork(every, small)
            if self._children:
                missed = [name for stretch in mine for name in self._stretch(stretch, small)]
                missed += self._gather(small)
            else:
                missed = self._pooled(lambda stretch: self._stretch(stretch, small), mine)
            if found < len(small):
                missed += small.keys() - {name for stretch in every for *_, name in stretch.objects}
            self._pooled(lambda name: self._alone(name, small[name]), missed)
            self._pooled(self._large, large)
        finally:
            for child, _ in self._children:
                child.end()

    def _pooled(self, work: Callable[[_Item], list[bytes]], items: Sequence[_Item]) -> list[bytes]:
        """Do ``work`` for each of the items in threads; the first that fails stops the rest."""
        if not items:
            return []
        pool = ThreadPoolExecutor(max(2, min(8, os.cpu_count() or 2)), thread_name_prefix="repro-hydrate")
        try:
            jobs = [pool.submit(work, item) for item in items]
            wait(jobs, return_when=FIRST_EXCEPTION)
            return [name for job in jobs if job.done() for name in job.result()]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _fork(self, every: list[Stretch], small: _Small) -> list[Stretch]:
        """Give a share of the stretches to forked processes, where there is enough to do and it is safe.

        Returns those that are left to this process.
        """
        local = isinstance(self._repository.store.backend, DirectoryBackend)
        count = children_wanted() if local and len(small) >= _WORTH_FORKING else 0
        mine = every[0 :: count + 1]
        for number in range(1, count + 1):
            share = every[number :: count + 1]

            def work(report: Report, share: list[Stretch] = share) -> bytes:
                return self._as_child(share, small, report)

            try:
                self._children.append((Child(work), share))
            except OSError:  # no room for another process
                mine += share
        return mine

    def _as_child(self, share: list[Stretch], small: _Small, report: Report) -> bytes:
        self._on_progress = None
        for directory in self._all:
            directory.rows.clear()
        missed = []
        for stretch in share:
            missed += self._stretch(stretch, small)
            report(self._files, self._bytes)
        rows = [(number, directory.rows) for number, directory in enumerate(self._all) if directory.rows]
        return msgspec.msgpack.encode(_Done(self._files, self._bytes, rows, missed))

    def _gather(self, small: _Small) -> list[bytes]:
        """What the children did; returns the names of the objects that they could not find."""
        missed: list[bytes] = []
        for child, share in self._children:
            try:
                done = msgspec.msgpack.decode(child.result(), type=_Done)
            except ChildDied:
                missed += self._over_again(share, small)
                continue
            self._files += done.files
            self._bytes += done.size
            for number, rows in done.rows:
                self._all[number].rows.extend(rows)
            missed += done.missed
        self._children.clear()
        return missed

    def _over_again(self, share: list[Stretch], small: _Small) -> list[bytes]:
        """Write what a process that was killed had to write, whatever it had written of it."""
        for stretch in share:
            for directory, entry in (target for *_, name in stretch.objects for target in small[name]):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(directory.prefix + entry.name)
        return [name for stretch in share for name in self._stretch(stretch, small)]

    def _stretch(self, stretch: Stretch, small: _Small) -> list[bytes]:
        """Write the files of one stretch of a pack; returns the names of those that are no longer there."""
        begin, objects = stretch.offset, stretch.objects
        try:
            data = memoryview(self._repository.store.backend.get(pack_key(stretch.pack), begin, stretch.length))
        except KeyNotFound:
            return [name for *_, name in objects]
        files = size = 0
        for offset, stored, codec, length, name in objects:
            start = offset - begin
            plain = decode(codec, data[start : start + stored], length, name)
            for directory, entry in small[name]:
                self._write(directory, entry, plain)
                files += 1
                size += length
        self._count(files, size)
        return []

    def _alone(self, name: bytes, targets: list[_Target]) -> list[bytes]:
        plain = self._repository.store.get(Kind.BLOB, name)
        for directory, entry in targets:
            self._write(directory, entry, plain)
        self._count(len(targets), len(targets) * len(plain))
        return []

    def _write(self, directory: _Directory, entry: TreeEntry, data: bytes) -> None:
        name, _, mode, *_ = entry
        fd = os.open(directory.prefix + name, _NEW, mode)
        try:
            if data and os.write(fd, data) != len(data):
                os.lseek(fd, 0, os.SEEK_SET)
                write_blocks(fd, [data])
            if mode & self._umask:
                os.fchmod(fd, mode)
            directory.rows.append(row_of(name, os.fstat(fd)))
        finally:
            os.close(fd)

    def _large(self, target: _Target) -> list[bytes]:
        directory, entry = target
        fd = os.open(directory.prefix + entry.name, _NEW, entry.mode)
        try:
            write_blocks(fd, self._counted(self._repository.read(entry)))
            if entry.mode & self._umask:
                os.fchmod(fd, entry.mode)
            directory.rows.append(row_of(entry.name, os.fstat(fd)))
        finally:
            os.close(fd)
        self._count(1, 0)
        return []

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            yield block
            self._count(0, len(block))

    def _count(self, files: int, size: int) -> None:
        """So much more is written."""
        with self._lock:
            self._files += files
            self._bytes += size
        self._report()

    def _symlink(self, directory: _Directory, entry: TreeEntry) -> None:
        path = directory.prefix + entry.name
        os.symlink(entry.content, path)
        st = os.lstat(path)
        directory.rows.append(row_of(entry.name, st))

    def _modes(self, directories: list[_Directory]) -> None:
        for directory in reversed(directories):
            made = (directory.mode | 0o700) & ~self._umask
            if directory.path and made != directory.mode:
                os.chmod(directory.prefix, directory.mode)

    def _remember(self, directories: list[_Directory], cache: StatCache, present: int) -> None:
        def rows() -> Iterator[tuple[bytes, CachedDirectory]]:
            for directory in directories:
                if not directory.whole:
                    continue  # it is not the tree that it was made from
                directory.rows.sort()
                stored = [
                    row._replace(size=-1) if row.mtime >= present or row.ctime >= present else row
                    for row in directory.rows
                ]
                files = [entry for entry in directory.entries if entry.type != EntryType.DIRECTORY]
                below = [
                    (entry.name, entry.mode, entry.content)
                    for entry in directory.entries
                    if entry.type == EntryType.DIRECTORY
                ]
                yield (
                    directory.path,
                    CachedDirectory(encode_rows(stored), encode_tree(files), encode_rows(below), directory.tree),
                )

        cache.store(rows(), None)

    def _report(self) -> None:
        if self._on_progress is None:
            return
        present = time.monotonic()
        if present >= self._next_report:
            self._next_report = present + 0.1
            files = self._files + sum(child.counts[0] for child, _ in self._children)
            size = self._bytes + sum(child.counts[1] for child, _ in self._children)
            self._on_progress(Progress("write", files, self._total_files, size, self._total_bytes))


def _umask() -> int:
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("Umask:"):
                    return int(line.split()[1], 8)
    except OSError:
        pass
    # Asking means setting it for a moment, also for other threads: only where the kernel does not tell.
    value = os.umask(0o077)
    os.umask(value)
    return value
