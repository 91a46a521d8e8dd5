"""What runs in a worker process: reads orders from standard input, does one at a time, reports on standard output.

To the worker:    {"order": id, "job": name, "arguments": {...}}   {"cancel": id}
From the worker:  {"order": id, "progress": {...}}   {"order": id, "result": {...}}   {"order": id, "failure": {...}}

When standard input ends the server is gone or done: what is under way is cancelled at its next safe point.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from typing import TextIO

from jupyter_repro.api.problems import failure_of
from jupyter_repro.errors import Cancelled
from jupyter_repro.progress import Progress

_REPORT_SECONDS = 0.1


class _Orders:
    """Orders as they come in, and which of them were called off."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._waiting: queue.SimpleQueue[Mapping[str, object] | None] = queue.SimpleQueue()
        self._cancelled: set[object] = set()
        self._ended = threading.Event()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def next(self) -> Mapping[str, object] | None:
        return self._waiting.get()

    def cancelled(self, order: object) -> bool:
        return self._ended.is_set() or order in self._cancelled

    def _listen(self) -> None:
        for line in self._source:
            message = json.loads(line)
            if "cancel" in message:
                self._cancelled.add(message["cancel"])
            else:
                self._waiting.put(message)
        self._ended.set()
        self._waiting.put(None)


class _Reports:
    """Writes messages to the server; progress at most ten times a second."""

    def __init__(self, sink: TextIO) -> None:
        self._sink = sink
        self._last = 0.0
        self._phase = ""

    def send(self, message: Mapping[str, object]) -> None:
        self._sink.write(json.dumps(message) + "\n")
        self._sink.flush()

    def progress(self, order: object, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_SECONDS or progress.phase != self._phase:
            self._last, self._phase = now, progress.phase
            self.send({"order": order, "progress": asdict(progress)})


def main() -> int:
    """Work until standard input ends."""
    # Whoever stops the server stops it, not its workers: the checkpoint at stop still needs one.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    # Nothing that a library prints may end up between the messages.
    sink = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    orders = _Orders(sys.stdin)
    reports = _Reports(sink)
    try:
        while (message := orders.next()) is not None:
            _carry_out(message, orders, reports)
    except BrokenPipeError:
        return 0
    return 0


def _carry_out(message: Mapping[str, object], orders: _Orders, reports: _Reports) -> None:
    from jupyter_repro.api.work.jobs import job_named

    order = message["order"]

    def on_progress(progress: Progress) -> None:
        if orders.cancelled(order):
            raise Cancelled("Stopped, as you asked. Everything before it is whole.")
        reports.progress(order, progress)

    try:
        arguments = message["arguments"]
        if not isinstance(arguments, dict):
            raise TypeError("the arguments of an order are an object")
        on_progress(Progress("start"))
        reports.send({"order": order, "result": job_named(str(message["job"]))(arguments, on_progress)})
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the server hears of every failure, and this process lives on
        failure = failure_of(error)
        if failure.status >= 500:
            traceback.print_exc()
        told = {"status": failure.status, "code": failure.code, "message": failure.message}
        reports.send({"order": order, "failure": told})


if __name__ == "__main__":
    sys.exit(main())
