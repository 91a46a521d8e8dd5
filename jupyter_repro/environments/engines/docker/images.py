"""Our images in the engine: how they are called, which are whose, and taking away those that nobody uses.

One engine may serve many people. Each data directory has a mark of its own, and every image it wants has a name with
that mark; taking away a name removes the image only when it was the last, and never under a container.
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_repro.environments.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docker import APIClient

OWNER, PURPOSE, PROCESS = "jupyter-repro.owner", "jupyter-repro.purpose", "jupyter-repro.process"
"""Labels of containers: whose they are, what for, and the process that started them (see ``containers``)."""

_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the images of one data directory, whose mark is ``owner``."""

    owner: str

    def of_lock(self, lock: str) -> str:
        """The image of the lock of that id."""
        return f"jupyter-repro/{self.owner}:{lock[:_DIGITS]}"

    def of_base(self, image: str) -> str:
        """An image that builds start from, by its id."""
        return f"jupyter-repro/{self.owner}-base:{image.removeprefix('sha256:')[:_DIGITS]}"


def owner_of(places: Places) -> str:
    """The mark of a data directory: made once, and no secret."""
    file = places.root / "docker" / "owner"
    try:
        found = file.read_text("ascii").strip()
    except OSError:
        found = ""
    if found:
        return found
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".owner.{os.getpid()}.{time.monotonic_ns()}")
    fresh.write_text(os.urandom(6).hex(), "ascii")
    try:
        # A link never replaces the mark that another process made meanwhile.
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return file.read_text("ascii").strip()


def host_mark() -> str:
    """Names this machine since its last start, so that process ids can be compared."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()[:8]
    except OSError:
        boot = ""
    return f"{socket.gethostname()}/{boot}"


def image_id(client: APIClient, reference: str) -> str | None:
    """The id of a local image; None when there is none such."""
    from docker.errors import ImageNotFound

    try:
        return str(client.inspect_image(reference)["Id"])
    except ImageNotFound:
        return None


def digest_of(client: APIClient, image: str, reference: str = "") -> str:
    """Where a registry has an image by its digest ("name@sha256:..."), of several the one like ``reference``; or ""."""
    digests = [str(one) for one in client.inspect_image(image).get("RepoDigests") or () if not str(one).startswith("<")]
    name = reference.partition("@")[0]
    if ":" in name.rpartition("/")[2]:
        name = name.rpartition(":")[0]
    return next((one for one in digests if one.partition("@")[0] == name), digests[0] if digests else "")


def give_name(client: APIClient, image: str, name: str) -> None:
    """Give an image one more name."""
    repository, _, tag = name.rpartition(":")
    client.tag(image, repository, tag, force=True)


def remove_all_but(client: APIClient, names: Names, wanted: Iterable[str], younger_than: float) -> tuple[int, int]:
    """Take away our names of images whose locks nobody wants; returns how many images went, and their bytes.

    Kept are the images of ``wanted`` locks, those that bear our mark since ``younger_than`` (seconds since the epoch),
    and those that any container has.
    """
    from docker.errors import APIError

    kept = {names.of_lock(lock) for lock in wanted}
    held = {str(one["ImageID"]) for one in client.containers(all=True)}
    removed = size = 0
    for image in client.images():
        ours = [tag for tag in image.get("RepoTags") or () if str(tag).startswith(f"jupyter-repro/{names.owner}")]
        if not ours or any(tag in kept for tag in ours) or str(image["Id"]) in held:
            continue
        if _tagged(client, str(image["Id"])) > younger_than:
            continue
        try:
            answers = [client.remove_image(tag, force=False, noprune=False) for tag in ours]
        except APIError:
            continue  # a container was made of it in this moment
        if any("Deleted" in one for answer in answers for one in answer or ()):
            removed += 1
            size += int(image.get("Size") or 0)
    return removed, size


def _tagged(client: APIClient, image: str) -> float:
    """When an image got its newest name, in seconds since the epoch."""
    from datetime import datetime

    said = str(client.inspect_image(image).get("Metadata", {}).get("LastTagTime") or "")
    try:
        return datetime.fromisoformat(said[:19] + "+00:00").timestamp()
    except ValueError:
        return 0.0
