"""Carrying out a plan on the disk, watching for edits that come in between."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from blake3 import blake3

from jupyter_repro.errors import CannotSave
from jupyter_repro.history import EntryType, TreeChange, TreeEntry, find_entry
from jupyter_repro.progress import Meter
from jupyter_repro.workspace.late import save_late
from jupyter_repro.workspace.placing import TEMPORARY, Places, put_entry, remove_tree
from jupyter_repro.workspace.statcache import StatCache, StatRow, decode_rows
from jupyter_repro.workspace.workspace import Workspace

_STAYS = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EBUSY)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LateEdit(CannotSave):
    """A file changed after it was saved: the safety commit is made again, and the plan."""


class Applier:
    """Applies changes to ``workspace``, whose ``cache`` tells what each file was like when it was saved.

    ``target`` is the tree (32 bytes) that directory modes are taken from.
    """

    def __init__(self, workspace: Workspace, cache: StatCache, token: str, target: bytes) -> None:
        self._workspace = workspace
        self._root = os.fsencode(workspace.root)
        self._cache = cache
        self._token = token
        self._target = target
        self._rows: dict[bytes, dict[bytes, StatRow]] = {}

    def run(
        self,
        plan: list[TreeChange],
        obstacles: list[bytes],
        meter: Meter,
        earlier: list[TreeChange],
    ) -> tuple[int, int]:
        """Carry out ``plan``; returns how many files and links were written and removed.

        ``meter`` counts what is written; ``earlier`` is the plan of the first attempt, whose temporary files
        may still lie about.

        Raises ``LateEdit`` before touching a file that is not as it was saved.
        """
        written = removed = 0
        with Places(self._root, self._token) as places:
            self._sweep(places, [*plan, *earlier])
            for path in obstacles:
                remove_tree(places, path)
            places.forget()
            emptied = self._remove(places, plan)
            removed = sum(1 for change in plan if change.new is None and not change.is_directory)
            self._remove_directories(places, emptied)
            made: dict[bytes, int] = {}
            for change in plan:
                new = change.new
                if new is None:
                    continue
                self._parents(places, change.path, made)
                if new.type == EntryType.DIRECTORY:
                    places.directory(change.path, create=True)
                    made[change.path] = new.mode
                else:
                    self._place(places, change, new, meter)
                    written += 1
                    meter.add(1, 0)
            places.forget()
            for path, mode in sorted(made.items(), reverse=True):
                places.set_mode(path, mode)
        return written, removed

    # -- removing --------------------------------------------------------------------------------

    def _remove(self, places: Places, plan: list[TreeChange]) -> set[bytes]:
        emptied: set[bytes] = set()
        for change in plan:
            if change.new is not None:
                continue
            parent, _, name = change.path.rpartition(b"/")
            emptied.add(parent)
            if change.is_directory:
                emptied.add(change.path)
                continue
            assert change.old is not None
            try:
                directory = places.directory(parent)
            except (FileNotFoundError, CannotSave):
                continue
            with contextlib.suppress(FileNotFoundError):
                aside = places.temporary()
                with self._watched(directory, parent, name, change.old, change.path):
                    os.rename(name, aside, src_dir_fd=directory, dst_dir_fd=directory)
                os.unlink(aside, dir_fd=directory)
        return emptied

    def _remove_directories(self, places: Places, emptied: set[bytes]) -> None:
        places.forget()
        above = set(emptied)
        for path in emptied:
            names = path.split(b"/")
            above.update(b"/".join(names[:depth]) for depth in range(1, len(names)))
        for path in sorted(above, key=lambda item: item.count(b"/"), reverse=True):
            if not path or self._stays(path):
                continue
            parent, _, name = path.rpartition(b"/")
            try:
                os.rmdir(name, dir_fd=places.directory(parent))
            except CannotSave:
                continue
            except OSError as error:
                # What is ignored stays, and keeps its directory.
                if error.errno not in _STAYS:
                    raise
        places.forget()

    def _stays(self, path: bytes) -> bool:
        entry = find_entry(self._workspace.repository.get_tree, self._target, path)
        return entry is not None and entry.type == EntryType.DIRECTORY

    # -- writing ---------------------------------------------------------------------------------

    def _parents(self, places: Places, path: bytes, made: dict[bytes, int]) -> None:
        parent = path.rpartition(b"/")[0]
        if not parent:
            return
        try:
            places.directory(parent)
        except FileNotFoundError:
            self._parents(places, parent, made)
            places.directory(parent, create=True)
            entry = find_entry(self._workspace.repository.get_tree, self._target, parent)
            made[parent] = entry.mode if entry is not None else 0o755

    def _place(self, places: Places, change: TreeChange, new: TreeEntry, meter: Meter) -> None:
        content = meter.counted(self._workspace.repository.read(new))
        parent, _, name = change.path.rpartition(b"/")
        old = change.old
        if old is not None and old.type == EntryType.DIRECTORY:
            old = None
        if old is None:
            self._expect_nothing(places.directory(parent, create=True), name, change.path)
            put_entry(places, change.path, new, content)
            return
        with self._watched(places.directory(parent), parent, name, old, change.path):
            put_entry(places, change.path, new, content)

    def _expect_nothing(self, directory: int, name: bytes, path: bytes) -> None:
        try:
            st = os.lstat(name, dir_fd=directory)
        except FileNotFoundError:
            return
        if stat.S_ISDIR(st.st_mode):
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=directory)
                return
        raise LateEdit(f"{os.fsdecode(path)!r} appeared while the commit was being put in place. Try again.")

    @contextlib.contextmanager
    def _watched(self, directory: int, parent: bytes, name: bytes, old: TreeEntry, path: bytes) -> Iterator[None]:
        """Replace ``name`` inside: before, it is checked to be as saved; after, to have stayed so."""
        late = LateEdit(f"{os.fsdecode(path)!r} changed while the commit was being put in place. Try again.")
        if old.type == EntryType.SYMLINK:
            try:
                same = os.readlink(name, dir_fd=directory) == old.content
            except FileNotFoundError:
                same = True
            except OSError:
                same = False
            if not same:
                raise late
            yield
            return
        try:
            fd = os.open(name, _READ, dir_fd=directory)
        except FileNotFoundError:
            yield
            return
        except OSError as error:
            raise late from error
        try:
            before = os.fstat(fd)
            if not self._as_saved(fd, before, parent, name, old):
                raise late
            yield
            after = os.fstat(fd)
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                save_late(self._workspace, path, fd)
        finally:
            os.close(fd)

    def _as_saved(self, fd: int, st: os.stat_result, parent: bytes, name: bytes, old: TreeEntry) -> bool:
        if not stat.S_ISREG(st.st_mode):
            return False
        row = self._row(parent, name)
        if row == (name, st.st_mode, st.st_size, st.st_mtime_ns, st.st_ctime_ns, st.st_ino):
            return True
        if st.st_size != old.size or st.st_mode & 0o777 != old.mode:
            return False
        whole = blake3()
        while block := os.read(fd, 4 * 1024 * 1024):
            whole.update(block)
        return whole.digest() == old.content

    def _row(self, parent: bytes, name: bytes) -> StatRow | None:
        rows = self._rows.get(parent)
        if rows is None:
            cached = self._cache.get(parent)
            rows = {row.name: row for row in decode_rows(cached.signature)} if cached else {}
            self._rows[parent] = rows
        return rows.get(name)

    # -- what an interrupted attempt left --------------------------------------------------------

    def _sweep(self, places: Places, plan: list[TreeChange]) -> None:
        prefix = TEMPORARY + self._token.encode() + b"-"
        folders = {change.path.rpartition(b"/")[0] for change in plan}
        folders |= {change.path for change in plan if change.is_directory}
        for folder in folders:
            try:
                directory = places.directory(folder)
            except (FileNotFoundError, PermissionError, CannotSave):
                continue  # where nobody can go, an attempt left nothing
            for found in os.listdir(directory):
                if os.fsencode(found).startswith(prefix):
                    os.unlink(found, dir_fd=directory)
        places.forget()
