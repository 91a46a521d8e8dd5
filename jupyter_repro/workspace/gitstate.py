"""The state of git repositories inside a workspace, recorded with each commit."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
from pathlib import Path

_MOST = 20
_SECONDS = 5.0


def git_labels(root: Path, repositories: list[bytes]) -> dict[str, str]:
    """A label "git:<path>" for each git repository: JSON of remote, branch, HEAD and dirty.

    ``repositories`` are paths relative to ``root``; what cannot be found out is null. The first
    twenty are looked at.
    """
    labels: dict[str, str] = {}
    for path in sorted(repositories)[:_MOST]:
        directory = root / os.fsdecode(path)
        shown = path.decode("utf-8", "backslashreplace") or "."
        labels[f"git:{shown}"] = json.dumps(_state(directory), sort_keys=True)
    return labels


def _state(directory: Path) -> dict[str, str | bool | None]:
    folder = _folder(directory)
    head = _read(folder / "HEAD")
    branch = head[16:] if head and head.startswith("ref: refs/heads/") else None
    commit = _tip(folder, branch) if branch else head
    return {"remote": _remote(folder), "branch": branch, "head": commit, "dirty": _dirty(directory)}


def _folder(directory: Path) -> Path:
    folder = directory / ".git"
    if folder.is_file():
        pointed = _read(folder) or ""
        if pointed.startswith("gitdir: "):
            return directory / pointed[8:]
    return folder


def _read(path: Path) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(65536).strip()
    except OSError:
        return None


def _tip(folder: Path, branch: str) -> str | None:
    if ".." in branch.split("/"):
        return None
    loose = _read(folder / "refs" / "heads" / branch)
    if loose:
        return loose
    for line in (_read(folder / "packed-refs") or "").splitlines():
        if line.endswith(f" refs/heads/{branch}"):
            return line.split(" ", 1)[0]
    return None


def _remote(folder: Path) -> str | None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string(_read(folder / "config") or "")
    except configparser.Error:
        return None
    for section in parser.sections():
        if section == 'remote "origin"' or section.startswith("remote "):
            url = parser.get(section, "url", fallback=None)
            return _without_password(url) if url else None
    return None


def _without_password(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or "@" not in rest.split("/", 1)[0]:
        return url
    return f"{scheme}://{rest.split('@', 1)[1]}"


def _dirty(directory: Path) -> bool | None:
    git = shutil.which("git")
    if git is None:
        return None
    # A repository in the workspace is not trusted to name programs that git would run.
    command = [git, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            [*command, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(done.stdout.strip()) if done.returncode == 0 else None
