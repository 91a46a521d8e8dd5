"""An export to git is whole or not there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import Cancelled
from jupyter_repro.progress import Progress
from tests.support import scratch


def stopped(progress: Progress) -> None:
    raise Cancelled("stopped")


@pytest.mark.parametrize("existed", [False, True])
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning", "error::ResourceWarning")
def test_an_export_that_is_cancelled_leaves_nothing_and_can_be_made_again(existed: bool) -> None:
    with scratch.workspace() as (place, ws):
        (place.work / "a").write_text("a" * 100_000)
        commit = verbs.checkpoint(ws).commit
        there = place.folder("there")
        if existed:
            there.mkdir()
        with pytest.raises(Cancelled):
            verbs.export_git(ws, there, on_progress=stopped)
        assert there.exists() == existed
        assert not existed or not list(there.iterdir())
        assert not [left for left in Path("/proc").glob("[0-9]*/cmdline") if str(there).encode() in arguments(left)]
        assert verbs.export_git(ws, there).commits == 1
        said = subprocess.run(
            ["git", "-C", str(there), "log", "--format=%s", "main"], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == (commit.message or "(checkpoint)")


def arguments(path: Path) -> bytes:
    """What a process was started with; empty for one that is gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
