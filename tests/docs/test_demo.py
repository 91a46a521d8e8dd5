"""``make demo`` plays to its end on the real executable, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT


def test_the_demo_shows_history_preview_restore_and_recreate(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for command in ("init", "checkpoint", "log", "cat", "diff", "restore", "recreate"):
        assert f"$ jupyter-repro {command}" in done.stdout
    assert done.stdout.count("365 measurements, mean 16.99 degrees") == 3, "in the past, in the diff, and recreated"
    assert list(tmp_path.iterdir()) == []
