"""The engine, and an image with a kernel that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.environments.definitions import Definition, Lock, checked, encode
from jupyter_repro.environments.engines.docker import DockerEngine as Engine
from jupyter_repro.environments.engines.docker.client import engine_client
from jupyter_repro.environments.engines.docker.images import image_id
from jupyter_repro.environments.installed import image_of
from jupyter_repro.environments.places import Places
from tests.environments.conftest import library, opened  # noqa: F401
from tests.fixtures.docker_engine import BASE, KERNEL_INSTRUCTIONS, DockerEngine

SECRET = "closed-network-password"
"""A word that must be found nowhere."""

KERNEL = Definition(
    engine="docker",
    base=BASE,
    dockerfile=KERNEL_INSTRUCTIONS,
    variables={"GREETING": "hello"},
)


class Lines:
    """A log that is kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def check(self) -> None:
        pass

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture(scope="session")
def engine_of_run(docker_engine: DockerEngine) -> Iterator[DockerEngine]:
    """The engine is where DOCKER_HOST says, and builds reach what this machine reaches."""
    before = {name: os.environ.get(name) for name in ("DOCKER_HOST", "JUPYTER_REPRO_BUILD_NETWORK")}
    os.environ["DOCKER_HOST"] = docker_engine.host
    os.environ["JUPYTER_REPRO_BUILD_NETWORK"] = "host"
    yield docker_engine
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture
def places(engine_of_run: DockerEngine, tmp_path: Path) -> Places:
    """A folder of environments that never saw any image."""
    return Places(tmp_path / "environments")


@pytest.fixture
def engine(places: Places) -> Engine:
    return Engine(places)


@pytest.fixture(scope="session")
def kernel_lock(engine_of_run: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Lock:
    """The lock of an image with ipykernel. Whether the engine had built it before is left open."""
    return Engine(Places(tmp_path_factory.mktemp("kernel"))).resolve(checked(KERNEL), Lines())


def made(engine: Engine, places: Places, definition: Definition, log: Lines | None = None) -> tuple[Lock, str, str]:
    """A definition built and installed: its lock, the lock's id, and the image's."""
    told = log or Lines()
    lock = engine.resolve(checked(definition), told)
    name = places.keep(encode(lock))
    return lock, name, id_of(image_of(engine.install(lock, name, told)))


def id_of(image: str) -> str:
    """The id that a name of an image means now."""
    with engine_client() as client:
        found = image_id(client, image)
    assert found is not None
    return found
