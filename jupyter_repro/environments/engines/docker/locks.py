"""What the lock of an image says: which image it is, and all that it takes to make one like it.

The text of the lock is JSON. ``image`` is the id that the engine gave, ``pushed`` where it can be had by digest; when
neither is there any more, ``definition`` is built again on ``images`` (the references it starts from, with the id and
digest that each had), with the versions of ``software``, a snapshot's lines of what was found inside.
"""

from __future__ import annotations

import msgspec

from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.snapshots import Software, read_software
from jupyter_repro.errors import BlobCorrupt


class BaseImage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An image that a build started from: its reference, its id, and "name@sha256:..." when a registry has it."""

    reference: str
    id: str
    digest: str = ""


class ImageLock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """See above."""

    image: str
    definition: Definition
    images: list[BaseImage] = []
    pushed: str = ""
    software: list[str] = []

    @property
    def found_inside(self) -> Software:
        """The snapshot of what is inside."""
        return read_software("".join(f"{line}\n" for line in self.software).encode())


def lock_text(lock: ImageLock) -> str:
    """The text of a lock."""
    return msgspec.json.format(msgspec.json.encode(lock, order="deterministic"), indent=1).decode() + "\n"


def image_lock(lock: Lock) -> ImageLock:
    """The text of a lock, read. Raises ``BlobCorrupt``."""
    try:
        return msgspec.json.decode(lock.text, type=ImageLock)
    except msgspec.DecodeError as error:
        raise BlobCorrupt(f"The lock of an image cannot be read ({error}). Upgrade jupyter-repro.") from error
