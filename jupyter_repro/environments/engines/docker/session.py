"""The session of a build: the builder asks for a secret when an instruction needs it, and we answer.

The engine takes over a connection of ours and speaks gRPC over it, in which it is the client. Two calls are answered:
one for a secret, and one that asks whether we are still there.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_repro.environments.engines.docker.messages import fields, message

if TYPE_CHECKING:
    from h2.connection import H2Connection

_SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"
_HEALTH = "/grpc.health.v1.Health/Check"
_NOT_FOUND, _UNIMPLEMENTED = "5", "12"


class Session:
    """Answers for one build, in a thread of its own, until it is closed. ``secrets`` are what may be asked for."""

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self.id = os.urandom(16).hex()
        self._secrets = secrets
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What the request that opens the session says."""
        return {
            "Connection": "Upgrade",
            "Upgrade": "h2c",
            "X-Docker-Expose-Session-Uuid": self.id,
            "X-Docker-Expose-Session-Name": "jupyter-repro",
            "X-Docker-Expose-Session-Sharedkey": "",
            "X-Docker-Expose-Session-Grpc-Method": _SECRET,
        }

    def serve(self, connection: socket.socket, reader: io.BufferedReader) -> None:
        """Begin to answer on a connection that was taken over.

        ``reader`` is the one that read its first answer, and may have read more than that already.
        """
        connection.settimeout(None)
        self._socket = connection
        arguments = (connection, reader)
        self._thread = threading.Thread(target=self._answer, args=arguments, daemon=True, name="build session")
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        if self._thread is not None:
            self._thread.join(5)

    def _answer(self, connection: socket.socket, reader: io.BufferedReader) -> None:
        from h2.config import H2Configuration
        from h2.connection import H2Connection
        from h2.exceptions import ProtocolError

        http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        http.initiate_connection()
        calls = _Calls(http, self._secrets)
        # A reader that was closed under us raises ValueError.
        with contextlib.suppress(OSError, ValueError, ProtocolError):
            connection.sendall(http.data_to_send())
            while data := reader.read1(65536):
                calls.receive(data)
                connection.sendall(http.data_to_send())


class _Calls:
    """The calls of one connection."""

    def __init__(self, http: H2Connection, secrets: Mapping[str, bytes]) -> None:
        self._http = http
        self._secrets = secrets
        self._paths: dict[int, str] = {}
        self._bodies: dict[int, bytearray] = {}
        self._waiting: dict[int, bytes] = {}

    def receive(self, data: bytes) -> None:
        """Take in bytes of the connection, and answer the calls that are complete."""
        from h2 import events

        for event in self._http.receive_data(data):
            if isinstance(event, events.RequestReceived):
                self._paths[event.stream_id] = _path(event.headers)
                self._bodies[event.stream_id] = bytearray()
            elif isinstance(event, events.DataReceived):
                self._bodies.setdefault(event.stream_id, bytearray()).extend(event.data)
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, events.StreamEnded):
                self._call(event.stream_id)
            elif isinstance(event, events.StreamReset):
                self._waiting.pop(event.stream_id, None)
        self._send()

    def _call(self, stream: int) -> None:
        path, body = self._paths.pop(stream, ""), bytes(self._bodies.pop(stream, b""))[5:]
        if path == _HEALTH:
            self._reply(stream, message({1: 1}))
        elif path == _SECRET:
            name = next((bytes(value).decode("utf-8", "replace") for key, value in fields(body) if key == 1), "")
            secret = self._secrets.get(name)
            if secret is None:
                self._fail(stream, _NOT_FOUND, "there is no such secret")
            else:
                self._reply(stream, message({1: secret}))
        else:
            self._fail(stream, _UNIMPLEMENTED, "unknown call")

    def _reply(self, stream: int, answer: bytes) -> None:
        self._http.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        self._waiting[stream] = b"\0" + len(answer).to_bytes(4, "big") + answer

    def _fail(self, stream: int, status: str, reason: str) -> None:
        said = [(":status", "200"), ("content-type", "application/grpc")]
        self._http.send_headers(stream, [*said, ("grpc-status", status), ("grpc-message", reason)], end_stream=True)

    def _send(self) -> None:
        """Send as much of the answers as the other side takes at present."""
        for stream, answer in list(self._waiting.items()):
            rest = answer
            while rest:
                most = min(self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size)
                if most <= 0:
                    break
                self._http.send_data(stream, rest[:most])
                rest = rest[most:]
            self._waiting[stream] = rest
            if not rest:
                self._http.send_headers(stream, [("grpc-status", "0")], end_stream=True)
                del self._waiting[stream]


def _path(headers: Iterable[tuple[str | bytes, str | bytes]]) -> str:
    """The call that a request is."""
    found = next((value for name, value in headers if name in (":path", b":path")), "")
    return found if isinstance(found, str) else found.decode("utf-8", "replace")
