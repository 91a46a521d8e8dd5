"""What is installed in an image, by our own snapshot taker run in a container of it, with nothing installed there.

The taker goes in as an argument: a zip of those modules of ours that read packages, with stand-ins for the two
libraries they use. An image without a Python that can run it is read from outside, as far as its files tell.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_repro.environments.snapshots import Software, read_software
from jupyter_repro.environments.snapshots import system_packages as system
from jupyter_repro.environments.snapshots.texts import Package, software
from jupyter_repro.errors import BuildFailed

if TYPE_CHECKING:
    from docker import APIClient

_MODULES = (
    "environments/snapshots/python_packages.py",
    "environments/snapshots/secrets.py",
    "environments/snapshots/system_packages.py",
    "environments/snapshots/texts.py",
    "errors.py",
)
_MARK = "jupyter-repro snapshot "
_BOOT = (
    "import base64, sys, tempfile, os\n"
    "f = tempfile.NamedTemporaryFile(suffix='.zip', delete=False)\n"
    "f.write(base64.b64decode(sys.argv[1])); f.close()\n"
    "sys.path.insert(0, f.name)\n"
    "import taking_inside\n"
)
_FIND = 'for p in python3 python; do command -v $p >/dev/null 2>&1 && exec $p -c "$0" "$1"; done; exit 127'
_LONGEST_SECONDS = 120


def software_in(client: APIClient, image: str) -> Software:
    """What is installed in an image. Raises ``BuildFailed`` when no container of it can be made."""
    container = client.create_container(
        image,
        entrypoint=["/bin/sh", "-c", _FIND],
        command=[_BOOT, _archive()],
        user="0",
        labels={"jupyter-repro.purpose": "snapshot"},
        host_config=client.create_host_config(network_mode="none"),
    )["Id"]
    try:
        answer = _run(client, container)
        return answer if answer is not None else _from_outside(client, container)
    finally:
        client.remove_container(container, force=True, v=True)


def _run(client: APIClient, container: str) -> Software | None:
    from docker.errors import APIError

    try:
        client.start(container)
    except APIError:
        return None  # not even a shell inside
    code = client.wait(container, timeout=_LONGEST_SECONDS)["StatusCode"]
    if code != 0:
        return None
    said = client.logs(container, stdout=True, stderr=False).decode("utf-8", "replace")
    _, mark, text = said.rpartition(_MARK)
    if not mark:
        return None
    return read_software(base64.b64decode(text.split()[0]))


def _from_outside(client: APIClient, container: str) -> Software:
    """The Debian packages and the release, from the files of a container."""
    found: list[Package] = []
    with tempfile.TemporaryDirectory(prefix="repro-image-") as folder:
        status, release = Path(folder, "status"), Path(folder, "os-release")
        for inside, place in ((str(system.DPKG), status), ("/usr/lib/os-release", release)):
            data = _file(client, container, inside)
            if data is not None:
                place.write_bytes(data)
        found += system.debian_packages(status)
        found += system.os_release((release,))
    return software(found)


def _file(client: APIClient, container: str, path: str) -> bytes | None:
    from docker.errors import NotFound

    try:
        stream, _ = client.get_archive(container, path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
            for entry in tar:
                inner = tar.extractfile(entry) if entry.isfile() else None
                if inner is not None:
                    return inner.read()
    except (NotFound, tarfile.TarError):
        return None
    return None


@functools.cache
def _archive() -> str:
    """The taker and the modules of ours that it uses, as a zip in base 64."""
    root = Path(__file__).parents[3]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("", "environments/", "environments/snapshots/"):
            archive.writestr(f"jupyter_repro/{name}__init__.py", "")
        for name in _MODULES:
            archive.writestr(f"jupyter_repro/{name}", (root / name).read_bytes())
        inside = Path(__file__).parent / "inside"
        for name in ("taking_inside", "msgspec"):
            archive.writestr(f"{name}.py", (inside / f"{name}.py.txt").read_bytes())
    data = base64.b64encode(out.getvalue()).decode()
    if len(data) > 120_000:  # the system's limit for one argument is 128 KiB
        raise BuildFailed(f"The snapshot taker has grown too long to be sent ({len(data)} characters): tell us.")
    return data


def packages_of(found: Software) -> dict[str, str]:
    """Names and versions of the packages that are not the system's own."""
    return {one.name: one.version for one in found.packages if one.ecosystem in ("python", "conda", "r", "julia")}


def as_lines(found: Software) -> list[str]:
    """A snapshot as the lines that a lock keeps."""
    return found.encode().decode().splitlines()


def document(found: Software) -> str:
    """A snapshot as JSON, for the label of an image."""
    return json.dumps(as_lines(found))
