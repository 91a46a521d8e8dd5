"""The engine uv: a lock with hashes, and virtual environments that are shared by everyone who has the same lock."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.places import Places
from jupyter_repro.errors import BuildFailed, MissingTool

READY = "repro-ready"
_DIGITS = 24
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_KERNEL = re.compile(r"^\s*ipykernel\b", re.MULTILINE | re.IGNORECASE)


class UvEngine:
    """Makes virtual environments below ``places.uv``, one for each lock."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def resolve(self, definition: Definition, log: BuildLog) -> Lock:
        """Find versions that fit, with the hash of every file. The kernel (ipykernel) is always among them."""
        uv, python = _uv(), self._python(definition.python)
        version = _version(python)
        wanted = definition.requirements + ("" if _KERNEL.search(definition.requirements) else "ipykernel\n")
        log.line(f"resolve    for {version} on {_platform()}")
        with tempfile.TemporaryDirectory(prefix="repro-uv-") as folder:
            source, locked = Path(folder, "requirements.txt"), Path(folder, "locked.txt")
            source.write_text(wanted, "utf-8")
            command = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate"]
            command += ["--python", python, "--output-file", str(locked), "--no-progress", str(source)]
            code, last = run_logged(command, log, env=_environment(), cwd=folder)
            if code != 0:
                raise BuildFailed(
                    f"No versions fit together: {_reason(last)}. Change the requirements and build again."
                )
            text = locked.read_text("utf-8")
        lock = Lock(engine="uv", platform=_platform(), python=version, text=text)
        log.line(f"resolved   {len(self.packages(lock))} packages")
        return lock

    def install(self, lock: Lock, name: str, log: BuildLog) -> str:
        """Make the virtual environment of a lock; an unfinished one is made anew."""
        found = self.interpreter(lock, name)
        if found is not None:
            log.line("install    there already")
            return found
        uv = _uv()
        place = self._place(name)
        self._places.uv.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(place.with_suffix(".lock"), log):
            found = self.interpreter(lock, name)
            if found is not None:
                log.line("install    made by another build meanwhile")
                return found
            shutil.rmtree(place, ignore_errors=True)
            try:
                self._make(uv, lock, place, log)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
            (place / READY).write_text(name)
        log.line(f"install    {len(self.packages(lock))} packages")
        return str(place / "bin" / "python")

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The interpreter, if the environment was finished and its Python is still there."""
        place = self._place(name)
        python = place / "bin" / "python"
        return str(python) if (place / READY).is_file() and os.access(python, os.X_OK) else None

    def packages(self, lock: Lock) -> dict[str, str]:
        """What the lock pins."""
        return {match[1].lower(): match[2] for match in _PINNED.finditer(lock.text)}

    def remove_all_but(self, wanted: set[str]) -> tuple[int, int]:
        """Remove the environments of locks that nobody wants; returns how many, and the bytes freed."""
        kept = {name[:_DIGITS] for name in wanted}
        removed = size = 0
        for place in sorted(self._places.uv.iterdir()) if self._places.uv.is_dir() else ():
            if not place.is_dir() or place.name in kept:
                continue
            with contextlib.suppress(BlockingIOError), _held(place.with_suffix(".lock"), wait=False):
                size += _size(place)
                # Without its mark it is no environment any more, should the removal be cut short.
                (place / READY).unlink(missing_ok=True)
                shutil.rmtree(place, ignore_errors=True)
                place.with_suffix(".lock").unlink(missing_ok=True)
                removed += 1
        return removed, size

    def _place(self, name: str) -> Path:
        # Interpreter lines of scripts have a limit of 127 bytes on Linux: 24 digits leave room for a home directory.
        return self._places.uv / name[:_DIGITS]

    def _make(self, uv: str, lock: Lock, place: Path, log: BuildLog) -> None:
        version = lock.python.partition(" ")[2]
        if lock.platform != _platform():
            raise BuildFailed(
                f"The lock was made for {lock.platform} and this machine is {_platform()}: build the definition "
                "anew here."
            )
        python = self._python(version)
        if _version(python) != lock.python:
            log.line(f"python     {lock.python} is not here; {_version(python)} is used instead")
        with tempfile.TemporaryDirectory(prefix="repro-uv-") as folder:
            locked = Path(folder, "locked.txt")
            locked.write_text(lock.text, "utf-8")
            steps = [
                [uv, "venv", "--quiet", "--no-progress", "--no-project", "--python", python, str(place)],
                [uv, "pip", "sync", "--no-progress", "--require-hashes", str(locked)],
            ]
            steps[1] += ["--python", str(place / "bin" / "python")]
            for step in steps:
                code, last = run_logged(step, log, env=_environment(), cwd=folder)
                if code != 0:
                    raise BuildFailed(
                        f"The packages of the lock could not be installed: {_reason(last)}. See the log, "
                        "then build again."
                    )

    @staticmethod
    def _python(version: str) -> str:
        """An interpreter of that version ("3.11", "3.11.7", or "" for ours), or of the same minor version."""
        own = os.path.realpath(sys.executable)
        running = platform.python_version()
        if not version or running == version or running.startswith(version + "."):
            return own
        minor = ".".join(version.split(".")[:2])
        for wanted in dict.fromkeys((version, minor)):
            command = [_uv(), "python", "find", "--no-project", "--system", wanted]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
            if done.returncode == 0:
                return done.stdout.strip()
            if wanted == minor and running.startswith(minor + "."):
                return own
        raise BuildFailed(
            f"Python {version} is not on this machine. Install it ('uv python install {version}'), or choose another "
            "version."
        )


def _uv() -> str:
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


def _environment() -> dict[str, str]:
    """The environment of uv: ours, without what would lead it to another Python or project."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON", "UV_PROJECT", "UV_SYSTEM_PYTHON")
    return {**{key: value for key, value in os.environ.items() if key not in dropped}, "NO_COLOR": "1"}


def _platform() -> str:
    return f"{sys.platform}-{platform.machine()}"


def _version(python: str) -> str:
    if python == os.path.realpath(sys.executable):
        return f"{platform.python_implementation()} {platform.python_version()}"
    program = "import platform as p; print(p.python_implementation(), p.python_version())"
    done = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"The interpreter {python} does not answer. Choose another version of Python.")
    return done.stdout.strip()


def _reason(last: list[str]) -> str:
    """The end of what a program said, in one line."""
    said = " ".join(" ".join(line.split()) for line in last if line.strip())
    said = re.sub("[\u00d7\u2570\u2500\u25b6]+ ?", "", said)
    return said[-600:].rstrip(".") if said else "uv gave no reason"


def _size(place: Path) -> int:
    total = 0
    for folder, _, files in os.walk(place):
        for file in files:
            with contextlib.suppress(OSError):
                st = os.lstat(os.path.join(folder, file))
                # Files that uv shares with its own cache free nothing.
                total += st.st_size if st.st_nlink == 1 else 0
    return total


@contextlib.contextmanager
def _held(file: Path, *, wait: bool) -> Iterator[None]:
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def _alone(file: Path, log: BuildLog) -> Iterator[None]:
    """Alone at work on one environment; who waits can be cancelled."""
    import time

    with contextlib.ExitStack() as stack:
        while True:
            log.check()
            try:
                stack.enter_context(_held(file, wait=False))
                break
            except BlockingIOError:
                time.sleep(0.1)
        yield
