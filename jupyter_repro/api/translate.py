"""From what verbs return to what travels: one place for times, paths, names of media types and commits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from itertools import islice

from jupyter_repro.api.schemas.base import MOST_LISTED
from jupyter_repro.api.schemas.commits import Change, ChangeKind, Commit, EnvironmentLabel, SkippedPath
from jupyter_repro.api.schemas.restore import PurgePlan
from jupyter_repro.api.schemas.sessions import Session
from jupyter_repro.api.schemas.trees import EntryType, FileKind
from jupyter_repro.environments.choices import read_label
from jupyter_repro.errors import BlobCorrupt, BlobMissing, CommitNotFound
from jupyter_repro.history import Commit as HistoryCommit
from jupyter_repro.history import Repository
from jupyter_repro.history.moments import rfc3339
from jupyter_repro.history.purge import PurgePlan as VerbPurgePlan
from jupyter_repro.verbs import Change as VerbChange
from jupyter_repro.verbs.timeline import SessionSummary

_CHANGES: Mapping[str, ChangeKind] = {
    "added": "added",
    "deleted": "deleted",
    "modified": "modified",
    "renamed": "renamed",
    "mode": "mode",
    "type": "type",
}
_TYPES: Mapping[str, EntryType] = {"file": "file", "directory": "directory", "symlink": "symlink"}


def time_of(moment: int) -> str:
    """Microseconds since the epoch as RFC 3339."""
    return rfc3339(moment)


def change_of(change: VerbChange) -> Change:
    """One changed path."""
    return Change(path=change.path, change=_CHANGES[change.change], old_path=change.old_path)


def entry_type(name: str) -> EntryType:
    """What an entry is."""
    return _TYPES[name]


def skipped_of(pairs: Iterable[tuple[str, str]]) -> list[SkippedPath]:
    """Paths with a reason: the first of them."""
    return [SkippedPath(path=path, reason=reason) for path, reason in islice(pairs, MOST_LISTED)]


def purge_plan_of(plan: VerbPurgePlan) -> PurgePlan:
    """What a purge removes."""
    return PurgePlan(
        path=plan.path,
        bytes=plan.bytes,
        files=plan.files,
        commits=plan.commits,
        same=list(plan.same[:MOST_LISTED]),
        same_total=len(plan.same),
        sharing=list(plan.sharing[:MOST_LISTED]),
        sharing_total=len(plan.sharing),
        remains=list(plan.remains[:MOST_LISTED]),
        remains_total=len(plan.remains),
    )


class Commits:
    """Translates commits of one repository, for one user."""

    def __init__(self, repository: Repository, author: str) -> None:
        self._repository = repository
        self._author = author
        self._branches = _by_commit(repository.branches)
        self._tags = _by_commit(repository.tags)
        self._thinned = repository.store.head.thinned
        self._software: dict[str, str] = {}

    def row(self, commit: HistoryCommit) -> Commit:
        """One row of the timeline."""
        restored = commit.labels.get("restored_from")
        software_changed = self._software_changed(commit)
        return Commit(
            id=commit.id,
            parents=list(commit.parents),
            branch=commit.branch,
            author=commit.author,
            mine=commit.author == self._author,
            time=time_of(commit.time),
            message=commit.message,
            kind=commit.kind,
            session=commit.session.id,
            workspace=commit.workspace or None,
            added=commit.added,
            modified=commit.modified,
            deleted=commit.deleted,
            branches=self._branches.get(commit.id, []),
            tags=self._tags.get(commit.id, []),
            labels=dict(commit.labels),
            restored_from=restored if restored and re.fullmatch("[0-9a-f]{64}", restored) else None,
            environment=self._environment(commit, software_changed),
            software_changed=software_changed,
            thinned=bytes.fromhex(commit.id) in self._thinned,
        )

    def session(self, summary: SessionSummary, current: str | None) -> Session:
        """A session; ``current`` is the id of the server's own."""
        session = summary.session
        return Session(
            id=session.id,
            start=time_of(session.start),
            end=None if session.id == current else time_of(summary.last),
            host=session.host,
            user=session.user,
            workspace=summary.workspace or None,
            commits=summary.commits,
            current=session.id == current,
            mine=session.user == self._author,
        )

    def _environment(self, commit: HistoryCommit, changed: bool) -> EnvironmentLabel | None:
        label = commit.environment.label
        if not label:
            return None
        name, number, applied = read_label(label)
        return EnvironmentLabel(name=name, revision=number, applied=applied or None, label=label, changed=changed)

    def _software_changed(self, commit: HistoryCommit) -> bool:
        """Whether other software was recorded than with the first parent; not when either says nothing of it."""
        after = self._software[commit.id] = commit.environment.software
        if not after or not commit.parents:
            return False
        name = commit.parents[0]
        if name not in self._software:
            try:
                self._software[name] = self._repository.commit_at(name).environment.software
            except (CommitNotFound, BlobCorrupt, BlobMissing):
                # It came without its past, or that is damaged: the row is shown all the same.
                self._software[name] = ""
        return self._software[name] not in ("", after)


def _by_commit(names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, commit in names.items():
        found.setdefault(commit, []).append(name)
    return found


_KINDS: Mapping[str, FileKind] = {
    ".ipynb": "notebook",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".geojson": "json",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".ico", ".tif", ".tiff"), "image"),
}
_BINARY = frozenset(
    # spaces between
    [
        ".7z",
        ".a",
        ".avi",
        ".bin",
        ".bz2",
        ".class",
        ".db",
        ".dll",
        ".dmg",
        ".doc",
        ".docx",
        ".dylib",
        ".eot",
        ".exe",
        ".feather",
        ".gz",
        ".h5",
        ".hdf5",
        ".jar",
        ".joblib",
        ".mkv",
        ".mov",
        ".mp3",
        ".mp4",
        ".npy",
        ".npz",
        ".o",
        ".odt",
        ".ogg",
        ".onnx",
        ".otf",
        ".parquet",
        ".pickle",
        ".pkl",
        ".ppt",
        ".pptx",
        ".pt",
        ".pth",
        ".pyc",
        ".pyd",
        ".rar",
        ".rds",
        ".safetensors",
        ".so",
        ".sqlite",
        ".tar",
        ".tgz",
        ".ttf",
        ".wav",
        ".wasm",
        ".webm",
        ".whl",
        ".woff",
        ".woff2",
        ".xls",
        ".xlsx",
        ".xz",
        ".zip",
        ".zst",
    ]
)


def kind_of(path: str, head: bytes | None = None) -> FileKind:
    """Which viewer or difference suits a file, by its name; ``head``, its first bytes, decide the rest."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in _KINDS:
        return _KINDS[suffix]
    if suffix in _BINARY or (head is not None and b"\0" in head):
        return "binary"
    return "text"


_MEDIA: Mapping[str, str] = {
    ".ipynb": "application/x-ipynb+json",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".ico": "image/vnd.microsoft.icon",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
}

_INLINE = re.compile(r"image/(?!svg)|audio/|video/|text/(?!html)|application/(json|pdf|geo\+json|x-ipynb\+json)")


def media_type_of(path: str) -> str:
    """The content type of a file, by its name and never by what the file says of itself."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in _MEDIA:
        return _MEDIA[suffix]
    return "text/plain; charset=utf-8" if kind_of(path) == "text" else "application/octet-stream"


def may_be_inline(media_type: str) -> bool:
    """Whether a browser may show it by itself. HTML and SVG are programs, so they may not."""
    return _INLINE.match(media_type) is not None
