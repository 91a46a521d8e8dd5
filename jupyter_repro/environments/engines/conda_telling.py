"""The words in which the process of ``conda_worker`` tells of its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rattler import RepoDataRecord


class Refused(Exception):
    """What cannot be done, and what the user can do."""


def say(what: str, text: str) -> None:
    """Print a line of the log."""
    print(f"{what:<10} {text}", flush=True)


def reason(error: BaseException) -> str:
    """What an error of rattler says, in one line without its full stop."""
    parts: list[str] = []
    for part in str(error).split("Caused by:"):
        said = " ".join(part.split()).rstrip(".")
        if said and said not in parts:
            parts.append(said)
    return ": ".join(parts)[-800:] or type(error).__name__


def wrote(record: RepoDataRecord) -> str:
    """How people are told of a package."""
    return f"{record.name.normalized} {record.version} {record.build}"
