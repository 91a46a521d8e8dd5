"""The engine docker: images are built once, locked by what they are, and fetched or rebuilt where they are gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.engines.docker import images, registry
from jupyter_repro.environments.engines.docker.building import build_image
from jupyter_repro.environments.engines.docker.client import engine_client, refusals
from jupyter_repro.environments.engines.docker.closed_network import lent_by_this_machine
from jupyter_repro.environments.engines.docker.composing import build_of
from jupyter_repro.environments.engines.docker.locks import (
    ImageLock,
    image_lock,
    lock_text,
)
from jupyter_repro.environments.engines.docker.software import as_lines, packages_of, software_in
from jupyter_repro.environments.engines.docker.starting import Start, start_of
from jupyter_repro.environments.engines.docker.versions import pinning_secrets
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.installed import image_of, interpreter_of, remember
from jupyter_repro.environments.layers import variables_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import Software
from jupyter_repro.errors import BuildFailed

if TYPE_CHECKING:
    from docker import APIClient


class DockerEngine:
    """Makes images. Everything it wants has a name in the engine that bears the mark of the data directory.

    Without ``cache`` every instruction of a build is carried out, also one that was carried out before.
    """

    def __init__(self, places: Places, *, cache: bool = True) -> None:
        self._places = places
        self._cache = cache

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """Build the image, look into it, and push it when that was asked for; of ``prefer`` come the versions."""
        preferred = image_lock(prefer) if prefer is not None and prefer.engine == "docker" else None
        with engine_client() as client:
            names = images.Names(images.owner_of(self._places))
            start = start_of(client, names, definition, preferred, log)
            if preferred is None:
                image = self._build(client, definition, start, None, log)
            else:
                image = self._kept(client, definition, start, preferred, log)
            found = software_in(client, image)
            _tell_software(found, log)
            # A repository into which every image goes that was built.
            repository = os.environ.get("JUPYTER_REPRO_PUSH_TO", "")
            tag = image.removeprefix("sha256:")[:24]
            pushed = registry.push(client, image, repository, tag, log) if repository else ""
            about = client.inspect_image(image)
        locked = ImageLock(
            image=image, definition=definition, images=start.images, pushed=pushed, software=as_lines(found)
        )
        python = next((one for one in found.packages if one.ecosystem == "runtime" and one.name == "python"), None)
        return Lock(
            engine="docker",
            platform=f"{about['Os']}-{about['Architecture']}",
            python=f"{python.origin} {python.version}" if python else "",
            text=lock_text(locked),
        )

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """The image of a lock: the one that is here, or fetched by its digest, or built again from the lock.

        What differs in one that was built again is in the log, package by package. The image goes by the name that it
        has for this lock, so that one that was built again takes the place of the one that is gone.
        """
        locked = image_lock(lock)
        with engine_client() as client:
            own = images.Names(images.owner_of(self._places)).of_lock(name)
            if images.image_id(client, own) is not None:
                log.line("image      there already")
                return interpreter_of(own)
            image = images.image_id(client, locked.image) or self._fetched(client, locked, log)
            found = locked.found_inside
            if image is None:
                image, found = self._rebuilt(client, locked, log)
            remember(self._places, own, found.encode())
            images.give_name(client, image, own)
            log.line(f"image      {image[7:19]}")
            return interpreter_of(own)

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The image of a lock, if the engine has it."""
        with engine_client() as client:
            own = images.Names(images.owner_of(self._places)).of_lock(name)
            return interpreter_of(own) if images.image_id(client, own) is not None else None

    def packages(self, lock: Lock) -> dict[str, str]:
        """What was found inside, without the system's own packages."""
        return packages_of(image_lock(lock).found_inside)

    def remove_all_but(self, wanted: Iterable[str], younger_than: float) -> tuple[int, int]:
        """Remove images of ours that no lock in ``wanted`` has, none that a container has; see ``images``."""
        if not (self._places.root / "docker" / "owner").exists():
            return 0, 0
        with engine_client() as client:
            return images.remove_all_but(client, images.Names(images.owner_of(self._places)), wanted, younger_than)

    def push(self, lock: Lock, name: str, repository: str, log: BuildLog) -> str:
        """Put the image of a lock into a registry; returns "repository@sha256:..."."""
        image = image_of(self.install(lock, name, log))
        with engine_client() as client:
            return registry.push(client, image, repository, name[:24], log)

    def _build(
        self,
        client: APIClient,
        definition: Definition,
        start: Start,
        versions: Software | None,
        log: BuildLog,
    ) -> str:
        names = images.Names(images.owner_of(self._places))
        lent = lent_by_this_machine()
        for one in lent.left_out:
            log.line(f"not lent   {one}")
        if lent.secrets:
            log.line(f"lent       {', '.join(sorted(lent.secrets))} (to the build only, in no layer)")
        if not self._cache:
            log.line("cache      ignored: every instruction is carried out again")
        build = build_of(
            start.chain,
            variables_of(definition),
            base=start.base,
            images={one.reference: names.of_base(one.id) for one in start.images},
            lent=lent.and_also(pinning_secrets(versions)) if versions is not None else lent,
            network=os.environ.get("JUPYTER_REPRO_BUILD_NETWORK", ""),
            fresh=not self._cache,
        )
        with refusals():
            return build_image(client, build, log)

    def _kept(
        self, client: APIClient, definition: Definition, start: Start, preferred: ImageLock, log: BuildLog
    ) -> str:
        """The image with the versions of a lock, or with today's where they cannot be had any more."""
        try:
            return self._build(client, definition, start, preferred.found_inside, log)
        except BuildFailed as error:
            log.line(f"differs    the versions of the lock cannot all be had any more: {error}")
            return self._build(client, definition, start, None, log)

    @staticmethod
    def _fetched(client: APIClient, locked: ImageLock, log: BuildLog) -> str | None:
        if not locked.pushed:
            return None
        try:
            return registry.pull(client, locked.pushed, log)
        except BuildFailed as error:
            log.line(f"differs    the image is not had by its digest any more: {error}")
            return None

    def _rebuilt(self, client: APIClient, locked: ImageLock, log: BuildLog) -> tuple[str, Software]:
        """An image built again, and what is inside."""
        log.line("rebuild    the image is gone: it is built again with the versions of the lock")
        names = images.Names(images.owner_of(self._places))
        start = start_of(client, names, locked.definition, locked, log)
        image = self._kept(client, locked.definition, start, locked, log)
        found = software_in(client, image)
        for line in differences(locked.found_inside, found):
            log.line(f"differs    {line}")
        return image, found


def differences(then: Software, now: Software) -> list[str]:
    """What is in an image now and was not then, or the other way round, one sentence each."""
    old, new = ({(one.ecosystem, one.name): one.version for one in side.packages} for side in (then, now))
    found = []
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, "not there"), new.get(key, "not there")
        if before != after:
            found.append(f"{key[0]} {key[1]} is {after} and was {before}")
    return found


def _tell_software(found: Software, log: BuildLog) -> None:
    counted = ", ".join(f"{len(packages)} {name}" for name, packages in found.by_ecosystem.items())
    log.line(f"inside     {counted or 'no packages that we know of'}")
    if not any(one.name == "ipykernel" for one in found.packages):
        log.line("inside     no ipykernel: scripts can run in it, notebooks cannot. Add it to the requirements.")
