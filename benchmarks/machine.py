"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from peers import Contender


def file_system(path: Path) -> str:
    """Type of the file system that holds a path, "unknown" where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    resolved = path.resolve()
    found = [mount for mount in mounts if resolved.is_relative_to(mount[1])]
    return max(found, key=lambda mount: len(mount[1]))[2] if found else "unknown"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GiB of memory"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def describe(contenders: Sequence[type[Contender]], places: Mapping[str, Path]) -> str:
    """A paragraph for the README: processor, memory, system, file systems, versions."""
    systems = ", ".join(f"{name}: {file_system(path)}" for name, path in places.items())
    versions = ", ".join(contender.version() for contender in contenders)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()} ({Path(sys.executable).name}). Places: {systems}. "
        f"Programs: {versions}."
    )
