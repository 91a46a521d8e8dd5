"""What is installed where kernels run: for an interpreter of this machine, or in an image.

An image stands where others have an interpreter, as ``docker:<name>``, by the name that the engine docker gave it. What
is in it is known when it gets that name, and remembered.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import SnapshotCache, software_of

_SCHEME = "docker:"


def interpreter_of(image: str) -> str:
    """How an image is named where other engines name an interpreter."""
    return f"{_SCHEME}{image}"


def image_of(interpreter: str) -> str:
    """The image that an "interpreter" is; "" when it is a program."""
    return interpreter[len(_SCHEME) :] if interpreter.startswith(_SCHEME) else ""


def installed_software(interpreter: str, places: Places) -> bytes | None:
    """The text of the software snapshot; None when interpreter or engine do not answer."""
    image = image_of(interpreter)
    if not image:
        return software_of(interpreter, SnapshotCache(places.snapshots))
    try:
        return _file(places, image).read_bytes()
    except OSError:
        pass
    from jupyter_repro.environments.engines.docker.client import engine_client
    from jupyter_repro.environments.engines.docker.software import software_in
    from jupyter_repro.errors import ReproError

    try:
        with engine_client() as client:
            text = software_in(client, image).encode()
    except ReproError:
        return None
    remember(places, image, text)
    return text


def remember(places: Places, image: str, text: bytes) -> None:
    """Remember what is installed in an image; a disk that is full costs time next time, nothing else."""
    file = _file(places, image)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(text)
        os.replace(fresh, file)
    except OSError:
        fresh.unlink(missing_ok=True)


def _file(places: Places, image: str) -> Path:
    return places.root / "docker" / "software" / image.replace(":", "-").replace("/", "-")
