"""The rows of the table: what is measured, and what it must and should reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MIB = 1024.0**2
GIB = 1024.0**3

Unit = Literal["seconds", "bytes"]
Level = Literal["must", "aim"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit on our median: ``limit`` times the median of ``against``, or absolute without it."""

    level: Level
    limit: float
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Its bounds count at ``place`` only, where one is given."""

    key: str
    title: str
    unit: Unit
    bounds: tuple[Bound, ...]
    place: str | None = None


UNCHANGED = "unchanged"
BARE = "bare files"
PACKED = "git packed"
IN_USE = "packs in use"
CHANGED_BYTES = "changed bytes"
BARE_PYTHON = "bare Python"

ROWS: tuple[Row, ...] = (
    Row(
        "small-first",
        "first checkpoint of 100,000 small files (about 320 MB)",
        "seconds",
        (Bound("must", 0.5, "restic"), Bound("aim", 0.35, "restic")),
    ),
    Row(
        "small-unchanged",
        "the same, nothing changed (git: `status`)",
        "seconds",
        (Bound("must", 0.25, "restic"), Bound("must", 5, "git"), Bound("aim", 4, "git")),
    ),
    Row("small-changed", "the same, one file changed", "seconds", (Bound("must", 1.2, UNCHANGED),)),
    Row(
        "large-first",
        "first checkpoint of 0.5 GiB CSV + 0.5 GiB float32",
        "seconds",
        (Bound("must", 0.9, "borg"), Bound("aim", 0.5, "borg")),
    ),
    Row(
        "small-recreate",
        "recreate 100,000 files into an empty directory (git: local clone)",
        "seconds",
        (Bound("must", 0.8, "git"), Bound("must", 0.8, PACKED), Bound("aim", 1.2, BARE)),
        place="tmpfs",
    ),
    Row("small-stored", "stored size of the small files", "bytes", (Bound("must", 1.05, "restic"),)),
    Row("large-stored", "stored size of CSV and float32", "bytes", (Bound("must", 1.05, "restic"),)),
    Row(
        "insert",
        "one row inserted at the top of the 0.5 GiB CSV: growth",
        "bytes",
        (Bound("must", 3 * MIB), Bound("aim", 1 * MIB)),
    ),
    Row(
        "notebook-5mb",
        "50 revisions of a notebook, 50 outputs of 100 kB, one changed each time: growth",
        "bytes",
        (Bound("must", 2, CHANGED_BYTES), Bound("aim", 1.3, CHANGED_BYTES)),
    ),
    Row(
        "notebook-1mb",
        "the same, notebook of 0.9 MB, outputs of 20 kB: growth",
        "bytes",
        (Bound("must", 3, CHANGED_BYTES), Bound("aim", 2, CHANGED_BYTES)),
    ),
    Row(
        "huge-checkpoint",
        "10 GiB file: peak memory of the checkpoint",
        "bytes",
        (Bound("must", 400 * MIB), Bound("aim", 200 * MIB)),
    ),
    Row(
        "huge-restore",
        "10 GiB file: peak memory of the restore",
        "bytes",
        (Bound("must", 400 * MIB), Bound("aim", 200 * MIB)),
    ),
    Row(
        "million-seconds",
        "1,000,000 files: unchanged checkpoint (git: `status`)",
        "seconds",
        (Bound("must", 10), Bound("aim", 5)),
    ),
    Row("million-memory", "1,000,000 files: its peak memory", "bytes", (Bound("must", 1.5 * GIB),)),
    Row(
        "log",
        "`log -n 50` in a project of 10,000 commits",
        "seconds",
        (Bound("must", 0.4), Bound("aim", 0.2)),
    ),
    Row(
        "cat",
        "`cat` of a 1 MB file in a project of 10,000 commits",
        "seconds",
        (Bound("must", 0.4), Bound("aim", 0.2)),
    ),
    Row("help", "`--help`", "seconds", (Bound("must", 0.35), Bound("aim", 0.2))),
    Row("status", "`status` in a small workspace", "seconds", (Bound("must", 0.35), Bound("aim", 0.2))),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much data. Targets hold for ``FULL`` only."""

    small_files: int
    directories: int
    large_bytes: int
    revisions: int
    huge_bytes: int
    many_files: int
    commits: int
    settle_seconds: float


FULL = Scale(100_000, 2_000, 512 * 1024**2, 50, 10 * 1024**3, 1_000_000, 10_000, 61)
"""``settle_seconds``: a file modified less than 60 s before it was read is hashed again at the next
checkpoint, on purpose; the unchanged case begins after that."""

QUICK = Scale(2_000, 100, 8 * 1024**2, 5, 64 * 1024**2, 5_000, 50, 0)
"""Enough to see that everything works; its numbers mean nothing."""
