"""``recreate``: a commit becomes a new workspace on a new branch."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_repro.errors import BranchExists, DestinationNotEmpty, NotAWorkspace, ReproError
from jupyter_repro.history import Commit
from jupyter_repro.history.files import left_out
from jupyter_repro.history.revisions import check_name
from jupyter_repro.progress import OnProgress
from jupyter_repro.verbs.init import attach
from jupyter_repro.verbs.opened import Opened, OpenedProject
from jupyter_repro.verbs.recording import record
from jupyter_repro.verbs.restore import restore
from jupyter_repro.workspace import find_root, hydrate_new
from jupyter_repro.workspace.state import touch_probe

PARTS = "recreate-"
"""How a directory begins that holds, in the data directory, what a recreate makes on its way."""


@dataclass(frozen=True, slots=True)
class Recreated:
    """Ids of project and workspace, the new branch, the absolute path, the commit, and how much was
    written. ``undo`` is empty unless something was in the directory before; ``environment`` is the label of
    the environment revision that came along, or empty; ``notice`` says what of it could not be had."""

    project: str
    workspace: str
    branch: str
    path: str
    commit: str
    files: int
    bytes: int
    undo: str = ""
    environment: str = ""
    notice: str = ""


def recreate(
    opened: OpenedProject,
    commit: str,
    destination: str | os.PathLike[str],
    *,
    branch: str | None = None,
    environment: bool = True,
    on_line: Callable[[str], None] | None = None,
    on_progress: OnProgress | None = None,
) -> Recreated:
    """Put ``commit`` into the directory ``destination`` on a new branch; the present workspace stays as it is.

    A directory that is not empty becomes a workspace too: what it holds is saved on the new branch before
    it is replaced. With ``environment`` the new workspace uses the environment revision of the commit, which is
    installed from its lock where it is not there (``on_line`` is told how that goes); when that fails the files
    are there all the same, and the notice says what is missing.

    Raises ``BranchExists``, ``DestinationNotEmpty`` when the place is or lies in a workspace,
    ``CommitNotFound``, and what reading the store raises.
    """
    found = opened.resolve(commit)
    root = Path(os.path.abspath(destination))
    _refuse(root)
    name = _branch(opened, branch, found, commit)
    if root.is_dir() and any(root.iterdir()):
        made = _over(opened, found, root, name, on_progress)
    else:
        made = _fresh(opened, found, root, name, on_progress)
    return _with_environment(opened, found, made, on_line) if environment and found.environment.lock else made


def _with_environment(
    opened: OpenedProject, found: Commit, made: Recreated, on_line: Callable[[str], None] | None
) -> Recreated:
    from jupyter_repro.verbs.environments import restore_environment

    root = Path(made.path)
    try:
        with Opened(
            opened.data, opened.configuration, opened.project, root, made.workspace, author=opened.author
        ) as there:
            brought = restore_environment(there, found.id, on_line=on_line)
    except ReproError as error:
        again = f"jupyter-repro -C {shlex.quote(made.path)} restore {found.id[:12]} --environment"
        missing = f"The environment {found.environment.label} did not come along. {error}"
        notice = f"{made.notice} {missing} Once that is mended, '{again}' brings it.".lstrip()
        return replace(made, notice=notice)
    return replace(made, environment=brought.used.label, notice=f"{made.notice} {brought.notice}".strip())


def propose_branch(opened: OpenedProject, found: Commit, named: str) -> str:
    """A free name for a branch that begins at a commit the user called ``named``."""
    tags = [tag for tag, tip in opened.repository.tags.items() if tip == found.id]
    origin = named if named in tags else (tags[0] if tags else found.id[:8])
    base = f"{found.branch or 'main'}-from-{origin.replace('/', '-')}"
    name, number = base, 2
    while name in opened.repository.branches:
        name, number = f"{base}-{number}", number + 1
    return name


def _refuse(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise DestinationNotEmpty(f"{root} is a file. Name a directory that is new or empty.")
    try:
        above = find_root(root)
    except NotAWorkspace:
        return
    raise DestinationNotEmpty(
        f"{root} {'is' if above == root else f'lies in {above}, which is'} a workspace already. Name a directory "
        "outside of it, or use 'jupyter-repro restore' there."
    )


def _branch(opened: OpenedProject, wanted: str | None, found: Commit, named: str) -> str:
    opened.repository.sync()
    if wanted is None:
        return propose_branch(opened, found, named)
    check_name(wanted, "branch")
    if wanted in opened.repository.branches:
        raise BranchExists(f"There is a branch {wanted!r} already. Choose another name.")
    return wanted


def _fresh(opened: OpenedProject, found: Commit, root: Path, name: str, on_progress: OnProgress | None) -> Recreated:
    existed = root.is_dir()
    root.mkdir(parents=True, exist_ok=True)
    try:
        # Without its state the directory is no workspace yet: an interrupted hydration leaves no half one behind.
        from jupyter_repro.workspace.statcache import StatCache

        parts = opened.data.make() / f"{PARTS}{os.urandom(8).hex()}"
        parts.mkdir()
        try:
            cache = StatCache(parts / "stat.sqlite", _generation(opened))
            try:
                done = hydrate_new(opened.repository, found, root, cache, lambda: _probe(root), on_progress)
            finally:
                cache.close()
            opened.repository.create_branch(name, found)
            made = attach(opened, root, name, found.id)
            with contextlib.suppress(OSError):
                os.replace(parts / "stat.sqlite", opened.data.stat_cache(made.workspace))
        finally:
            shutil.rmtree(parts, ignore_errors=True)
    except BaseException:
        clear_directory(root, existed)
        raise
    _note(opened, found, made.workspace, name, root)
    files, size, gone = done
    return Recreated(made.project, made.workspace, name, str(root), found.id, files, size, notice=left_out(gone))


def _generation(opened: OpenedProject) -> str:
    head, index = opened.repository.store.head, opened.repository.store.index
    return f"{opened.project.id}:{index.generation()}:{len(head.purges)}:{len(head.thinned)}"


def _probe(root: Path) -> int:
    (root / ".repro").mkdir(exist_ok=True)
    return touch_probe(root)


def clear_directory(root: Path, existed: bool) -> None:
    """Take away what was written into a directory that was empty or did not exist."""
    for child in root.iterdir() if root.is_dir() else ():
        if not child.is_symlink() and child.is_dir():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)
    if not existed:
        with contextlib.suppress(OSError):
            root.rmdir()


def _over(opened: OpenedProject, found: Commit, root: Path, name: str, on_progress: OnProgress | None) -> Recreated:
    opened.repository.create_branch(name, found)
    made = attach(opened, root, name, found.id)
    with Opened(opened.data, opened.configuration, opened.project, root, made.workspace, author=opened.author) as there:
        done = restore(there, found.id, on_progress=on_progress)
    _note(opened, found, made.workspace, name, root)
    undo = f"jupyter-repro -C {shlex.quote(str(root))} restore {done.safety.id[:12]}" if done.safety else ""
    return Recreated(made.project, made.workspace, name, str(root), found.id, done.written, 0, undo, notice=done.notice)


def _note(opened: OpenedProject, found: Commit, workspace: str, branch: str, root: Path) -> None:
    record(opened, "recreate", found.id, made=workspace, branch=branch, path=str(root))
