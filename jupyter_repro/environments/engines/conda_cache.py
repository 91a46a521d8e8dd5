"""The packages that conda environments share, and those that none of them has any more."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

from jupyter_repro.environments.engines.prefixes import held
from jupyter_repro.environments.places import Places


def remove_unused_packages(places: Places) -> int:
    """Remove from the package cache what no conda environment holds; returns the bytes freed.

    While an environment is being made nothing is removed.
    """
    cache = places.conda_packages
    if not cache.is_dir():
        return 0
    freed = 0
    with contextlib.suppress(BlockingIOError), held(cache.with_suffix(".lock"), wait=False):
        used = _used(places.conda)
        for package in sorted(cache.iterdir()):
            if package.is_dir() and package.name not in used:
                freed += _size(package)
                # First what says that it is whole.
                package.with_name(f"{package.name}.lock").unlink(missing_ok=True)
                shutil.rmtree(package, ignore_errors=True)
    return freed


def _used(prefixes: Path) -> set[str]:
    found = set()
    for record in prefixes.glob("*/conda-meta/*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found.add(os.path.basename(json.loads(record.read_bytes())["extracted_package_dir"]))
    return found


def _size(place: Path) -> int:
    total = 0
    for folder, _, files in os.walk(place):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, file)).st_size
    return total
