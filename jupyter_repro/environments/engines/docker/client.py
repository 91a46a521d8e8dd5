"""The way to the engine of Docker, or one sentence that says why there is none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_repro.errors import BuildFailed, MissingTool

if TYPE_CHECKING:
    from docker import APIClient

_SECONDS = 60
LEAST_VERSION = (1, 39)
"""The version of the engine's interface that builds with secrets (Docker 18.09)."""


@contextlib.contextmanager
def engine_client() -> Iterator[APIClient]:
    """A connection to the engine that DOCKER_HOST or the usual socket names.

    Raises ``MissingTool`` when there is none, and ``BuildFailed`` for what the engine refuses while it is in use.
    """
    client = connect()
    try:
        with refusals():
            yield client
    finally:
        client.close()


def connect() -> APIClient:
    """As ``engine_client``, for who closes it himself."""
    try:
        import docker
        from docker.errors import DockerException
        from docker.utils import kwargs_from_env
    except ImportError:
        raise MissingTool(
            "Environments in containers need the package docker: 'pip install jupyter-repro[docker]' brings it."
        ) from None
    try:
        client = docker.APIClient(version="auto", timeout=_SECONDS, **kwargs_from_env())
    except (DockerException, OSError, ValueError) as error:
        raise MissingTool(_why(error)) from error
    version = tuple(int(part) for part in str(client.api_version).split("."))
    if version < LEAST_VERSION:
        client.close()
        raise MissingTool("The engine of Docker on this machine is too old: version 18.09 or later is needed.")
    return client


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what the engine refuses, and its going away, into ``BuildFailed``."""
    from docker.errors import APIError, DockerException
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except APIError as error:
        said = str(error.explanation or error.response.reason or "no reason").strip().rstrip(".")
        raise BuildFailed(f"Docker refused: {said}. Mend that, then try again.") from error
    except (DockerException, RequestException, HTTPError, ConnectionError) as error:
        raise BuildFailed(
            "The engine of Docker stopped answering in the middle. Start it again, then try again."
        ) from error


def _why(error: BaseException) -> str:
    """What is in the way, from the depths of what the package raised."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, PermissionError):
            return (
                "Docker's engine is here, but you have no permission to use it: ask for the group docker, or set "
                "DOCKER_HOST to one that you may use."
            )
        reasons = [one for one in (*found.args, getattr(found, "reason", None)) if isinstance(one, BaseException)]
        found = reasons[0] if reasons else (found.__cause__ or found.__context__)
    return "No engine of Docker answers on this machine: start it, or set DOCKER_HOST to where one is."
