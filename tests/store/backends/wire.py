"""Servers between a client and what it wants: a proxy that breaks connections, and one that only says no."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes between its own port and a server; ``cut`` says what it does to the next connections.

    ``"refuse"``: hang up at once. ``"answer"``: pass the request on, wait for the server's answer, and hang up
    instead of delivering it. ``"middle"``: deliver the first part of the answer only. ``times`` counts down.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        assert parts.hostname is not None
        assert parts.port is not None
        self._upstream = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = ""
        self.times = 0
        self.connections = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def break_next(self, how: str, times: int = 1) -> None:
        with self._lock:
            self.cut, self.times = how, times

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _take(self, *kinds: str) -> str:
        with self._lock:
            if self.times > 0 and self.cut in kinds:
                self.times -= 1
                return self.cut
        return ""

    def _serve(self, client: socket.socket) -> None:
        self.connections += 1
        with client, contextlib.suppress(OSError):
            if self._take("refuse"):
                return
            with socket.create_connection(self._upstream) as server:
                up = threading.Thread(target=self._pass_up, args=(client, server), daemon=True)
                up.start()
                while data := server.recv(65536):
                    cut = self._take("answer", "middle")
                    if cut == "middle":
                        client.sendall(data[: max(1, len(data) // 2)])
                    if cut:
                        break
                    client.sendall(data)
                # Closing alone would say nothing while the other thread still reads.
                client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _pass_up(client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)


@contextmanager
def proxy_to(upstream: str) -> Iterator[Proxy]:
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()


@contextmanager
def answering(status: int, code: str) -> Iterator[str]:
    """The endpoint of a server that answers every request with this status and S3 error code ("": no body).

    For answers that no real server can be brought to give.
    """
    body = f"<Error><Code>{code}</Code><Message>m</Message></Error>" if code else ""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> str:
    """An endpoint at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
