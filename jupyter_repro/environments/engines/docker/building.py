"""One build by the engine's builder: its log line by line, its end, and its being stopped in the middle."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import queue
import re
import socket
import tarfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_repro.environments.engines.commands import harmless
from jupyter_repro.environments.engines.docker.messages import fields
from jupyter_repro.environments.engines.docker.session import Session
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.errors import BuildFailed

if TYPE_CHECKING:
    from docker import APIClient
    from requests import Response

_LAST_LINES = 12
_OURS = re.compile(r"--mount=\S*(?:repro-|\.repro-build)\S* ")
DOCKERFILE = "Dockerfile"


@dataclass(frozen=True, slots=True)
class Build:
    """What is built: the Dockerfile, the files beside it by their paths, arguments, secrets, and labels.

    ``network`` is that of the instructions: "" for the engine's own, or host or none. All of them are carried out in a
    ``fresh`` build, whatever the engine keeps of earlier ones.
    """

    dockerfile: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
    fresh: bool = False


def build_image(client: APIClient, build: Build, log: BuildLog) -> str:
    """Build and return the image's id (sha256:...). Raises ``BuildFailed`` with what the failing instruction said.

    When the log says to stop, the connection is closed, upon which the engine ends the instruction that runs.
    """
    session = Session(build.secrets)
    session.serve(*_hijacked(client, session))
    try:
        parameters = {
            "version": "2",
            "session": session.id,
            "dockerfile": DOCKERFILE,
            "rm": "1",
            "forcerm": "1",
            "buildargs": json.dumps(dict(build.arguments)),
            "labels": json.dumps(dict(build.labels)),
            "networkmode": build.network or "default",
            **({"nocache": "1"} if build.fresh else {}),
        }
        response = client._post(
            client._url("/build"),
            params=parameters,
            data=_context(build),
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=None,
        )
        client._raise_for_status(response)
        return _image(response, log)
    finally:
        session.close()


def events_of(response: Response, log: BuildLog) -> Iterator[dict[str, object]]:
    """What the engine tells, one document after the other, while the log may say to stop."""
    found: queue.SimpleQueue[bytes | BaseException | None] = queue.SimpleQueue()

    def read() -> None:
        try:
            rest = b""
            for block in response.iter_content(chunk_size=None):
                *lines, rest = (rest + bytes(block)).split(b"\n")
                for line in lines:
                    found.put(line)
            found.put(rest)
            found.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            found.put(error)

    raw = response.raw
    thread = threading.Thread(target=read, daemon=True, name="build log")
    thread.start()
    try:
        while True:
            log.check()
            try:
                line = found.get(timeout=0.2)
            except queue.Empty:
                continue
            if line is None:
                return
            if isinstance(line, BaseException):
                raise ConnectionError("the log broke off") from line
            if line.strip():
                yield dict(json.loads(line))
    finally:
        _cut(raw)
        thread.join(5)
        response.close()


def _cut(raw: object) -> None:
    """End the connection of an answer that may not have come to its end: reading it to its end could take for ever."""
    connection = getattr(raw, "_connection", None) or getattr(raw, "connection", None)
    sock = getattr(connection, "sock", None)
    if isinstance(sock, socket.socket):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _image(response: Response, log: BuildLog) -> str:
    trace = _Trace(log)
    image = ""
    for event in events_of(response, log):
        aux = event.get("aux")
        if event.get("id") == "moby.buildkit.trace" and isinstance(aux, str):
            trace.take(base64.b64decode(aux))
        elif event.get("id") == "moby.image.id" and isinstance(aux, dict):
            image = str(aux.get("ID", ""))
        elif "error" in event:
            trace.end()
            raise BuildFailed(_reason(str(event["error"]), trace.last))
    trace.end()
    if not image:
        raise BuildFailed("The engine of Docker ended the build without an image. Build again.")
    return image


class _Trace:
    """What the builder tells of its steps, as lines of a log."""

    def __init__(self, log: BuildLog) -> None:
        self._log = log
        self._seen: set[bytes] = set()
        self._cached: set[bytes] = set()
        self._failed: set[bytes] = set()
        self._rests: dict[bytes, bytes] = {}
        self.last: list[str] = []

    def take(self, status: bytes) -> None:
        """A report: its steps (1) and what they print (3)."""
        for number, data in fields(status):
            if number == 1:
                self._step(data)
            elif number == 3:
                self._print(data)

    def end(self) -> None:
        """Say what was printed without an end of the line."""
        for rest in self._rests.values():
            if rest:
                self._say(rest)
        self._rests = {}

    def _step(self, data: bytes) -> None:
        found = dict(fields(data))  # 1 digest, 3 name, 5 started, 7 error
        digest, name = found.get(1, b""), found.get(3, b"").decode("utf-8", "replace")
        if 5 in found and digest not in self._seen and not name.startswith("[internal]"):
            self._seen.add(digest)
            self._log.line(harmless(f"step       {' '.join(_OURS.sub('', name).split())}"))

    def _print(self, data: bytes) -> None:
        found = dict(fields(data))  # 1 step, 4 text
        step = found.get(1, b"")
        *lines, rest = (self._rests.get(step, b"") + found.get(4, b"")).split(b"\n")
        self._rests[step] = rest
        for line in lines:
            self._say(line)

    def _say(self, line: bytes) -> None:
        text = harmless(line.decode("utf-8", "replace").rpartition("\r")[2])
        self._log.line(text)
        if text.strip():
            self.last = [*self.last, text.strip()][-_LAST_LINES:]


def _reason(said: str, last: list[str]) -> str:
    cause = harmless(" ".join(said.split())).rstrip(".")
    printed = " ".join(" ".join(last).split())[-400:]
    cause = cause.partition(": runc did not terminate")[0][:600]
    return f"The image could not be built: {cause}" + (f" ({printed})." if printed else ".") + " See the log."


def _hijacked(client: APIClient, session: Session) -> tuple[socket.socket, io.BufferedReader]:
    """A connection that the engine has taken over, and its reader."""
    response = client._post(client._url("/session"), headers=session.headers, stream=True, timeout=None)
    if response.status_code != 101:
        client._raise_for_status(response)
        raise BuildFailed("This engine of Docker has no BuildKit, which lends secrets to a build. Upgrade it.")
    found = client._get_raw_response_socket(response)
    inner = getattr(found, "_sock", found)
    reader = getattr(getattr(response.raw, "_fp", None), "fp", None)
    if not isinstance(inner, socket.socket) or not isinstance(reader, io.BufferedReader):
        raise BuildFailed("Builds need an engine that is reached over a socket, not through ssh or a pipe.")
    return inner, reader


def _context(build: Build) -> bytes:
    """The folder of the build as a tar, equal bytes for equal content, so that the builder's cache holds."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data in sorted({**build.files, DOCKERFILE: build.dockerfile.encode()}.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()
