"""The engine docker: images are built once, locked by what they are, and fetched or rebuilt where they are gone."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_repro.environments.container_fields import RESERVED
from jupyter_repro.environments.definitions import Definition, Lock
from jupyter_repro.environments.engines.docker import images, registry
from jupyter_repro.environments.engines.docker.building import Build, build_image
from jupyter_repro.environments.engines.docker.client import engine_client
from jupyter_repro.environments.engines.docker.closed_network import FOLDER, Lent, lent_by_this_machine
from jupyter_repro.environments.engines.docker.dockerfile import composed, images_of, instructions
from jupyter_repro.environments.engines.docker.locks import (
    BaseImage,
    ImageLock,
    image_lock,
    lock_text,
)
from jupyter_repro.environments.engines.docker.software import as_lines, packages_of, software_in
from jupyter_repro.environments.engines.docker.versions import pinning_secrets
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.installed import interpreter_of, remember
from jupyter_repro.environments.layers import layers, scripts_of
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import Software
from jupyter_repro.errors import BuildFailed, InvalidDefinition

if TYPE_CHECKING:
    from docker import APIClient

NETWORK = "JUPYTER_REPRO_BUILD_NETWORK"
"""The variable that says which network the instructions of builds have: bridge (the engine's own), host, or none."""

PUSH_TO = "JUPYTER_REPRO_PUSH_TO"
"""The variable that names a repository (registry/name) into which every image that was built is pushed."""


class DockerEngine:
    """Makes images. Everything it wants has a name in the engine that bears the mark of the data directory."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def resolve(self, definition: Definition, log: BuildLog, prefer: Lock | None = None) -> Lock:
        """Build the image, look into it, and push it when that was asked for; of ``prefer`` come the versions."""
        preferred = image_lock(prefer) if prefer is not None and prefer.engine == "docker" else None
        with engine_client() as client:
            starting = self._starting_images(client, definition, preferred, log)
            image = self._build(client, definition, starting, preferred, log)
            found = software_in(client, image)
            remember(self._places, image, found.encode())
            _tell_software(found, log)
            pushed = ""
            if os.environ.get(PUSH_TO):
                tag = image.removeprefix("sha256:")[:24]
                pushed = registry.push(client, image, os.environ[PUSH_TO], tag, log)
            about = client.inspect_image(image)
        locked = ImageLock(image=image, definition=definition, images=starting, pushed=pushed, software=as_lines(found))
        python = next((one for one in found.packages if one.ecosystem == "runtime" and one.name == "python"), None)
        return Lock(
            engine="docker",
            platform=f"{about['Os']}-{about['Architecture']}",
            python=f"{python.origin} {python.version}" if python else "",
            text=lock_text(locked),
        )

    def install(self, lock: Lock, name: str, log: BuildLog, variables: Mapping[str, str] | None = None) -> str:
        """The image of a lock: the one that is here, or fetched by its digest, or built again from the lock.

        What differs in one that was built again is in the log, package by package.
        """
        locked = image_lock(lock)
        with engine_client() as client:
            own = images.Names(images.owner_of(self._places)).of_lock(name)
            there = images.image_id(client, own)
            if there is not None:
                log.line("image      there already")
                return interpreter_of(there)
            image = images.image_id(client, locked.image) or self._fetched(client, locked, log)
            if image is None:
                image = self._rebuilt(client, locked, log)
            images.give_name(client, image, own)
            log.line(f"image      {image[7:19]}")
            return interpreter_of(image)

    def interpreter(self, lock: Lock, name: str) -> str | None:
        """The image of a lock, if the engine has it."""
        with engine_client() as client:
            found = images.image_id(client, images.Names(images.owner_of(self._places)).of_lock(name))
        return interpreter_of(found) if found is not None else None

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
        image = self.install(lock, name, log).partition(":")[2]
        with engine_client() as client:
            return registry.push(client, image, repository, name[:24], log)

    def _starting_images(
        self, client: APIClient, definition: Definition, preferred: ImageLock | None, log: BuildLog
    ) -> list[BaseImage]:
        """The images that the build starts from, here and with a name of ours each, so that none goes in between."""
        names = images.Names(images.owner_of(self._places))
        chain = layers(definition)
        if any(layer.engine != "docker" for layer in chain):
            raise InvalidDefinition("An image can only be based on a revision of an environment of the engine docker.")
        wanted = [chain[0].base] if chain[0].base else []
        for layer in chain:
            wanted += images_of(instructions(layer.dockerfile))
        before = {one.reference: one for one in (preferred.images if preferred is not None else ())}
        found = []
        for reference in dict.fromkeys(wanted):
            log.check()
            image = self._starting_image(client, reference, before.get(reference), log)
            images.give_name(client, image, names.of_base(image))
            digest = images.digest_of(client, image, reference)
            found.append(BaseImage(reference=reference, id=image, digest=digest))
            log.line(f"from       {reference} ({(digest.partition('@')[2] or image)[:19]})")
        return found

    @staticmethod
    def _starting_image(client: APIClient, reference: str, before: BaseImage | None, log: BuildLog) -> str:
        for candidate in (before.id, before.digest) if before is not None else ():
            found = images.image_id(client, candidate) if candidate else None
            if found is not None:
                return found
        if before is not None and before.digest:
            try:
                return registry.pull(client, before.digest, log)
            except BuildFailed as error:
                log.line(f"differs    {reference} is not had by its digest any more: {error}")
        found = images.image_id(client, reference)
        if found is None:
            found = registry.pull(client, reference, log)
        if before is not None and found != before.id:
            log.line(f"differs    {reference} is {found[:19]} now and was {before.id[:19]}")
        return found

    def _build(
        self,
        client: APIClient,
        definition: Definition,
        starting: list[BaseImage],
        preferred: ImageLock | None,
        log: BuildLog,
    ) -> str:
        names = images.Names(images.owner_of(self._places))
        lent = lent_by_this_machine()
        for one in lent.left_out:
            log.line(f"not lent   {one}")
        if lent.secrets:
            log.line(f"lent       {', '.join(sorted(lent.secrets))} (to the build only, in no layer)")
        pins = pinning_secrets(preferred.found_inside) if preferred is not None else Lent()
        secrets = {**lent.secrets, **pins.secrets}
        chain = layers(definition)
        files: dict[str, bytes] = {}
        arguments: dict[str, str] = {}
        for layer in chain:
            files |= {path: text.encode("utf-8", "surrogatepass") for path, text in layer.files.items()}
            arguments |= layer.build_arguments
        text = composed(
            [*(layer.dockerfile for layer in chain), _own_part(definition, files)],
            base=chain[0].base,
            images={one.reference: names.of_base(one.id) for one in starting},
            mounts=[f"--mount=type=secret,id={name},target={FOLDER}/{name},mode=0444" for name in sorted(secrets)],
            arguments={**lent.variables, **pins.variables},
        )
        network = os.environ.get(NETWORK, "")
        build = Build(
            dockerfile=text,
            files=files,
            arguments={**lent.proxies, **arguments},
            secrets=secrets,
            network="" if network == "bridge" else network,
        )
        return build_image(client, build, log)

    @staticmethod
    def _fetched(client: APIClient, locked: ImageLock, log: BuildLog) -> str | None:
        if not locked.pushed:
            return None
        try:
            return registry.pull(client, locked.pushed, log)
        except BuildFailed as error:
            log.line(f"differs    the image is not had by its digest any more: {error}")
            return None

    def _rebuilt(self, client: APIClient, locked: ImageLock, log: BuildLog) -> str:
        log.line("rebuild    the image is gone: it is built again with the versions of the lock")
        starting = self._starting_images(client, locked.definition, locked, log)
        image = self._build(client, locked.definition, starting, locked, log)
        for line in differences(locked.found_inside, software_in(client, image)):
            log.line(f"differs    {line}")
        return image


def differences(then: Software, now: Software) -> list[str]:
    """What is in an image now and was not then, or the other way round, one sentence each."""
    old, new = ({(one.ecosystem, one.name): one.version for one in side.packages} for side in (then, now))
    found = []
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, "not there"), new.get(key, "not there")
        if before != after:
            found.append(f"{key[0]} {key[1]} is {after} and was {before}")
    return found


def _own_part(definition: Definition, files: dict[str, bytes]) -> str:
    """The instructions for scripts and requirements, whose texts go into our folder of the context."""
    variables: dict[str, str] = {}
    requirements: list[str] = []
    for layer in layers(definition):
        variables |= layer.variables
        requirements += layer.requirements.splitlines()
    out = []

    def run(command: str) -> None:
        out.append(f"RUN --mount=type=bind,source={RESERVED},target=/run/{RESERVED} {command}\n")

    def run_scripts(name: str) -> None:
        for number, text in enumerate(scripts_of(definition, name), 1):
            files[f"{RESERVED}/{name}-{number}"] = text.encode("utf-8", "surrogatepass")
            program = text.partition("\n")[0][2:].strip() if text.startswith("#!") else "/bin/sh -e"
            script = f"/run/{RESERVED}/{name}-{number}"
            run(f'["/bin/sh", "-c", ". /run/{RESERVED}/variables && exec {_json_word(program)} {script}"]')

    files[f"{RESERVED}/variables"] = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())
    ).encode("utf-8", "surrogatepass")
    run_scripts("pre-setup")
    if requirements:
        files[f"{RESERVED}/requirements.txt"] = "".join(f"{line}\n" for line in requirements).encode()
        run(f'["python3", "-m", "pip", "install", "-r", "/run/{RESERVED}/requirements.txt"]')
    run_scripts("post-setup")
    return "".join(out)


def _json_word(program: str) -> str:
    return program.replace("\\", "\\\\").replace('"', '\\"')


def _tell_software(found: Software, log: BuildLog) -> None:
    counted = ", ".join(f"{len(packages)} {name}" for name, packages in found.by_ecosystem.items())
    log.line(f"inside     {counted or 'no packages that we know of'}")
    if not any(one.name == "ipykernel" for one in found.packages):
        log.line("inside     no ipykernel: scripts can run in it, notebooks cannot. Add it to the requirements.")
