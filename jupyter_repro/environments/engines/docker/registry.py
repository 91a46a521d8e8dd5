"""Images that travel through a registry, always by digest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_repro.environments.engines.commands import harmless
from jupyter_repro.environments.engines.docker.building import events_of
from jupyter_repro.environments.engines.docker.client import refusals
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.errors import BuildFailed

if TYPE_CHECKING:
    from docker import APIClient


def pull(client: APIClient, reference: str, log: BuildLog) -> str:
    """Fetch an image and return its id. Raises ``BuildFailed`` when the registry has none such, or does not answer."""
    repository, tag = _parts(reference)
    log.line(f"pull       {reference}")
    # Said here and not further out: whoever asks may know another way.
    with refusals():
        response = client._post(
            client._url("/images/create"),
            params={"fromImage": repository, "tag": tag},
            headers=_login(client, repository),
            stream=True,
            timeout=None,
        )
        client._raise_for_status(response)
        for event in events_of(response, log):
            _told(event, log, "fetched")
        return str(client.inspect_image(reference)["Id"])


def push(client: APIClient, image: str, repository: str, tag: str, log: BuildLog) -> str:
    """Put an image into a registry and return "repository@sha256:...". Raises ``BuildFailed``."""
    log.line(f"push       {repository}:{tag}")
    client.tag(image, repository, tag, force=True)
    response = client._post_json(
        client._url("/images/{0}/push", repository),
        None,
        params={"tag": tag},
        headers=_login(client, repository) or {"X-Registry-Auth": "e30="},
        stream=True,
        timeout=None,
    )
    client._raise_for_status(response)
    digest = ""
    for event in events_of(response, log):
        _told(event, log, "pushed")
        aux = event.get("aux")
        if isinstance(aux, dict) and aux.get("Digest"):
            digest = str(aux["Digest"])
    if not digest:
        raise BuildFailed(f"The registry did not say under which digest it keeps {repository}:{tag}. Push it again.")
    log.line(f"pushed     {repository}@{digest}")
    return f"{repository}@{digest}"


def _told(event: dict[str, object], log: BuildLog, what: str) -> None:
    if "error" in event:
        raise BuildFailed(f"The image could not be {what}: {harmless(str(event['error'])).strip().rstrip('.')}.")
    if event.get("status") and not event.get("progressDetail"):
        log.line(harmless(f"{event.get('id', '')} {event['status']}".strip()))


def _parts(reference: str) -> tuple[str, str]:
    """A reference as the engine wants it: the repository, and the tag or digest."""
    repository, at, digest = reference.partition("@")
    if at:
        return repository, digest
    head, colon, tag = reference.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (reference, "latest")


def _login(client: APIClient, repository: str) -> dict[str, str]:
    """The login for a registry that 'docker login' keeps."""
    from docker import auth

    registry, _ = auth.resolve_repository_name(repository)
    header = auth.get_config_header(client, registry)
    if not header:
        return {}
    return {"X-Registry-Auth": header.decode("ascii") if isinstance(header, bytes) else json.dumps(header)}
