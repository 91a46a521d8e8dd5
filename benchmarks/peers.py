"""The contenders: jupyter-repro, and git, restic and borg as their manuals tell one to use them.

Each keeps its store outside the directory that it saves, so all of them work on the very same files.
Every home directory, cache and configuration file lies in the scratch directory: nothing of the user's
own settings plays a part.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from measure import Command, bytes_below, run


class Contender(ABC):
    """A program that saves a directory ``work`` into a store below ``home``."""

    name: ClassVar[str]
    program: ClassVar[str]

    def __init__(self, home: Path, work: Path) -> None:
        self.home = home / self.name
        self.work = work
        self.saves = 0

    def start(self) -> None:
        """Begin with an empty store. Not measured."""
        self.wipe()
        self.home.mkdir(parents=True)
        self._init()

    def wipe(self) -> None:
        """Remove everything that this contender made."""
        shutil.rmtree(self.home, ignore_errors=True)

    def stored(self) -> int:
        """Bytes of the store, without caches that can be made again from it."""
        return bytes_below(self.store)

    @property
    @abstractmethod
    def store(self) -> Path:
        """The store directory."""

    @abstractmethod
    def _init(self) -> None: ...

    @abstractmethod
    def save(self) -> Command:
        """Save the directory as it is."""

    def look(self) -> Command:
        """Find that nothing changed: by default, saving once more."""
        return self.save()

    @abstractmethod
    def recreate(self, dest: Path) -> Command:
        """Put what was saved last into ``dest``, which does not exist."""

    def restore(self, dest: Path) -> Command:
        """Bring back what was removed from ``work``; peers that cannot do that in place write to ``dest``."""
        return self.recreate(dest)

    def do(self, *arguments: str) -> Command:
        """Any other command of the program."""
        return self._command(*arguments)

    @classmethod
    def executable(cls) -> str | None:
        """Path of the program, None where it is not installed."""
        return shutil.which(cls.program)

    @classmethod
    def version(cls) -> str:
        """Name and version for the table."""
        said = subprocess.run(
            [cls.executable() or cls.program, *cls._ask()], capture_output=True, text=True, check=False
        )
        first = (said.stdout.strip() or "version unknown").splitlines()[0]
        return " ".join(first.replace(",", "").replace(" compiled", "").replace(" with", "").split()[:3])

    @classmethod
    def _ask(cls) -> list[str]:
        return ["--version"]

    def _command(self, *arguments: str, cwd: Path | None = None) -> Command:
        return Command((self.executable() or self.program, *arguments), cwd or self.work, self._environment())

    def _environment(self) -> dict[str, str]:
        return {}


class JupyterRepro(Contender):
    """The program of this repository."""

    name = "jupyter-repro"
    program = "jupyter-repro"

    @classmethod
    def executable(cls) -> str | None:
        """The executable beside the Python that runs the benchmark."""
        return shutil.which(cls.program, path=os.path.dirname(sys.executable))

    @property
    def store(self) -> Path:
        """The default store of the only project."""
        (found,) = (self.home / "data" / "repro" / "projects").glob("*/store")
        return found

    def wipe(self) -> None:
        """Remove the data directory and the marker in the workspace."""
        super().wipe()
        shutil.rmtree(self.work / ".repro", ignore_errors=True)

    def _init(self) -> None:
        run(self._command("init"))

    def in_use(self) -> int:
        """Bytes of the packs in use: without those merged into others, which stay for a day for the sake of
        readers elsewhere."""
        command = self._command("du", "--json")
        environment = {**os.environ, **command.env}
        said = subprocess.run(command.argv, cwd=command.cwd, env=environment, capture_output=True, check=True)
        return int(json.loads(said.stdout)["stored_bytes"])

    def save(self) -> Command:
        """A checkpoint."""
        self.saves += 1
        return self._command("checkpoint", "-m", f"checkpoint {self.saves}")

    def recreate(self, dest: Path) -> Command:
        """A new workspace from the newest commit."""
        return self._command("recreate", "@", str(dest))

    def restore(self, dest: Path) -> Command:
        """The newest commit, in place."""
        return self._command("restore", "@")

    def _environment(self) -> dict[str, str]:
        return environment(self.home)


def environment(home: Path) -> dict[str, str]:
    """Environment variables that keep jupyter-repro's data and configuration below ``home``.

    An installed package has its byte code: where writing it is switched off, every start would compile anew.
    """
    return {
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "PYTHONDONTWRITEBYTECODE": "",
    }


class Git(Contender):
    """Git with a repository outside the work tree, and without its own clean-up in the background."""

    name = "git"
    program = "git"

    @property
    def store(self) -> Path:
        """The repository."""
        return self.home / "repository"

    def _init(self) -> None:
        run(self._command("init", "-q", "-b", "main"))
        # Collection in the background would fall on whoever is measured next.
        for key, value in (("gc.auto", "0"), ("user.name", "Bench"), ("user.email", "bench@localhost")):
            run(self._command("config", key, value))
        (self.store / "info" / "exclude").write_text("/.repro/\n")

    def save(self) -> Command:
        """Add everything and commit."""
        self.saves += 1
        git = self.executable() or self.program
        script = f'"{git}" add -A && "{git}" commit -q --allow-empty -m "save {self.saves}"'
        return Command(("/bin/sh", "-c", script), self.work, self._environment())

    def look(self) -> Command:
        """Status."""
        return self._command("status")

    def recreate(self, dest: Path) -> Command:
        """A local clone that shares no files with the repository."""
        return self._clone(self.store, dest)

    def recreate_packed(self, dest: Path) -> Command:
        """The same from the copy that ``pack`` made."""
        return self._clone(self.home / "packed", dest)

    def restore(self, dest: Path) -> Command:
        """Check everything out again."""
        return self._command("checkout", "-q", "--", ".")

    def pack(self) -> int:
        """Make a packed copy of the repository. Not measured. Returns its bytes."""
        packed = self.home / "packed"
        shutil.rmtree(packed, ignore_errors=True)
        run(Command(("git", "clone", "-q", "--bare", self.store.as_uri(), str(packed)), self.home, self._isolated()))
        return bytes_below(packed)

    def import_stream(self, stream: Iterable[bytes]) -> None:
        """Make history from a fast-import stream. Not measured."""
        command = self._command("fast-import", "--quiet")
        environment = {**os.environ, **command.env}
        with subprocess.Popen(command.argv, cwd=command.cwd, env=environment, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for part in stream:
                process.stdin.write(part)
        if process.returncode:
            raise RuntimeError(f"git fast-import ended with {process.returncode}")

    def _clone(self, source: Path, dest: Path) -> Command:
        argv = (self.executable() or self.program, "clone", "-q", "--no-hardlinks", str(source), str(dest))
        return Command(argv, self.home, self._isolated())

    def _isolated(self) -> dict[str, str]:
        return {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def _environment(self) -> dict[str, str]:
        return {**self._isolated(), "GIT_DIR": str(self.store), "GIT_WORK_TREE": str(self.work)}


class Restic(Contender):
    """restic with its defaults: compression "auto", a local repository, a cache of its own."""

    name = "restic"
    program = "restic"

    @property
    def store(self) -> Path:
        """The repository."""
        return self.home / "repository"

    def _init(self) -> None:
        run(self._command("init", "-q"))

    def save(self) -> Command:
        """A backup."""
        return self._command("backup", "-q", "--exclude", ".repro", ".")

    def recreate(self, dest: Path) -> Command:
        """Restore the latest snapshot."""
        return self._command("restore", "-q", "latest", "--target", str(dest))

    @classmethod
    def _ask(cls) -> list[str]:
        return ["version"]

    def _environment(self) -> dict[str, str]:
        return {
            "RESTIC_REPOSITORY": str(self.store),
            "RESTIC_PASSWORD": "benchmark",
            "RESTIC_CACHE_DIR": str(self.home / "cache"),
        }


class Borg(Contender):
    """borg without encryption, with its default compression (lz4)."""

    name = "borg"
    program = "borg"

    @property
    def store(self) -> Path:
        """The repository."""
        return self.home / "repository"

    def _init(self) -> None:
        run(self._command("init", "--encryption", "none"))

    def save(self) -> Command:
        """A new archive."""
        self.saves += 1
        return self._command("create", "--compression", "lz4", "--exclude", ".repro", f"::{self.saves}", ".")

    def recreate(self, dest: Path) -> Command:
        """Extract the newest archive."""
        dest.mkdir()
        return self._command("extract", f"::{self.saves}", cwd=dest)

    def _environment(self) -> dict[str, str]:
        return {
            "BORG_REPO": str(self.store),
            "BORG_BASE_DIR": str(self.home / "base"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        }


CONTENDERS: tuple[type[Contender], ...] = (JupyterRepro, Git, Restic, Borg)
"""In the order of the table's columns."""
