"""How much there is to read: for whoever watches a long scan."""

from __future__ import annotations

import contextlib
import math
import os

from jupyter_repro.workspace.ignore import IgnoreNode
from jupyter_repro.workspace.statcache import StatCache, StatRow, decode_rows, row_of


def count_files(root: bytes, rules: IgnoreNode, most: float = math.inf) -> int:
    """How many files and links there are, by their names alone; what cannot be listed is left out.

    Counting ends soon after ``most``.
    """
    files = 0
    stack = [(root, rules)]
    while stack and files < most:
        path, here = stack.pop()
        ignored = here.ignored
        with contextlib.suppress(OSError), os.scandir(path) as listing:
            for item in listing:
                directory = item.is_dir(follow_symlinks=False)
                if ignored(item.name, directory) is not None:
                    continue
                if directory:
                    stack.append((item.path, here.enter(item.name)))
                else:
                    files += 1
    return files


def count_unread(root: bytes, rules: IgnoreNode, cache: StatCache | None) -> tuple[int, int]:
    """How many files a scan has to read, and how many bytes; what cannot be listed is left out."""
    files = size = 0
    stack = [(root, b"", rules)]
    while stack:
        path, rel, here = stack.pop()
        cached = cache.get(rel) if cache is not None else None
        known = frozenset(decode_rows(cached.signature)) if cached is not None else frozenset[StatRow]()
        with contextlib.suppress(OSError), os.scandir(path) as listing:
            for item in listing:
                with contextlib.suppress(OSError):
                    directory = item.is_dir(follow_symlinks=False)
                    if here.ignored(item.name, directory) is not None:
                        continue
                    if directory:
                        inner = rel + b"/" + item.name if rel else item.name
                        stack.append((item.path, inner, here.enter(item.name)))
                    elif item.is_file(follow_symlinks=False):
                        row = row_of(item.name, item.stat(follow_symlinks=False))
                        if row not in known:
                            files += 1
                            size += row.size
    return files, size
