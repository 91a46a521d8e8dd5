"""The engine conda, without conda: rattler finds packages in channels, the lock names each by address and checksum,
and environments are shared by everyone who has the same lock.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.environments.definitions import Definition, Lock, encode, text_id
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.conda_activation import note_activation
from jupyter_repro.environments.engines.conda_asking import Answer, Install, Solve
from jupyter_repro.environments.engines.conda_fields import file_of
from jupyter_repro.environments.engines.conda_file import CondaFile
from jupyter_repro.environments.engines.conda_lock import (
    CondaLock,
    pip_names,
    read_conda_lock,
    write_conda_lock,
)
from jupyter_repro.environments.engines.conda_pip import install_pip, lock_pip
from jupyter_repro.environments.engines.prefixes import Prefixes, held_in_turn
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.engines.scripts import inside, run_scripts
from jupyter_repro.environments.engines.uv import check_platform, platform_name, uv_environment
from jupyter_repro.environments.layers import python_of, setup_scripts_of, variables_of
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import BuildFailed, MissingTool

_WORKER = "jupyter_repro.environments.engines.conda_worker"
_ALWAYS = ("ipykernel", "pip")
"""What every environment gets if it can: the kernel, and what ``%pip install`` in a notebook needs."""


class CondaEngine:
    """Makes conda environments below ``places.conda``, one for each lock; they share one package cache.

    ``configuration`` says what names of channels mean; by default the one that the files give.
    """

    def __init__(self, places: Places, configuration: Configuration | None = None) -> None:
        self._prefixes = Prefixes(places.conda)
        self._cache = places.conda_packages
        self._configuration = configuration

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """Find packages that fit, each with its address and checksums. The kernel (ipykernel) and pip are among them if
        the channels have such that fit."""
        file = file_of(definition)
        before = read_conda_lock(prefer.text) if prefer is not None and prefer.engine == "conda" else None
        found = self._solved(definition, file, before, log)
        python = found.package("python")
        if python is None:
            raise BuildFailed(
                "There is no python among the packages, and nothing can be run in the environment without. Add python "
                "to the dependencies."
            )
        kind = "PyPy" if "pypy" in python.build else "CPython"
        lock = Lock(
            engine="conda",
            platform=platform_name(),
            python=f"{kind} {python.version}",
            text=write_conda_lock(found),
        )
        log.line(f"resolved   {len(found.packages)} packages")
        if file.pip:
            # What pip may add depends on what conda installs, so that is installed first.
            log.line("install    what conda brings, on which the pip section stands")
            base = self.install(lock, text_id(encode(lock)), log)
            pip = lock_pip(file.pip, Path(base).parents[1], log, known=before.pip if before is not None else "")
            lock = msgspec.structs.replace(lock, text=write_conda_lock(_with_pip(found, pip)))
        scripts = setup_scripts_of(definition)
        if scripts:
            lock = msgspec.structs.replace(lock, scripts=scripts, variables=variables_of(definition))
        return lock

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """Make the environment of a lock; an unfinished one is made anew, and so is one that was changed by hand,
        which is left to those who use it."""
        return self._prefixes.installed(name, log, lambda place: self._make(lock, place, log, variables or {}))

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The interpreter, if the environment was finished, is still there, and nobody changed it by hand."""
        return self._prefixes.interpreter(name)

    def packages(self, lock: Lock) -> dict[str, str]:
        """Names and versions of what the lock holds, that of conda and that of pip."""
        found = read_conda_lock(lock.text)
        return {**dict(pip_names(found)), **{one.name: one.version for one in found.packages}}

    def _solved(self, definition: Definition, file: CondaFile, before: CondaLock | None, log: BuildLog) -> CondaLock:
        configuration = self._configuration or load_configuration()
        specs = list(file.dependencies)
        wanted = python_of(definition)
        if wanted:
            specs.append(f"python {wanted}.*")
        answer = _ask(
            Solve(
                specs=specs,
                channels=list(file.channels or configuration.conda_default_channels.split()),
                cache=str(self._cache.with_name("repodata")),
                alias=configuration.conda_channel_alias,
                named=configuration.conda_channel_addresses,
                wished=[name for name in _ALWAYS if not file.names(name)],
                known=list(before.packages) if before is not None else [],
            ),
            log,
        )
        if answer.problem:
            raise BuildFailed(answer.problem)
        if "ipykernel" in answer.without:
            log.line("kernel     no ipykernel fits: its Python will not be among the kernels")
        return CondaLock(answer.subdir, tuple(answer.channels), tuple(answer.packages))

    def _make(self, lock: Lock, place: Path, log: BuildLog, variables: Mapping[str, str]) -> None:
        check_platform(lock)
        found = read_conda_lock(lock.text)
        interpreter = str(place / "bin" / "python")
        self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held_in_turn(self._cache.with_suffix(".lock"), log, shared=True):
            answer = _ask(Install(packages=list(found.packages), prefix=str(place), cache=str(self._cache)), log)
        if answer.problem:
            for package, why in answer.missing:
                log.line(f"missing    {package}: {why}")
            raise BuildFailed(answer.problem)
        note_activation(place, log)
        env = uv_environment()
        within = inside(interpreter, {**env, **lock.variables, **variables})
        run_scripts("pre-setup", lock.scripts.get("pre-setup", []), log, env=within, cwd=str(place))
        if found.pip:
            install_pip(found.pip, place, log, env)
        run_scripts("post-setup", lock.scripts.get("post-setup", []), log, env=within, cwd=str(place))
        log.line(f"install    {len(self.packages(lock))} packages")


def _ask(question: Solve | Install, log: BuildLog) -> Answer:
    """Let rattler work in a process of its own. Raises ``MissingTool`` without it, ``BuildFailed`` when it breaks."""
    if importlib.util.find_spec("rattler") is None:
        raise MissingTool(
            "Conda environments need py-rattler, which is not installed: 'pip install \"jupyter-repro[conda]\"'."
        )
    with tempfile.TemporaryDirectory(prefix="repro-conda-") as folder:
        asked, answered = Path(folder, "question"), Path(folder, "answer")
        asked.write_bytes(msgspec.json.encode(question))
        command = [sys.executable, "-m", _WORKER, str(asked), str(answered)]
        code, last = run_logged(command, log, env={**os.environ, "NO_COLOR": "1"}, cwd=folder)
        if not answered.is_file():
            raise BuildFailed(f"rattler ended with {code} and without an answer: {' '.join(last)[-300:]}. Build again.")
        return msgspec.json.decode(answered.read_bytes(), type=Answer)


def _with_pip(lock: CondaLock, pip: str) -> CondaLock:
    return CondaLock(lock.subdir, lock.channels, lock.packages, pip)
