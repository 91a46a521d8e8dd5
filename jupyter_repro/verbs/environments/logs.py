"""The logs of builds, read in parts while they grow, and searched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_repro.environments.places import Places
from jupyter_repro.verbs.environments.building import LogLine


@dataclass(frozen=True, slots=True)
class LogPart:
    """Part of a log: its text, from which byte to which, and how many bytes the log has so far."""

    text: str
    offset: int
    next: int
    size: int


def read_log(places: Places, build: str, offset: int, limit: int) -> LogPart:
    """At most ``limit`` bytes of the log of a build that exists, from ``offset`` on; empty when there is no log.

    Ends with the end of a line, unless a single line is longer than the limit, or is not complete yet.
    """
    try:
        with open(places.builds / f"{build}.log", "rb") as file:
            size = file.seek(0, 2)
            begin = min(offset, size)
            file.seek(begin)
            data = file.read(limit)
    except FileNotFoundError:
        return LogPart("", 0, 0, 0)
    end = data.rfind(b"\n") + 1
    if end:
        data = data[:end]
    return LogPart(data.decode("utf-8", "replace"), begin, begin + len(data), size)


def search_log(places: Places, builds: Iterable[str], text: str, limit: int) -> list[LogLine]:
    """At most ``limit`` lines with ``text`` in any case, of the logs of these builds, in their order."""
    wanted = text.casefold()
    found: list[LogLine] = []
    for build in builds:
        try:
            with open(places.builds / f"{build}.log", encoding="utf-8", errors="replace") as file:
                for number, line in enumerate(file, 1):
                    if wanted in line.casefold():
                        found.append(LogLine(build, number, line.rstrip("\n")))
                        if len(found) >= limit:
                            return found
        except FileNotFoundError:
            continue
    return found
