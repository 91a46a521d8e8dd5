"""What recreating a commit would do, before it is done."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.history import Commit, EntryType, walk
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recreate import propose_branch


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a commit holds: files and links, and their size in bytes."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A free branch name, a free absolute directory, what would be written, and the bytes free there (None
    when that cannot be told)."""

    commit: Commit
    branch: str
    directory: str
    extent: Extent
    free_bytes: int | None


def extent(opened: OpenedProject, commit: Commit) -> Extent:
    """How much ``commit`` holds."""
    files = size = 0
    for _, entry in walk(opened.repository.get_tree, bytes.fromhex(commit.tree)):
        if entry.type != EntryType.DIRECTORY:
            files += 1
            size += entry.size
    return Extent(files, size)


def plan_recreate(opened: OpenedProject, revision: str, beside: str | os.PathLike[str]) -> Plan:
    """Propose how to recreate what ``revision`` names, in a directory beside (not in) ``beside``."""
    found = opened.resolve(revision)
    branch = propose_branch(opened, found, revision)
    above = Path(os.path.abspath(beside)).parent
    ending = branch.removeprefix(f"{found.branch}-").replace("/", "-")
    stem = f"{_file_name(opened.project.name)}-{ending}"
    directory, number = above / stem, 2
    while os.path.lexists(directory):
        directory, number = above / f"{stem}-{number}", number + 1
    return Plan(found, branch, str(directory), extent(opened, found), _free_bytes(above))


def _file_name(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in name).strip("-.") or "workspace"


def _free_bytes(directory: Path) -> int | None:
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return None
