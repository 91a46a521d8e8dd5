"""Building the packages, as whoever releases them does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build(kind: str, source: Path, destination: Path, path: str | None = None) -> Path:
    """Build a "wheel" or an "sdist" of the sources in a directory; ``path`` is where programs are looked for."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(destination)],
        cwd=source,
        env=os.environ if path is None else {**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = destination.iterdir()
    return made
