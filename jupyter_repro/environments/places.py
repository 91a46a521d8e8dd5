"""Where environments lie in the data directory, and the texts that are kept by their names.

environments/objects/<id>      definitions and locks
environments/uv/<lock id>/     virtual environments, each complete once it holds ``repro-ready``
environments/conda/<lock id>/  conda environments, likewise
environments/packages/         the packages that conda environments share, with hard links
environments/repodata/         what channels of conda said they have
environments/builds/<id>.*     log, cancel request, and lock of a build
environments/derived/<id>      the lock that a definition with a workspace's own file on top became
environments/snapshots/        what snapshots remember
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.environments.definitions import text_id
from jupyter_repro.errors import BlobCorrupt, BlobMissing


@dataclass(frozen=True, slots=True)
class Places:
    """The folder ``root`` of environments. Nothing is made by asking for a path."""

    root: Path

    @property
    def builds(self) -> Path:
        """Logs of builds, and the files by which builders and those who wait understand each other."""
        return self.root / "builds"

    @property
    def uv(self) -> Path:
        """The virtual environments that uv made."""
        return self.root / "uv"

    @property
    def conda(self) -> Path:
        """The conda environments."""
        return self.root / "conda"

    @property
    def conda_packages(self) -> Path:
        """The conda packages that environments share."""
        return self.root / "packages"

    @property
    def snapshots(self) -> Path:
        """What snapshots remember."""
        return self.root / "snapshots"

    def keep(self, data: bytes) -> str:
        """Keep a text durably and return its id."""
        name = text_id(data)
        file = self._object(name)
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = file.with_name(f".{name}.{os.getpid()}.{time.monotonic_ns()}")
            with open(fresh, "wb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(fresh, file)
        return name

    def get(self, name: str) -> bytes:
        """The text of that id. Raises ``BlobMissing`` or ``BlobCorrupt``."""
        try:
            data = self._object(name).read_bytes()
        except OSError as error:
            raise BlobMissing(
                f"The text {name[:12]} of an environment is gone from {self.root}: recreate a commit that carries it."
            ) from error
        if text_id(data) != name:
            raise BlobCorrupt(f"The text {name[:12]} of an environment is damaged: recreate a commit that carries it.")
        return data

    def holds(self, name: str) -> bool:
        """Whether the text of that id is kept here."""
        try:
            return self._object(name).is_file()
        except BlobMissing:
            return False

    def _object(self, name: str) -> Path:
        if len(name) != 64 or not all(character in "0123456789abcdef" for character in name):
            raise BlobMissing(f"{name!r} is not the id of a text.")
        return self.root / "objects" / name
