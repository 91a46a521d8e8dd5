"""The images that a build starts from: found here, fetched by digest where they are known, and given a name of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.engines.docker import images, registry
from jupyter_repro.environments.engines.docker.dockerfile import images_of, instructions
from jupyter_repro.environments.engines.docker.locks import BaseImage, ImageLock
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.layers import layers
from jupyter_repro.errors import BuildFailed

if TYPE_CHECKING:
    from docker import APIClient


@dataclass(frozen=True, slots=True)
class Start:
    """The layers that have to be built, the reference of what they stand on ("" when they say so themselves), and
    every image that is started from."""

    chain: tuple[Definition, ...]
    base: str
    images: list[BaseImage]


def start_of(
    client: APIClient, names: images.Names, definition: Definition, preferred: ImageLock | None, log: BuildLog
) -> Start:
    """Where the build of a definition starts: at the image of its parent when that is here, else at the beginning.

    The images of ``preferred``, by id and then by digest, come before what a reference means today. Each gets a name
    of ours, so that none goes while it is needed. Raises ``BuildFailed`` for one that cannot be had.
    """
    before = {one.reference: one for one in (preferred.images if preferred is not None else ())}
    parent = definition.parent
    if parent is not None and parent.lock:
        reference = f"revision {parent.name} r{parent.number}"
        known = before.get(reference)
        candidates = (names.of_lock(parent.lock), *((known.id, known.digest) if known is not None else ()))
        found = _first(client, candidates)
        if found is not None:
            chain: tuple[Definition, ...] = (definition,)
            here = [_named(client, names, reference, found, log)]
            wanted = images_of(instructions(definition.dockerfile))
            return Start(chain, reference, here + _all(client, names, wanted, before, log))
        log.line(f"from       {parent.name} r{parent.number} has no image here: its instructions come first")
    chain = layers(definition)
    wanted = [chain[0].base] if chain[0].base else []
    for layer in chain:
        wanted += images_of(instructions(layer.dockerfile))
    return Start(chain, chain[0].base, _all(client, names, wanted, before, log))


def _all(
    client: APIClient, names: images.Names, wanted: Sequence[str], before: dict[str, BaseImage], log: BuildLog
) -> list[BaseImage]:
    found = []
    for reference in dict.fromkeys(wanted):
        log.check()
        image = _had(client, reference, before.get(reference), log)
        found.append(_named(client, names, reference, image, log))
    return found


def _named(client: APIClient, names: images.Names, reference: str, image: str, log: BuildLog) -> BaseImage:
    images.give_name(client, image, names.of_base(image))
    digest = images.digest_of(client, image, reference)
    log.line(f"from       {reference} ({(digest.partition('@')[2] or image)[:19]})")
    return BaseImage(reference=reference, id=image, digest=digest)


def _had(client: APIClient, reference: str, before: BaseImage | None, log: BuildLog) -> str:
    found = _first(client, (before.id, before.digest)) if before is not None else None
    if found is not None:
        return found
    if before is not None and before.digest:
        try:
            return registry.pull(client, before.digest, log)
        except BuildFailed as error:
            log.line(f"differs    {reference} is not to be had by its digest any more: {error}")
    image = images.image_id(client, reference)
    if image is None:
        image = registry.pull(client, reference, log)
    if before is not None and image != before.id:
        log.line(f"differs    {reference} is {image[:19]} now and was {before.id[:19]}")
    return image


def _first(client: APIClient, candidates: Sequence[str]) -> str | None:
    """The first image that is here."""
    for candidate in candidates:
        found = images.image_id(client, candidate) if candidate else None
        if found is not None:
            return found
    return None
