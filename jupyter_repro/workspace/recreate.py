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
from jupyter_repro.history.trees import encode_tree
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.store import Kind
from jupyter_repro.store.backends import DirectoryBackend
from jupyter_repro.store.backends.protocol import KeyNotFound
from jupyter_repro.store.index import Location
from jupyter_repro.store.objects import decode
from jupyter_repro.store.packs import pack_key
from jupyter_repro.workspace.forked import Child, ChildDied, Report, children_wanted
from jupyter_repro.workspace.placing import refuse_marker, write_blocks
from jupyter_repro.workspace.statcache import CachedDirectory, StatCache, StatRow, encode_rows, row_of

_SPAN = 4 * 1024 * 1024
_GAP = 64 * 1024
_WORTH_FORKING = 4000
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC


@dataclass(slots=True)
class _Directory:
    """One directory on its way to the disk."""

    path: bytes
    entries: list[TreeEntry]
    tree: bytes
    mode: int
    rows: list[StatRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Target:
    """One file to be written."""

    directory: _Directory
    entry: TreeEntry


class _Done(msgspec.Struct, frozen=True):
    """What a forked process did: counts, stat rows by the number of the directory, and objects not found."""

    files: int
    size: int
    rows: list[tuple[int, list[StatRow]]]
    missed: list[bytes]


_Span = list[tuple[bytes, Location]]
_Small = dict[bytes, list[_Target]]
_Item = TypeVar("_Item")


def hydrate_new(
    repository: Repository,
    commit: Commit,
    root: Path,
    cache: StatCache | None = None,
    probe: object = None,
    on_progress: OnProgress | None = None,
) -> tuple[int, int]:
    """Write every file of ``commit`` into the empty directory ``root``; returns how many files and bytes.

    ``cache``, if given, learns what was written, so that the first checkpoint need not read it again;
    ``probe`` is then called with no arguments for the present (ns) by the clock of the files. Raises
    ``BlobCorrupt``, ``BlobMissing`` or ``Purged`` before a damaged file is given its name.
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
        self._children: list[tuple[Child, list[_Span]]] = []
        self._all: list[_Directory] = []

    def run(self, tree: bytes, cache: StatCache | None, probe: object) -> tuple[int, int]:
        directories = self._all = self._directories(tree)
        small: dict[bytes, list[_Target]] = defaultdict(list)
        large: list[_Target] = []
        for directory in directories:
            if directory.path:
                os.mkdir(os.path.join(self._root, directory.path), directory.mode | 0o700)
            for entry in directory.entries:
                if entry.type == EntryType.FILE:
                    target = _Target(directory, entry)
                    self._total_files += 1
                    self._total_bytes += entry.size
                    if entry.recipe is None:
                        small[entry.content].append(target)
                    else:
                        large.append(target)
                elif entry.type == EntryType.SYMLINK:
                    self._symlink(directory, entry)
        self._write_all(small, large)
        self._modes(directories)
        if cache is not None and callable(probe):
            self._remember(directories, cache, probe())
        return self._files, self._bytes

    def _directories(self, tree: bytes) -> list[_Directory]:
        get_tree = self._repository.get_tree
        found = [_Directory(b"", get_tree(tree), tree, 0o755)]
        refuse_marker(found[0].entries)
        for directory in found:  # grows while it is walked: parents come before children
            for entry in directory.entries:
                if entry.type == EntryType.DIRECTORY:
                    path = directory.path + b"/" + entry.name if directory.path else entry.name
                    found.append(_Directory(path, get_tree(entry.content), entry.content, entry.mode))
        return found

    def _write_all(self, small: _Small, large: list[_Target]) -> None:
        located = self._repository.store.locate_many(small.keys(), Kind.BLOB)
        spans = list(_spans(located))
        try:
            mine = self._fork(spans, small)
            if self._children:
                missed = [name for span in mine for name in self._span(span, small)]
                missed += self._gather(small)
            else:
                missed = self._pooled(lambda span: self._span(span, small), mine)
            missed += small.keys() - located.keys()
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

    def _fork(self, spans: list[_Span], small: _Small) -> list[_Span]:
        """Give a share of the spans to forked processes, where there is enough to do and it is safe.

        Returns those that are left to this process.
        """
        local = isinstance(self._repository.store.backend, DirectoryBackend)
        count = children_wanted() if local and len(small) >= _WORTH_FORKING else 0
        mine = spans[0 :: count + 1]
        for number in range(1, count + 1):
            share = spans[number :: count + 1]

            def work(report: Report, share: list[_Span] = share) -> bytes:
                return self._as_child(share, small, report)

            try:
                self._children.append((Child(work), share))
            except OSError:  # no room for another process
                mine += share
        return mine

    def _as_child(self, spans: list[_Span], small: _Small, report: Report) -> bytes:
        self._on_progress = None
        for directory in self._all:
            directory.rows.clear()
        missed = []
        for span in spans:
            missed += self._span(span, small)
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

    def _over_again(self, share: list[_Span], small: _Small) -> list[bytes]:
        """Write what a process that was killed had to write, whatever it had written of it."""
        for target in (target for span in share for name, _ in span for target in small[name]):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._root, target.directory.path, target.entry.name))
        return [name for span in share for name in self._span(span, small)]

    def _span(self, span: _Span, small: _Small) -> list[bytes]:
        """Write the files of one stretch of a pack; returns the names of those that are no longer there."""
        first, last = span[0][1], span[-1][1]
        length = last.offset + last.stored - first.offset
        try:
            data = memoryview(self._repository.store.backend.get(pack_key(first.pack), first.offset, length))
        except KeyNotFound:
            return [name for name, _ in span]
        for name, place in span:
            start = place.offset - first.offset
            plain = decode(place.codec, data[start : start + place.stored], place.plain, name)
            for target in small[name]:
                self._write(target, plain)
        self._report()
        return []

    def _alone(self, name: bytes, targets: list[_Target]) -> list[bytes]:
        plain = self._repository.store.get(Kind.BLOB, name)
        for target in targets:
            self._write(target, plain)
        return []

    def _write(self, target: _Target, data: bytes) -> None:
        directory, entry = target.directory, target.entry
        path = (
            b"%b/%b/%b" % (self._root, directory.path, entry.name)
            if directory.path
            else b"%b/%b" % (self._root, entry.name)
        )
        mode = entry.mode
        fd = os.open(path, _NEW, mode)
        try:
            if data and os.write(fd, data) != len(data):
                os.lseek(fd, 0, os.SEEK_SET)
                write_blocks(fd, [data])
            if mode & self._umask:
                os.fchmod(fd, mode)
            self._wrote(directory, entry, os.fstat(fd))
        finally:
            os.close(fd)

    def _large(self, target: _Target) -> list[bytes]:
        directory, entry = target.directory, target.entry
        fd = os.open(os.path.join(self._root, directory.path, entry.name), _NEW, entry.mode)
        try:
            write_blocks(fd, self._counted(self._repository.read(entry)))
            if entry.mode & self._umask:
                os.fchmod(fd, entry.mode)
            self._wrote(directory, entry, os.fstat(fd), counted=True)
        finally:
            os.close(fd)
        return []

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            yield block
            with self._lock:
                self._bytes += len(block)
            self._report()

    def _wrote(self, directory: _Directory, entry: TreeEntry, st: os.stat_result, counted: bool = False) -> None:
        directory.rows.append(row_of(entry.name, st))
        with self._lock:
            self._files += 1
            if not counted:
                self._bytes += entry.size

    def _symlink(self, directory: _Directory, entry: TreeEntry) -> None:
        path = os.path.join(self._root, directory.path, entry.name)
        os.symlink(entry.content, path)
        st = os.lstat(path)
        directory.rows.append(row_of(entry.name, st))

    def _modes(self, directories: list[_Directory]) -> None:
        for directory in reversed(directories):
            made = (directory.mode | 0o700) & ~self._umask
            if directory.path and made != directory.mode:
                os.chmod(os.path.join(self._root, directory.path), directory.mode)

    def _remember(self, directories: list[_Directory], cache: StatCache, present: int) -> None:
        def rows() -> Iterator[tuple[bytes, CachedDirectory]]:
            for directory in directories:
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


def _spans(located: dict[bytes, Location]) -> Iterator[_Span]:
    """Objects in the order of the packs, cut where a gap or the length of one reading ends."""
    span: _Span = []
    # An object of no bytes lies where the next one begins, and must not be taken for the end of the span.
    for name, place in sorted(located.items(), key=lambda item: (item[1].pack, item[1].offset, item[1].stored)):
        if span:
            first, last = span[0][1], span[-1][1]
            end = last.offset + last.stored
            if (
                place.pack != first.pack
                or place.offset - end > _GAP
                or place.offset + place.stored - first.offset > _SPAN
            ):
                yield span
                span = []
        span.append((name, place))
    if span:
        yield span


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
