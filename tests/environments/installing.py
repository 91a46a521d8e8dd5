"""Environments for tests, made of the very files that installers leave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def make_venv(place: Path) -> Path:
    """A virtual environment of this Python without any package; returns its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    return place / "bin" / "python"


def site_packages(python: Path) -> Path:
    """Where the packages of a virtual environment lie."""
    (found,) = python.parents[1].glob("lib/python*/site-packages")
    return found


def install(
    folder: Path, name: str, version: str, *, url: dict[str, object] | None = None, content: str = "x = 1\n"
) -> Path:
    """Put a package of one module into ``folder``, as pip would; returns its metadata directory."""
    metadata = folder / f"{name}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (folder / f"{name}.py").write_text(content)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (metadata / "RECORD").write_text(
        f"{name}.py,sha256={abs(hash(content))},{len(content)}\n../../../bin/{name},sha256=abc,9\n"
        f"__pycache__/{name}.cpython-311.pyc,,\n{metadata.name}/METADATA,sha256=def,5\n{metadata.name}/RECORD,,\n"
    )
    if url is not None:
        (metadata / "direct_url.json").write_text(json.dumps(url))
    return metadata
