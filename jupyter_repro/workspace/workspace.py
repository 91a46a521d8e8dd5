"""The workspace object: a directory, its state, its repository, and the session it is in."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from blake3 import blake3

from jupyter_repro.errors import BlobCorrupt, CommitNotFound, NotAWorkspace, WorkspaceMoved
from jupyter_repro.history import Commit, Repository, Session, TreeEntry, find_entry
from jupyter_repro.progress import OnProgress
from jupyter_repro.store.project_log import now
from jupyter_repro.workspace.content import Sink
from jupyter_repro.workspace.ignore import IgnoreRules
from jupyter_repro.workspace.read_ahead import read_ahead
from jupyter_repro.workspace.scan import Scan, Scanner
from jupyter_repro.workspace.statcache import StatCache
from jupyter_repro.workspace.state import (
    Marker,
    WorkspaceState,
    locked,
    read_state,
    touch_probe,
    with_place,
    write_marker,
    write_state,
)


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a scan goes: read every file (``full``), keep the last version of unreadable ones, list what is
    ignored, and leave large files unread (see ``scan.Scan.postponed``)."""

    full: bool = False
    skip_unreadable: bool = False
    collect_ignored: bool = False
    postpone_large: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """What describes the software that a workspace runs in: texts that a commit carries, b"" for what is not known.

    ``software`` is what is really installed, ``definition`` and ``lock`` what it was made from, ``label`` the name
    "name rN"; ``host`` gives the text of the machine, and is asked only when a commit is made.
    """

    software: bytes
    host: Callable[[], bytes]
    definition: bytes = b""
    lock: bytes = b""
    label: str = ""


class Workspace:
    """A directory attached to one branch of one project.

    ``root`` is the folder, ``directory`` its part of the data directory. ``session`` is that of a
    server; without one, commits belong to a session of the day. Raises ``WorkspaceMoved`` when the
    folder is not where the state says.
    """

    def __init__(
        self,
        root: Path,
        directory: Path,
        repository: Repository,
        *,
        author: str,
        session: Session | None = None,
        use_gitignore: bool = False,
    ) -> None:
        self.root = root
        self.directory = directory
        self.repository = repository
        self.author = author
        self.use_gitignore = use_gitignore
        self.describe: Callable[[], Described | None] | None = None
        """Asked for the software by everything that makes a commit; None where nobody knows."""
        self._session = session
        state = read_state(directory)
        if state is None:
            raise NotAWorkspace(
                f"{root} carries the marker of a workspace that this data directory does not know. "
                "Run 'jupyter-repro init' to protect it anew."
            )
        self.state = self._placed(state)

    @classmethod
    def attach(
        cls,
        root: Path,
        directory: Path,
        repository: Repository,
        state: WorkspaceState,
        *,
        author: str,
        session: Session | None = None,
        use_gitignore: bool = False,
    ) -> Workspace:
        """Make the folder ``root`` a workspace: write state and marker."""
        write_state(directory, with_place(state, root))
        write_marker(root, Marker(state.project, state.workspace))
        return cls(root, directory, repository, author=author, session=session, use_gitignore=use_gitignore)

    def _placed(self, state: WorkspaceState) -> WorkspaceState:
        here = os.stat(self.root)
        if (here.st_dev, here.st_ino) == (state.device, state.inode):
            if state.path != str(self.root):
                state = with_place(state, self.root)
                write_state(self.directory, state)
            return state
        if state.path == str(self.root):
            # The same place with another inode: the folder was put back from a backup, or its disk was mounted anew.
            state = with_place(state, self.root)
            write_state(self.directory, state)
            return state
        raise WorkspaceMoved(
            f"{self.root} carries the marker of the workspace at {state.path}. If you moved it here, run "
            "'jupyter-repro init --moved'; if it is a copy, 'jupyter-repro init --copy' gives it a branch of its own."
        )

    # -- state -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def held(self, on_progress: OnProgress | None = None) -> Iterator[None]:
        """Alone in this workspace among all processes of the machine; the state is read again."""
        with locked(self.directory, on_progress=on_progress):
            state = read_state(self.directory)
            if state is not None:
                self.state = state
            yield

    def set_state(self, **changes: object) -> None:
        """Change the state, durably."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # replace is not typed by field
        write_state(self.directory, self.state)

    @property
    def base(self) -> Commit | None:
        """The commit that the folder was last the same as; None before the first, and when it was lost."""
        if not self.state.commit:
            return None
        try:
            return self.repository.commit_at(self.state.commit)
        except (BlobCorrupt, CommitNotFound):
            return None  # 'verify' names it; the next checkpoint stores everything again

    def resolve(self, name: str) -> Commit:
        """The commit that a revision name means here."""
        return self.repository.resolve(name, branch=self.state.branch, base=self.state.commit)

    def session(self) -> Session:
        """The session that a commit made now belongs to."""
        if self._session is not None:
            return self._session
        today = datetime.now().astimezone().strftime("%Y-%m-%d")
        host = socket.gethostname()
        if self.state.day != today or not self.state.session:
            name = blake3(f"{today}\0{host}\0{self.author}\0{self.state.workspace}".encode("utf-8", "surrogateescape"))
            self.set_state(day=today, session=name.hexdigest()[:16], session_start=now())
        return Session(self.state.session, self.state.session_start, host, self.author)

    @property
    def journal_path(self) -> Path:
        """Where an unfinished restore is written down."""
        return self.directory / "journal"

    # -- looking at the folder -------------------------------------------------------------------

    def stat_cache(self) -> StatCache:
        """The stat cache, empty if the store lost objects since it was written."""
        head = self.repository.store.head
        index = self.repository.store.index
        generation = f"{self.state.project}:{index.generation()}:{len(head.purges)}:{len(head.thinned)}"
        return StatCache(self.directory / "stat.sqlite", generation)

    def rules(self) -> IgnoreRules:
        """The ignore rules as the folder has them now."""
        return IgnoreRules.for_workspace(
            os.fsencode(self.root), gitignore=self.use_gitignore, outside=self._history_inside()
        )

    def _history_inside(self) -> list[bytes]:
        """The data directory and the store where they lie inside the folder: history is no part of itself."""
        places = [self.directory.parent.parent]
        if self.state.store and "://" not in self.state.store:
            places.append(Path(self.state.store))
        root = os.path.realpath(self.root)
        real = [os.path.realpath(place) for place in places]
        return [os.fsencode(os.path.relpath(place, root)) for place in real if place.startswith(root + os.sep)]

    def scan(
        self,
        sink: Sink,
        cache: StatCache | None,
        options: ScanOptions,
        on_progress: OnProgress | None = None,
    ) -> Scan:
        """Read the folder into ``sink``. Raises ``UnreadableFile`` unless those are to be skipped."""
        base = self.base if options.skip_unreadable else None

        def last_known(path: bytes) -> TreeEntry | None:
            return find_entry(self.repository.get_tree, bytes.fromhex(base.tree), path) if base else None

        root, rules = os.fsencode(self.root), self.rules().root()
        known = None if options.full else cache
        probe_time = touch_probe(self.root)
        with read_ahead(root, rules, sink, known) as ahead:
            scanner = Scanner(
                root,
                sink,
                rules,
                cache=known,
                probe_time=probe_time,
                last_known=last_known if options.skip_unreadable else None,
                collect_ignored=options.collect_ignored,
                postpone_large=options.postpone_large,
                ahead=ahead,
                on_progress=on_progress,
            )
            return scanner.run()
