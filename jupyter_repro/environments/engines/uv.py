"""The engine uv: a lock with hashes, and virtual environments that are shared by everyone who has the same lock."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.prefixes import Prefixes
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.engines.scripts import inside, run_scripts
from jupyter_repro.environments.layers import (
    pins_of,
    python_of,
    requirements_of,
    setup_scripts_of,
    variables_of,
)
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import BuildFailed, MissingTool

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_ALWAYS = {name: re.compile(rf"^\s*{name}\b(?![-_.])", re.MULTILINE | re.IGNORECASE) for name in ("ipykernel", "pip")}
"""What every environment has: the kernel, and what ``%pip install`` in a notebook needs."""


class UvEngine:
    """Makes virtual environments below ``places.uv``, one for each lock."""

    def __init__(self, places: Places) -> None:
        self._prefixes = Prefixes(places.uv)

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """Find versions that fit, with the hash of every file. The kernel (ipykernel) and pip are always among them.

        The versions of the revision that the definition is based on stay as they are.
        """
        uv, python = uv_program(), self._python(python_of(definition))
        version = _version(python)
        asked = requirements_of(definition)
        wanted = asked + "".join(f"{name}\n" for name, there in _ALWAYS.items() if not there.search(asked))
        log.line(f"resolve    for {version} on {platform_name()}")
        with tempfile.TemporaryDirectory(prefix="repro-uv-") as folder:
            source, pins, locked = (Path(folder, name) for name in ("requirements.txt", "pins.txt", "locked.txt"))
            source.write_text(wanted, "utf-8")
            pins.write_text(pins_of(definition), "utf-8")
            if prefer is not None and prefer.engine == "uv":
                locked.write_text(prefer.text, "utf-8")  # uv keeps the versions that it finds here where it can
            command = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate"]
            command += ["--python", python, "--constraints", str(pins), "--output-file", str(locked)]
            command += ["--no-progress", str(source)]
            code, last = run_logged(command, log, env=uv_environment(), cwd=folder)
            if code != 0:
                raise BuildFailed(
                    f"No versions fit together: {last_words(last)}. Change the requirements and build again."
                )
            text = locked.read_text("utf-8")
        scripts = setup_scripts_of(definition)
        variables = variables_of(definition) if scripts else {}
        lock = Lock(
            engine="uv", platform=platform_name(), python=version, text=text, scripts=scripts, variables=variables
        )
        log.line(f"resolved   {len(self.packages(lock))} packages")
        return lock

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """Make the virtual environment of a lock; an unfinished one is made anew.

        One that was changed by hand is left to those who use it, and another one is made.
        """
        return self._prefixes.installed(name, log, lambda place: self._make(lock, place, log, variables or {}))

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The interpreter, if the environment was finished, its Python is still there, and nobody changed what is
        installed by hand."""
        return self._prefixes.interpreter(name)

    def packages(self, lock: Lock) -> dict[str, str]:
        """What the lock pins."""
        return {match[1].lower(): match[2] for match in _PINNED.finditer(lock.text)}

    def _make(self, lock: Lock, place: Path, log: BuildLog, variables: Mapping[str, str]) -> None:
        check_platform(lock)
        uv = uv_program()
        python = self._python(lock.python.partition(" ")[2])
        if _version(python) != lock.python:
            log.line(f"python     {lock.python} is not here; {_version(python)} is used instead")
        env, interpreter = uv_environment(), str(place / "bin" / "python")
        with tempfile.TemporaryDirectory(prefix="repro-uv-") as folder:
            locked = Path(folder, "locked.txt")
            locked.write_text(lock.text, "utf-8")
            make = [uv, "venv", "--quiet", "--no-progress", "--no-project", "--python", python, str(place)]
            # Not 'sync', which would take away what the script before it has installed.
            install = [uv, "pip", "install", "--no-progress", "--no-deps", "--require-hashes", "--python", interpreter]
            install += ["--requirements", str(locked)]
            _step(make, log, env, folder)
            within = inside(interpreter, {**env, **lock.variables, **variables})
            run_scripts("pre-setup", lock.scripts.get("pre-setup", []), log, env=within, cwd=folder)
            _installed(install, log, env, folder)
            run_scripts("post-setup", lock.scripts.get("post-setup", []), log, env=within, cwd=folder)
        log.line(f"install    {len(self.packages(lock))} packages")

    @staticmethod
    def _python(version: str) -> str:
        """An interpreter of that version ("3.11", "3.11.7", or "" for ours), or of the same minor version."""
        own = os.path.realpath(sys.executable)
        running = platform.python_version()
        if not version or running == version or running.startswith(version + "."):
            return own
        minor = ".".join(version.split(".")[:2])
        for wanted in dict.fromkeys((version, minor)):
            command = [uv_program(), "python", "find", "--no-project", "--system", wanted]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=uv_environment())
            if done.returncode == 0:
                return done.stdout.strip()
            if wanted == minor and running.startswith(minor + "."):
                return own
        raise BuildFailed(
            f"Python {version} is not on this machine. Install it ('uv python install {version}'), or choose another "
            "version."
        )


def _step(command: list[str], log: BuildLog, env: Mapping[str, str], folder: str) -> None:
    code, last = run_logged(command, log, env=env, cwd=folder)
    if code != 0:
        raise BuildFailed(
            f"The packages of the lock could not be installed: {last_words(last)}. See the log, then build again."
        )


def _installed(command: list[str], log: BuildLog, env: Mapping[str, str], folder: str) -> None:
    """Install what the lock names; while no index answers, from what uv has kept, which the hashes vouch for."""
    try:
        _step(command, log, env, folder)
    except BuildFailed:
        # Quick, because nothing is asked of any network, and harmless, because a lock can mean only one thing.
        code, _ = run_logged([*command, "--offline"], log, env=env, cwd=folder)
        if code != 0:
            raise
        log.line("install    from what uv had kept: the package index could not be used")


def uv_program() -> str:
    """The program uv: that of the package, or one on the path. Raises ``MissingTool``."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if found is None:
            raise MissingTool(
                "The program uv is not on this machine. Install it with 'pip install uv' to make environments."
            ) from None
        return found


def uv_environment() -> dict[str, str]:
    """The environment of uv: ours, without what would lead it to another Python or project."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON", "UV_PROJECT", "UV_SYSTEM_PYTHON")
    return {**{key: value for key, value in os.environ.items() if key not in dropped}, "NO_COLOR": "1"}


def platform_name() -> str:
    """This machine as locks name it: "linux-x86_64"."""
    return f"{sys.platform}-{platform.machine()}"


def check_platform(lock: Lock) -> None:
    """Raise ``BuildFailed`` for a lock of another kind of machine."""
    if lock.platform != platform_name():
        raise BuildFailed(
            f"The lock was made for {lock.platform} and this machine is {platform_name()}: build the definition anew "
            "here."
        )


def _version(python: str) -> str:
    if python == os.path.realpath(sys.executable):
        return f"{platform.python_implementation()} {platform.python_version()}"
    program = "import platform as p; print(p.python_implementation(), p.python_version())"
    done = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"The interpreter {python} does not answer. Choose another version of Python.")
    return done.stdout.strip()


def last_words(last: list[str]) -> str:
    """The end of what a program said, in one line."""
    said = " ".join(" ".join(line.split()) for line in last if line.strip())
    said = re.sub("[\u00d7\u2570\u2500\u25b6]+ ?", "", said)
    return said[-600:].rstrip(".") if said else "uv gave no reason"
