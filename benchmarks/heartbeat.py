"""A server extension that beats every few milliseconds in the event loop, and tells the longest silence.

``GET /heartbeat`` answers with the longest time between two beats since the last such call, in milliseconds, and how
much of it the process was at work: the rest it waited, for a disk or for a processor that others had.
"""

from __future__ import annotations

import json
import time

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from tornado import web
from tornado.ioloop import PeriodicCallback

EVERY_MS = 2.0


class Heart:
    """Remembers when it last beat."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()
        self._longest = 0.0, 0.0

    def beat(self) -> None:
        now = time.perf_counter(), time.process_time()
        self._longest = max(self._longest, (now[0] - self._last[0], now[1] - self._last[1]))
        self._last = now

    def told(self) -> tuple[float, float]:
        """The longest silence in seconds, and the processor time in it; counting begins anew."""
        self.beat()
        longest, self._longest = self._longest, (0.0, 0.0)
        return longest


class HeartbeatHandler(JupyterHandler):
    """Tells."""

    def initialize(self, heart: Heart) -> None:
        self._heart = heart

    @web.authenticated
    def get(self) -> None:
        longest, working = self._heart.told()
        self.finish(json.dumps({"longest_ms": longest * 1000, "working_ms": working * 1000}))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "heartbeat"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    heart = Heart()
    PeriodicCallback(heart.beat, EVERY_MS).start()
    app.web_app.add_handlers(".*$", [(f"{app.base_url}heartbeat", HeartbeatHandler, {"heart": heart})])
