"""``export-git``: the history of a project is written into a git repository."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from jupyter_repro.errors import MissingTool, NotPossible
from jupyter_repro.history import Commit, EntryType, TreeEntry, diff_trees
from jupyter_repro.history.files import is_purged, left_out
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record
from jupyter_repro.verbs.recreate import clear_directory


@dataclass(frozen=True, slots=True)
class GitExported:
    """The absolute path of the repository, and how many commits, branches and tags it got. ``notice`` names files
    that were left out."""

    path: str
    commits: int
    branches: int
    tags: int
    notice: str = ""


def export_git(
    opened: OpenedProject, directory: str | os.PathLike[str], *, on_progress: OnProgress | None = None
) -> GitExported:
    """Write every commit that a branch or tag reaches into a new git repository at ``directory``.

    The directory must be new or empty; the repository is bare of a working tree until ``git checkout``. What git
    cannot keep (empty directories, permission bits other than the exec bit, environments) is left out, and files whose
    content was purged. Raises ``MissingTool`` or ``NotPossible``.
    """
    git = shutil.which("git")
    if git is None:
        raise MissingTool("git is not on this machine. Install it to write the history into a git repository.")
    place = Path(os.path.abspath(directory))
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise NotPossible(f"{place} is not an empty directory. Name a new one for the git repository.")
    opened.repository.sync()
    repository = opened.repository
    tips = [*repository.branches.values(), *repository.tags.values()]
    commits = sorted(repository.ancestry(tips), key=lambda commit: (commit.time, commit.id))
    existed = place.is_dir()
    place.mkdir(parents=True, exist_ok=True)
    try:
        _run([git, "init", "-q", "-b", opened.branch, str(place)], place)
        purged = _write(git, opened, place, commits, on_progress)
    except BaseException:
        clear_directory(place, existed)
        raise
    record(opened, "export-git", str(place), commits=len(commits))
    return GitExported(
        str(place), len(commits), len(repository.branches), len(repository.tags), left_out(sorted(purged))
    )


def _write(
    git: str, opened: OpenedProject, place: Path, commits: list[Commit], on_progress: OnProgress | None
) -> set[bytes]:
    """Let git take the commits; returns the paths that were left out because their content was purged."""
    process = subprocess.Popen(
        [git, "-c", "core.ignorecase=false", "-C", str(place), "fast-import", "--quiet", "--force"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us: git would be gone before we know why
    )
    assert process.stdin is not None
    assert process.stderr is not None
    with process.stderr:
        writer = _FastImport(opened, process.stdin)
        try:
            for number, commit in enumerate(_parents_first(commits)):
                writer.commit(commit)
                if on_progress is not None and number % 16 == 0:
                    on_progress(Progress("export", number, len(commits)))
            writer.references()
            process.stdin.close()
        except BrokenPipeError:
            pass  # git says below what it did not like
        except BaseException:
            process.kill()
            process.wait()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            raise
        said = process.stderr.read().decode("utf-8", "replace").strip()
        if process.wait() != 0:
            reason = said.splitlines()[0] if said else "no reason given"
            raise NotPossible(f"git could not take the history ({reason}).")
    return writer.purged


def _run(command: list[str], place: Path) -> None:
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NotPossible(
            f"git cannot make a repository at {place} ({done.stderr.decode('utf-8', 'replace').strip()})."
        )


def _parents_first(commits: list[Commit]) -> Iterator[Commit]:
    """Commits in the order of time, but never before a parent."""
    waiting = {commit.id: commit for commit in commits}
    done: set[str] = set()
    for commit in commits:
        stack = [commit]
        while stack:
            last = stack[-1]
            if last.id in done:
                stack.pop()
                continue
            missing = [waiting[parent] for parent in last.parents if parent in waiting and parent not in done]
            if missing:
                stack.extend(missing)
                continue
            done.add(last.id)
            stack.pop()
            yield last


class _FastImport:
    """Writes the stream that ``git fast-import`` reads."""

    def __init__(self, opened: OpenedProject, out: IO[bytes]) -> None:
        self._opened = opened
        self._out = out
        self._marks: dict[str, int] = {}
        self._blobs: dict[bytes, int] = {}
        self._next = 0
        self.purged: set[bytes] = set()

    def _mark(self) -> int:
        self._next += 1
        return self._next

    def commit(self, commit: Commit) -> None:
        """Write one commit; its blobs go first."""
        repository = self._opened.repository
        parent = repository.commit_at(commit.parents[0]) if commit.parents else None
        old = bytes.fromhex(parent.tree) if parent else None
        lines: list[bytes] = []
        later: list[bytes] = []
        for change in diff_trees(repository.get_tree, old, bytes.fromhex(commit.tree)):
            if change.is_directory:
                continue
            purged = change.new is not None and is_purged(repository.store, change.new)
            if purged:
                self.purged.add(change.path)
            if change.new is None or purged:
                lines.append(b"D " + _quoted(change.path) + b"\n")
            else:
                later.append(self._entry(change.path, change.new))
        if not commit.parents:  # otherwise git would take the commit written last for its parent
            self._out.write(b"reset refs/repro/export\n\n")
        mark = self._mark()
        seconds = commit.time // 1_000_000
        author = _person(commit.author)
        message = (commit.message or f"({commit.kind})").encode("utf-8", "replace")
        self._out.write(b"commit refs/repro/export\nmark :%d\n" % mark)
        self._out.write(b"author %b %d +0000\ncommitter %b %d +0000\n" % (author, seconds, author, seconds))
        self._out.write(b"data %d\n%b\n" % (len(message), message))
        for number, name in enumerate(commit.parents):
            self._out.write((b"merge :%d\n" if number else b"from :%d\n") % self._marks[name])
        self._out.writelines(lines + later)
        self._out.write(b"\n")
        self._marks[commit.id] = mark

    def _entry(self, path: bytes, entry: TreeEntry) -> bytes:
        if entry.type == EntryType.SYMLINK:
            mode = b"120000"
        else:
            mode = b"100755" if entry.mode & 0o111 else b"100644"
        return b"M %b :%d %b\n" % (mode, self._blob(entry), _quoted(path))

    def _blob(self, entry: TreeEntry) -> int:
        key = bytes((entry.type,)) + entry.content
        known = self._blobs.get(key)
        if known is not None:
            return known
        mark = self._blobs[key] = self._mark()
        self._out.write(b"blob\nmark :%d\ndata %d\n" % (mark, entry.size))
        for block in self._opened.repository.read(entry):
            self._out.write(block)
        self._out.write(b"\n")
        return mark

    def references(self) -> None:
        """Write branches and tags."""
        repository = self._opened.repository
        for folder, names in ((b"heads", repository.branches), (b"tags", repository.tags)):
            for name, commit in names.items():
                reference = b"refs/%b/%b" % (folder, name.encode("utf-8", "replace"))
                self._out.write(b"reset %b\nfrom :%d\n\n" % (reference, self._marks[commit]))
        self._out.write(b"reset refs/repro/export\nfrom %b\n\n" % (b"0" * 40))


def _person(author: str) -> bytes:
    name, _, rest = author.partition("<")
    mail = rest.rpartition(">")[0] if rest else ""
    clean = "".join(c for c in name if c not in "<>\n\0").strip() or "unknown"
    address = "".join(c for c in mail if c not in "<>\n\0 ")
    return f"{clean} <{address}>".encode("utf-8", "replace")


def _quoted(path: bytes) -> bytes:
    shown = b"".join(b"\\%03o" % byte if byte < 32 or byte > 126 or byte in b'"\\' else bytes((byte,)) for byte in path)
    return b'"' + shown + b'"'
