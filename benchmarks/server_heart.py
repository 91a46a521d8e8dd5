"""A heart that beats on the event loop of a Jupyter server, as a server extension of its own.

``GET {base_url}heartbeat`` tells of the longest pause between two beats since it was last asked: in seconds, and how
much processor time the loop's thread and the whole process took in it. A loop that is blocked by work shows in the
processor time; one that did not get the processor, on a busy machine, does not.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado import web

INTERVAL = 0.005


@dataclass
class Pause:
    """The time between two beats, beyond the one that is meant: on the clock, of the thread, of the process."""

    seconds: float = 0.0
    thread: float = 0.0
    process: float = 0.0


class Heart:
    """Beats as long as the loop runs."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was."""
        self.longest, self.busiest, self.beats = Pause(), Pause(), 0

    async def beat(self) -> None:
        """Note each pause."""
        while True:
            before = time.perf_counter(), time.thread_time(), time.process_time()
            await asyncio.sleep(INTERVAL)
            after = time.perf_counter(), time.thread_time(), time.process_time()
            pause = Pause(after[0] - before[0] - INTERVAL, after[1] - before[1], after[2] - before[2])
            self.beats += 1
            self.longest = max(self.longest, pause, key=lambda each: each.seconds)
            self.busiest = max(self.busiest, pause, key=lambda each: each.thread)


class HeartbeatHandler(JupyterHandler):
    """Tells, and begins anew."""

    def initialize(self, heart: Heart) -> None:
        """``heart`` is the one of this server."""
        self._heart = heart

    @web.authenticated
    async def get(self) -> None:
        """What was since the last time."""
        heart = self._heart
        self.write(
            json.dumps({"longest": asdict(heart.longest), "busiest": asdict(heart.busiest), "beats": heart.beats})
        )
        heart.clear()


def _load_jupyter_server_extension(app: ServerApp) -> None:
    heart = Heart()
    address = url_path_join(app.web_app.settings["base_url"], "heartbeat")
    app.web_app.add_handlers(".*$", [(address, HeartbeatHandler, {"heart": heart})])
    app.io_loop.add_callback(heart.beat)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "server_heart"}]
