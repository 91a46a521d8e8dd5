"""Make a project of many commits through the Python API: ``build_history.py WORKSPACE COMMITS``.

In one process, because ten thousand starts of the command line would take an hour.
"""

from __future__ import annotations

import sys
from pathlib import Path

from data import LongHistory

import jupyter_repro


def main(work: Path, commits: int) -> None:
    """Check every revision of ``LongHistory`` in."""
    made = LongHistory()
    with jupyter_repro.open(work) as workspace:
        for number in range(commits):
            for path, content in made.first() if number == 0 else [made.change()]:
                target = work / path
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content)
            workspace.checkpoint(f"revision {number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
