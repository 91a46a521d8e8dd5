"""Reading a directory into a tree: only what changed since the last time is opened.

The path of every file is kept thin: one ``scandir``, one ``lstat`` a file, and one comparison a
directory that did not change.
"""

from __future__ import annotations

import errno
import math
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from jupyter_repro.errors import PurgedContent, UnreadableFile
from jupyter_repro.history.trees import EntryType, TreeEntry, encode_tree
from jupyter_repro.progress import Meter, OnProgress
from jupyter_repro.workspace.content import Sink, read_entry, unread_entry
from jupyter_repro.workspace.counting import count_files, count_unread
from jupyter_repro.workspace.ignore import IgnoreNode
from jupyter_repro.workspace.statcache import (
    CachedDirectory,
    StatCache,
    StatRow,
    decode_entries,
    decode_rows,
    encode_rows,
)

SETTLED_NS = 60 * 1_000_000_000
"""A file modified less than this before it was read is read again next time: writes through mmap can
leave its times as they were."""

_WORTH_COUNTING = 64 * 1024 * 1024
"""A file of so many bytes takes long enough to tell what is still to come; looking costs about as much as a scan."""

WORTH_POSTPONING = 16 * 1024 * 1024
"""A file of so many bytes takes long enough to read to ask first whether anybody needs to know what is in it."""

_COUNT_AFTER_SECONDS = 3.0
"""Many small files are counted when reading them takes so long that people ask how long it will."""

_TRACKED = frozenset((stat.S_IFREG, stat.S_IFLNK))
_SPECIAL = {
    stat.S_IFSOCK: "is a socket",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}
_OUT_OF_REACH = frozenset(
    getattr(errno, name)
    for name in ("EIO", "ELOOP", "ENAMETOOLONG", "ENODEV", "ENOTCONN", "ENXIO", "EREMOTEIO", "ESTALE", "ETIMEDOUT")
    if hasattr(errno, name)
)
"""What the system says of a dead mount, a broken disk or a path too long for it: the rest can be kept without."""

UNREADABLE = "cannot be read"
"""How the reason begins for which a file that is there was left out, or kept as it was last known."""

_SHOWN = 300
"""Characters of a path in an error; of a longer one the beginning and the end."""


class Ahead(Protocol):
    """Somebody who reads the same files at the same time."""

    def known(self, rel: bytes) -> dict[StatRow, TreeEntry]:
        """What was read of the directory ``rel``: entries, by what ``lstat`` said of each file meanwhile."""


LastKnown = Callable[[bytes], "TreeEntry | None"]
"""From a path to the entry that the last commit had for it."""


@dataclass(slots=True)
class Scan:
    """What a scan found. ``tree`` is the id of the root; ``notes`` are paths that are not as one would
    expect, and why; ``skipped`` those that are left out or kept as they were. ``postponed`` are the paths of files
    that were not read, by the hash that their entries have meanwhile, which is that of no content."""

    tree: bytes = b""
    files: int = 0
    skipped: list[tuple[bytes, str]] = field(default_factory=list)
    notes: list[tuple[bytes, str]] = field(default_factory=list)
    ignored: list[tuple[bytes, str]] = field(default_factory=list)
    repositories: list[bytes] = field(default_factory=list)
    changed: list[tuple[bytes, CachedDirectory]] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    postponed: dict[bytes, bytes] = field(default_factory=dict)


class Scanner:
    """Scans the workspace at ``root`` into ``sink``.

    ``cache`` is the stat cache, or None to read everything; ``rules`` the ignore rules of the root;
    ``probe_time`` the mtime (ns) of a file touched on the same file system when the scan began;
    ``last_known`` gives what to keep of unreadable files, which otherwise raise ``UnreadableFile``;
    ``ahead``, if given, knows files that somebody else has read since the scan began.
    """

    def __init__(
        self,
        root: bytes,
        sink: Sink,
        rules: IgnoreNode,
        *,
        cache: StatCache | None,
        probe_time: int,
        last_known: LastKnown | None = None,
        collect_ignored: bool = False,
        postpone_large: bool = False,
        ahead: Ahead | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._root = root
        self._ahead = ahead
        self._sink = sink
        self._rules = rules
        self._cache = cache
        self._racy = probe_time - (2_000_000_000 if probe_time % 1_000_000_000 == 0 else 0)
        self._unsettled = probe_time - SETTLED_NS
        self._last_known = last_known
        self._collect_ignored = collect_ignored
        self._postpone_from = WORTH_POSTPONING if postpone_large else math.inf
        self._meter = Meter("store", on_progress)
        self._told = on_progress is not None
        self._count_at = math.inf
        self.result = Scan()

    def run(self) -> Scan:
        """Read the whole workspace. Raises ``UnreadableFile``."""
        if self._told and (self._cache is None or self._cache.empty):
            self._count_at = time.monotonic() + _COUNT_AFTER_SECONDS
        self.result.tree = self._directory(self._root, b"", self._rules)
        return self.result

    # -- one directory ---------------------------------------------------------------------------

    def _directory(self, path: bytes, rel: bytes, rules: IgnoreNode) -> bytes:
        rows: list[StatRow] = []
        directories: list[tuple[bytes, int]] = []
        lost: list[TreeEntry] = []
        ignored = rules.ignored
        make = StatRow._make
        with os.scandir(path) as listing:
            for item in listing:
                try:
                    st = item.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue  # it vanished: the checkpoint holds what was there when it looked
                except OSError as error:
                    if error.errno not in _OUT_OF_REACH:
                        raise
                    if ignored(item.name, item.is_dir(follow_symlinks=False)) is None:
                        lost += self._out_of_reach(self._join(rel, item.name), item.name, error)
                    continue
                name = item.name
                mode = st.st_mode
                form = mode & 0o170000
                rule = ignored(name, form == stat.S_IFDIR)
                if rule is not None:
                    if name == b".git":
                        self.result.repositories.append(rel)
                    if self._collect_ignored:
                        self.result.ignored.append((self._join(rel, name), rule.source))
                elif form in _TRACKED:
                    rows.append(make((name, mode, st.st_size, st.st_mtime_ns, st.st_ctime_ns, st.st_ino)))
                elif form == stat.S_IFDIR:
                    directories.append((name, mode & 0o777))
                else:
                    self.result.skipped.append((self._join(rel, name), _SPECIAL.get(form, "is no file")))
        rows.sort()
        directories.sort()
        result = self.result
        result.seen.add(rel)
        result.files += len(rows)
        signature = encode_rows(rows)
        cached = self._cache.get(rel) if self._cache is not None else None
        if cached is not None and cached.signature == signature:
            entries, kept = None, True
            encoded = cached.entries
        else:
            entries, stored_rows = self._files(path, rel, rows, cached)
            signature, encoded, kept = encode_rows(stored_rows), encode_tree(entries), False
        below = [(name, mode, tree) for name, mode in directories if (tree := self._child(path, rel, name, rules))]
        if lost:  # nothing is remembered of a directory that could not be looked at as a whole
            return self._tree(sorted([*(decode_entries(encoded) if entries is None else entries), *lost]), below)
        encoded_below = encode_rows(below)
        if cached is not None and cached.entries == encoded and cached.directories == encoded_below:
            tree = cached.tree
            if kept:
                return tree
        else:
            if entries is None:
                entries = decode_entries(encoded)
            tree = self._tree(entries, below)
        result.changed.append((rel, CachedDirectory(signature, encoded, encoded_below, tree)))
        return tree

    def _tree(self, entries: list[TreeEntry], below: list[tuple[bytes, int, bytes]]) -> bytes:
        if below:
            entries = entries + [TreeEntry(name, EntryType.DIRECTORY, mode, 0, tree) for name, mode, tree in below]
            entries.sort()
        return self._sink.tree(encode_tree(entries))

    def _child(self, path: bytes, rel: bytes, name: bytes, rules: IgnoreNode) -> bytes:
        inner, full = self._join(rel, name), path + b"/" + name
        try:
            return self._directory(full, inner, rules.enter(name))
        except (FileNotFoundError, NotADirectoryError):
            return b""  # it vanished, or became something else, after it was listed
        except OSError as error:
            mine = isinstance(error.filename, bytes) and error.filename.startswith(full)  # and not of the store
            if not mine or not (isinstance(error, PermissionError) or error.errno in _OUT_OF_REACH):
                raise
            return self._unreadable_directory(inner, error)

    def _out_of_reach(self, rel: bytes, name: bytes, error: OSError) -> list[TreeEntry]:
        kept = self._unreadable(rel, error)
        return [kept._replace(name=name)] if kept is not None else []

    def _unreadable_directory(self, rel: bytes, error: OSError) -> bytes:
        entry = self._unreadable(rel, error)
        if entry is not None and entry.type == EntryType.DIRECTORY:
            return entry.content
        return self._sink.tree(encode_tree([]))

    # -- the files of a directory that changed ---------------------------------------------------

    def _files(
        self, path: bytes, rel: bytes, rows: list[StatRow], cached: CachedDirectory | None
    ) -> tuple[list[TreeEntry], list[StatRow]]:
        known: dict[StatRow, TreeEntry] = {}
        if cached is not None:
            known = dict(zip(decode_rows(cached.signature), decode_entries(cached.entries), strict=True))
        elif rows and self._ahead is not None:
            return self._files_ahead(path, rel, rows, self._ahead.known(rel))
        entries: list[TreeEntry] = []
        stored: list[StatRow] = []
        for row in rows:
            entry = known.get(row)
            if entry is not None:
                entries.append(entry)
                stored.append(row)
                continue
            read = self._file(path, rel, row)
            if read is not None:
                entries.append(read[0])
                stored.append(read[1])
        return entries, stored

    def _files_ahead(
        self, path: bytes, rel: bytes, rows: list[StatRow], known: dict[StatRow, TreeEntry]
    ) -> tuple[list[TreeEntry], list[StatRow]]:
        found: list[tuple[TreeEntry, StatRow]] = []
        for row in rows:
            entry = known.get(row)
            if entry is not None:
                found.append((entry, self._judged(row)))
                self._meter.add(1, entry.size)
            elif (read := self._file(path, rel, row)) is not None:
                found.append(read)
        return [entry for entry, _ in found], [row for _, row in found]

    def _file(self, path: bytes, rel: bytes, row: StatRow) -> tuple[TreeEntry, StatRow] | None:
        full = path + b"/" + row.name
        try:
            if row.mode & 0o170000 == stat.S_IFLNK:
                target = os.readlink(full)
                entry = TreeEntry(row.name, EntryType.SYMLINK, 0o777, len(target), target)
                return entry, self._judged(row)
            if row.size >= self._postpone_from:
                entry = unread_entry(full, row)
                self.result.postponed[entry.content] = self._join(rel, row.name)
                return entry, row._replace(size=-1)
            if self._told:
                self._count(row.size)
            entry, fresh, still = read_entry(full, row.name, self._sink, row, self._meter.tell)
        except FileNotFoundError:
            return None
        except OSError as error:
            return self._changed_type(full, rel, row, error)
        except PurgedContent as error:
            raise PurgedContent(f"{os.fsdecode(self._join(rel, row.name))!r}: {error}") from error
        self._meter.add(1, entry.size)
        if not still:
            self.result.notes.append((self._join(rel, row.name), "changed while it was read; stored as last read"))
            return entry, fresh._replace(size=-1)
        return entry, self._judged(fresh)

    def _count(self, size: int) -> None:
        """Find out how much there is in all, when a file of ``size`` bytes or the time so far makes people ask."""
        if size > _WORTH_COUNTING and self._meter.total_bytes is None:
            self._meter.total_files, self._meter.total_bytes = count_unread(self._root, self._rules, self._cache)
            self._count_at = math.inf
        elif time.monotonic() > self._count_at:
            self._meter.total_files = count_files(self._root, self._rules)
            self._count_at = math.inf

    def _judged(self, row: StatRow) -> StatRow:
        if row.mtime >= self._racy or row.ctime >= self._racy or row.mtime > self._unsettled:
            return row._replace(size=-1)
        return row

    def _changed_type(self, full: bytes, rel: bytes, row: StatRow, error: OSError) -> tuple[TreeEntry, StatRow] | None:
        try:
            st = os.lstat(full)
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(st.st_mode) and not stat.S_ISLNK(row.mode):
            target = os.readlink(full)
            entry = TreeEntry(row.name, EntryType.SYMLINK, 0o777, len(target), target)
            return entry, row._replace(size=-1)
        if not stat.S_ISREG(st.st_mode) and not stat.S_ISLNK(st.st_mode):
            self.result.notes.append((self._join(rel, row.name), "changed its type while it was read; left out"))
            return None
        kept = self._unreadable(self._join(rel, row.name), error)
        if kept is None or kept.type == EntryType.DIRECTORY:
            return None
        return kept._replace(name=row.name), row._replace(size=-1)

    def _unreadable(self, rel: bytes, error: OSError) -> TreeEntry | None:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if self._last_known is None:
            shown = rel.decode("utf-8", "backslashreplace")
            if len(shown) > _SHOWN:
                shown = f"{shown[: _SHOWN // 2]}...{shown[-_SHOWN // 2 :]}"
            raise UnreadableFile(
                f"{shown!r} cannot be read ({reason}), so nothing was checkpointed. Make it readable, add it to "
                ".reproignore, or use --skip-unreadable to keep its last known version."
            ) from error
        kept = self._last_known(rel)
        said = "kept as it was last known" if kept is not None else "left out"
        self.result.skipped.append((rel, f"{UNREADABLE} ({reason}); {said}"))
        return kept

    # -- small things ----------------------------------------------------------------------------

    @staticmethod
    def _join(rel: bytes, name: bytes) -> bytes:
        return rel + b"/" + name if rel else name
