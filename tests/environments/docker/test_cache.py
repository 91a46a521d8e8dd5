"""Builds that take nothing from the engine's cache."""

from __future__ import annotations

import pytest

from jupyter_repro.environments.definitions import Definition, read_lock
from jupyter_repro.environments.engines.docker.locks import image_lock
from jupyter_repro.errors import NotPossible
from jupyter_repro.verbs import environments
from tests.fixtures.docker_engine import BASE, DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]


def test_every_instruction_is_carried_out_again_where_that_is_asked_for(
    engine_of_run: DockerEngine, library: environments.Library
) -> None:
    def image_of_build(*, cache: bool) -> str:
        done = environments.build(library, "dated", cache=cache)
        assert done.state == "ready"
        return image_lock(read_lock(library.places.get(done.lock))).image

    dockerfile = "RUN head -c 16 /dev/urandom | od >/drawn\n"
    environments.create(library, "dated", Definition(engine="docker", base=BASE, dockerfile=dockerfile))
    first = image_of_build(cache=True)
    assert image_of_build(cache=True) == first
    assert image_of_build(cache=False) != first


def test_an_engine_without_such_a_cache_says_so_before_anything_is_begun(library: environments.Library) -> None:
    environments.create(library, "plain", Definition(engine="uv", requirements="six\n"))
    with pytest.raises(NotPossible, match="The engine uv keeps no instructions from build to build"):
        environments.build(library, "plain", cache=False)
    assert library.show("plain").revisions[0].builds == ()
