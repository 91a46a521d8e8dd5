"""Taking the software snapshot, and not taking it again while nothing has moved.

What was read is kept with the modification times of the folders and files it was read from: installers add,
rename or remove entries there, so an equal set of times means an equal answer. Times so young that another change
could bear the same one are not trusted.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from blake3 import blake3

from jupyter_repro.environments.snapshots import system_packages as system
from jupyter_repro.environments.snapshots.interpreters import Interpreter, ask_interpreter, stamps_of
from jupyter_repro.environments.snapshots.python_packages import KnownDistribution, python_packages
from jupyter_repro.environments.snapshots.texts import Package, software

_FORMAT = 1
_YOUNG_NS = 2_000_000_000


class _Kept(msgspec.Struct, frozen=True):
    format: int
    variables: dict[str, str]
    settled: bool
    stamps: dict[str, int]
    text: bytes
    interpreter_stamps: dict[str, int]
    interpreter: Interpreter
    distributions: dict[str, KnownDistribution]


_decoder = msgspec.msgpack.Decoder(_Kept)
_encoder = msgspec.msgpack.Encoder()
_memory: dict[str, _Kept] = {}
_LOOKED_AT = ("PYTHONPATH", "R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "JULIA_PROJECT", "JULIA_DEPOT_PATH")


@dataclass(frozen=True, slots=True)
class SnapshotCache:
    """Where snapshots are remembered: one file for each interpreter in ``folder``, which is made when needed."""

    folder: Path

    def file(self, executable: str) -> Path:
        """The file of one interpreter."""
        return self.folder / f"{blake3(os.fsencode(executable)).hexdigest()[:32]}.msgpack"

    def read(self, executable: str) -> _Kept | None:
        """What is remembered, by this process or in the file; None when that is nothing that can be used."""
        if executable in _memory:
            return _memory[executable]
        try:
            kept = _decoder.decode(self.file(executable).read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        if kept.format != _FORMAT:
            return None
        _memory[executable] = kept
        return kept

    def write(self, executable: str, kept: _Kept) -> None:
        """Remember; a disk that is full or read-only costs time next time, nothing else."""
        _memory[executable] = kept
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self.file(executable)
            fresh = file.with_name(f"{file.name}.{os.getpid()}.{time.monotonic_ns()}")
            fresh.write_bytes(_encoder.encode(kept))
            os.replace(fresh, file)


def software_of(executable: str, cache: SnapshotCache, variables: Mapping[str, str] | None = None) -> bytes | None:
    """The text of what is installed for the interpreter at ``executable``; None when that does not answer.

    ``variables`` is its environment, by default that of this process. See ``texts`` for the format.
    """
    environment = os.environ if variables is None else variables
    looked_at = {name: environment[name] for name in _LOOKED_AT if environment.get(name)}
    kept = cache.read(executable)
    if kept is not None and kept.settled and kept.variables == looked_at and _stamps(kept.stamps) == kept.stamps:
        return kept.text
    started = time.time_ns()
    asked = _stamps(stamps_of(executable))
    interpreter = kept.interpreter if kept is not None and kept.interpreter_stamps == asked else None
    interpreter = interpreter or ask_interpreter(executable)
    if interpreter is None:
        return None
    folders = _folders(interpreter, looked_at)
    r_folders = system.r_folders(interpreter.prefix, looked_at)
    manifests = system.julia_manifests(looked_at)
    conda = os.path.join(interpreter.prefix, "conda-meta")
    watched = [*folders, *r_folders, conda, str(system.DPKG), *map(str, system.OS_RELEASE), *map(str, manifests)]
    watched.append(os.path.join(Path.home(), ".julia", "environments"))
    # The times are taken before the content: what changes in between is seen the next time.
    stamps = {**asked, **_stamps(watched)}
    python, distributions = python_packages(folders, kept.distributions if kept is not None else {})
    version = Package("runtime", "python", interpreter.version, origin=interpreter.implementation)
    text = software(
        [
            version,
            *python,
            *system.conda_packages(interpreter.prefix),
            *system.debian_packages(),
            *system.r_packages(r_folders),
            *system.julia_packages(manifests),
            *system.os_release(),
        ]
    ).encode()
    settled = max(stamps.values(), default=0) < started - _YOUNG_NS
    cache.write(executable, _Kept(_FORMAT, looked_at, settled, stamps, text, asked, interpreter, distributions))
    return text


def _folders(interpreter: Interpreter, variables: Mapping[str, str]) -> list[str]:
    given = [part for part in variables.get("PYTHONPATH", "").split(os.pathsep) if part]
    return list(dict.fromkeys((*given, *interpreter.folders)))


def _stamps(paths: Mapping[str, int] | list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        try:
            found[path] = os.stat(path).st_mtime_ns
        except OSError:
            found[path] = 0
    return found
