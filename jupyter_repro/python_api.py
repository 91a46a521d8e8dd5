"""The Python API: the verbs as methods of a workspace, a project and a commit.

Each method calls the verb of the same name and documents what differs; ``jupyter_repro.verbs`` has the
whole description. Objects keep their files open until ``close`` or the end of a ``with`` block.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TypeVar

from jupyter_repro import verbs
from jupyter_repro.history import Commit
from jupyter_repro.progress import OnProgress
from jupyter_repro.workspace import CheckpointResult, Restored, Status

Self = TypeVar("Self", bound="ProjectView")


class CommitView:
    """A commit that can be looked into. ``record`` is the immutable commit itself."""

    def __init__(self, project: ProjectView, record: Commit) -> None:
        self._project = project
        self.record = record

    def __repr__(self) -> str:
        return f"<commit {self.id[:12]} {self.record.message!r}>"

    @property
    def id(self) -> str:
        """The 64 hex digits that name the commit."""
        return self.record.id

    @property
    def message(self) -> str:
        """What its author said of it."""
        return self.record.message

    @property
    def time(self) -> int:
        """When it was made, in microseconds since the epoch (UTC)."""
        return self.record.time

    @property
    def parents(self) -> list[CommitView]:
        """The commits it follows."""
        repository = self._project.opened.repository
        return [CommitView(self._project, repository.commit_at(parent)) for parent in self.record.parents]

    def ls(self, path: str = "", *, recursive: bool = True) -> list[verbs.Listed]:
        """What the commit has at and below ``path``."""
        return verbs.ls(self._project.opened, self.id, path, recursive=recursive)

    def blocks(self, path: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content of a file block by block, for files that do not fit into memory."""
        return verbs.cat(self._project.opened, self.id, path, start=start, length=length)

    def read(self, path: str) -> bytes:
        """The whole content of a file."""
        return b"".join(self.blocks(path))

    def changes(self) -> list[verbs.Change]:
        """What it changed against its first parent."""
        return list(verbs.show(self._project.opened, self.id).changes)

    def diff(self, other: CommitView | str, paths: Sequence[str] = ()) -> list[verbs.Change]:
        """What differs from this commit to ``other``."""
        name = other.id if isinstance(other, CommitView) else other
        return verbs.diff(self._project.opened, self.id, name, paths)


class ProjectView:
    """The history of a project. A context manager."""

    def __init__(self, opened: verbs.OpenedProject) -> None:
        self.opened = opened

    @property
    def name(self) -> str:
        """The name of the project."""
        return self.opened.project.name

    @property
    def id(self) -> str:
        """The id of the project."""
        return self.opened.project.id

    def commit(self, name: str = "@") -> CommitView:
        """The commit that a revision name means: an id or its beginning, a branch, a tag, "@~2", "@{yesterday}"."""
        return CommitView(self, self.opened.resolve(name))

    def log(
        self,
        *,
        limit: int | None = None,
        branch: str | None = None,
        path: str | None = None,
        everything: bool = False,
        author: str | None = None,
        text: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> list[CommitView]:
        """Commits, newest first."""
        found = verbs.log(
            self.opened,
            limit=limit,
            branch=branch,
            path=path,
            everything=everything,
            author=author,
            text=text,
            kinds=kinds,
        )
        return [CommitView(self, commit) for commit in found]

    def branches(self) -> list[verbs.Branch]:
        """The branches, by name."""
        return verbs.branches(self.opened)

    def create_branch(self, name: str, commit: str = "@") -> CommitView:
        """Let a new branch begin at a commit."""
        return CommitView(self, verbs.create_branch(self.opened, name, commit))

    def tags(self) -> list[verbs.Tag]:
        """The tags, by name."""
        return verbs.tags(self.opened)

    def create_tag(self, name: str, commit: str = "@") -> CommitView:
        """Name a commit for good."""
        return CommitView(self, verbs.create_tag(self.opened, name, commit))

    def recreate(
        self,
        commit: str,
        destination: str | os.PathLike[str],
        *,
        branch: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> WorkspaceView:
        """Put a commit into a new workspace on a new branch, and open that."""
        made = verbs.recreate(self.opened, commit, destination, branch=branch, on_progress=on_progress)
        return open(made.path)

    def close(self) -> None:
        """Close the files of the project."""
        self.opened.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class WorkspaceView(ProjectView):
    """A directory attached to one branch of a project. A context manager."""

    opened: verbs.Opened

    def __init__(self, opened: verbs.Opened) -> None:
        super().__init__(opened)

    @property
    def path(self) -> str:
        """The directory."""
        return str(self.opened.workspace.root)

    @property
    def branch(self) -> str:
        """The branch that the directory is attached to."""
        return self.opened.branch

    def checkpoint(
        self,
        message: str = "",
        *,
        allow_empty: bool = False,
        full: bool = False,
        skip_unreadable: bool = False,
        labels: Mapping[str, str] | None = None,
        on_progress: OnProgress | None = None,
    ) -> CommitView:
        """Make a commit of the directory as it is, and return it; the current one when nothing changed."""
        return CommitView(
            self,
            self.checkpoint_result(
                message,
                allow_empty=allow_empty,
                full=full,
                skip_unreadable=skip_unreadable,
                labels=labels,
                on_progress=on_progress,
            ).commit,
        )

    def checkpoint_result(
        self,
        message: str = "",
        *,
        allow_empty: bool = False,
        full: bool = False,
        skip_unreadable: bool = False,
        labels: Mapping[str, str] | None = None,
        on_progress: OnProgress | None = None,
    ) -> CheckpointResult:
        """The same, with counts, skipped paths and whether a commit was made."""
        return verbs.checkpoint(
            self.opened,
            message,
            allow_empty=allow_empty,
            full=full,
            skip_unreadable=skip_unreadable,
            labels=labels,
            on_progress=on_progress,
        )

    def status(self, *, ignored: bool = False) -> Status:
        """What has changed since the last checkpoint."""
        return verbs.status(self.opened, ignored=ignored)

    def diff(self, a: str = "@", b: str | None = None, paths: Sequence[str] = ()) -> list[verbs.Change]:
        """What differs between two commits, or from one to the directory."""
        return verbs.diff(self.opened, a, b, paths)

    def restore(
        self, commit: str | CommitView, paths: Sequence[str] = (), *, on_progress: OnProgress | None = None
    ) -> Restored:
        """Put a commit, or only some paths of it, back; what is replaced is saved first."""
        name = commit.id if isinstance(commit, CommitView) else commit
        return verbs.restore(self.opened, name, paths, on_progress=on_progress)

    def switch(self, branch: str, *, on_progress: OnProgress | None = None) -> Restored:
        """Save the directory on its branch, and put the newest commit of another into it."""
        return verbs.switch(self.opened, branch, on_progress=on_progress)


def open(directory: str | os.PathLike[str] = ".") -> WorkspaceView:
    """Open the workspace at or above ``directory``. Raises ``NotAWorkspace``."""
    return WorkspaceView(verbs.open_workspace(directory))


def open_project(name_or_id: str) -> ProjectView:
    """Open a project without a directory. Raises ``ProjectNotFound``."""
    return ProjectView(verbs.open_project(name_or_id))


def init(
    directory: str | os.PathLike[str] = ".", *, project: str | None = None, store: str | None = None
) -> WorkspaceView:
    """Protect a directory, and open it. Raises ``AlreadyAWorkspace``."""
    return open(verbs.init(directory, project=project, store=store).path)
