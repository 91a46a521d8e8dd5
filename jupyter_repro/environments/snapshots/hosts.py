"""The machine: system, processor, memory, graphics cards and drivers, and the variables that change results."""

from __future__ import annotations

import fnmatch
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jupyter_repro.environments.snapshots.secrets import HIDDEN, looks_secret
from jupyter_repro.environments.snapshots.texts import Host

VARIABLES = (
    "LANG", "LANGUAGE", "LC_*", "TZ",
    "PYTHONPATH", "PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONUTF8", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
    "OMP_*", "MKL_*", "OPENBLAS_*", "NUMEXPR_*", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "CUDA_*", "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG",
    "TF_DETERMINISTIC_OPS", "TF_CUDNN_*", "TF_ENABLE_*", "TF_XLA_FLAGS", "TF_FORCE_*",
    "XLA_FLAGS", "JAX_*", "PYTORCH_*", "LD_LIBRARY_PATH", "LD_PRELOAD",
    "R_HOME", "R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "JULIA_PROJECT", "JULIA_DEPOT_PATH", "JULIA_NUM_THREADS",
    "SOURCE_DATE_EPOCH", "JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC", "LOADEDMODULES",
)  # fmt: skip
"""The variables that are recorded; a star stands for any characters. No other ever is, unless the user names it."""


def host_now(variables: Mapping[str, str] | None = None, more: Sequence[str] = ()) -> Host:
    """The machine as it is. ``more`` are names of variables (with stars) to record besides ``VARIABLES``."""
    given = os.environ if variables is None else variables
    return Host(tuple(sorted({*_machine(), *_graphics(), *_variables(given, (*VARIABLES, *more))})))


def _machine() -> Iterator[tuple[str, str, str]]:
    system = os.uname()
    yield "system", "name", system.sysname
    yield "system", "release", system.release
    yield "system", "machine", system.machine
    libc = " ".join(platform.libc_ver()).strip()
    if libc:
        yield "system", "libc", libc
    yield "cpu", "count", str(os.cpu_count() or 0)
    with_model = re.search(r"^model name\s*:\s*(.*)$", _head("/proc/cpuinfo"), re.MULTILINE)
    yield "cpu", "model", with_model[1] if with_model else platform.processor() or system.machine
    memory = re.search(r"^MemTotal:\s*(\d+) kB", _head("/proc/meminfo"), re.MULTILINE)
    if memory:
        # The kernel keeps a little more or less for itself at every start: that is no other machine.
        yield "memory", "total", f"{int(memory[1]) / 1024**2:.1f} GiB"


def _graphics(
    proc: Path = Path("/proc/driver/nvidia"), modules: Path = Path("/sys/module")
) -> Iterator[tuple[str, str, str]]:
    version = re.search(r"Kernel Module.*?\s(\d+(?:\.\d+)+)\s", _head(proc / "version"))
    if version:
        yield "driver", "nvidia", version[1]
    for number, card in enumerate(sorted(proc.glob("gpus/*/information"))):
        model = re.search(r"^Model:\s*(.*)$", _head(card), re.MULTILINE)
        yield "gpu", str(number), model[1].strip() if model else "NVIDIA"
    for name in ("amdgpu", "xe", "i915"):
        released = _head(modules / name / "version").strip()
        if released:
            yield "driver", name, released


def _variables(given: Mapping[str, str], wanted: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for name, value in given.items():
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted):
            yield "variable", name, HIDDEN if looks_secret(name, value) else value


def _head(file: str | Path) -> str:
    try:
        with open(file, "rb") as opened:
            return opened.read(8192).decode("utf-8", "replace")
    except OSError:
        return ""
