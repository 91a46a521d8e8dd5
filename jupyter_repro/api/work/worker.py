"""The server's end of a worker process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping

from jupyter_repro.api.problems import Failure, RequestRefused, refuse

OnProgress = Callable[[Mapping[str, object]], None]

_LOST = "The worker process ended unexpectedly ({}): out of memory, perhaps. What was saved before is whole; try again."


class Worker:
    """One worker process, which does one order at a time. All methods belong to the event loop's thread."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._order: str | None = None
        self._answer: asyncio.Future[dict[str, object]] | None = None
        self._on_progress: OnProgress | None = None
        self._gone = asyncio.Event()
        # A directory of the user's on the module path could hold a json.py: the worker starts where none is.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_repro.api.work.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=os.path.abspath(os.sep),
            env={**os.environ, **environment, "PYTHONSAFEPATH": "1"},
            start_new_session=True,
        )
        threading.Thread(target=self._listen, name=f"worker {self._process.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """It can be given an order."""
        return not self._gone.is_set()

    async def carry_out(
        self, order: str, job: str, arguments: Mapping[str, object], on_progress: OnProgress
    ) -> dict[str, object]:
        """Have ``job`` done. Returns its result; raises ``RequestRefused`` with the failure it ended with."""
        if not self.alive:
            raise refuse(500, _LOST.format("it was idle"), "worker_lost")
        self._order, self._on_progress = order, on_progress
        self._answer = self._loop.create_future()
        try:
            # A pipe holds 64 KiB, and a worker that has just been started reads nothing for a while: a thread waits.
            await self._loop.run_in_executor(None, self._send, {"order": order, "job": job, "arguments": arguments})
            return await self._answer
        finally:
            self._order = self._answer = self._on_progress = None

    def cancel(self, order: str) -> None:
        """Ask for the end of ``order`` at its next safe point."""
        if self._order == order:
            # Behind an order that is still being written, if need be.
            self._loop.run_in_executor(None, self._send, {"cancel": order})

    def dismiss(self) -> None:
        """Let it finish what it does and go."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    async def gone(self, seconds: float) -> bool:
        """Wait for its end, at most so long."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._gone.wait(), seconds)
        return self._gone.is_set()

    def kill(self) -> None:
        """End it at once. Whatever it wrote so far is never half: that is the store's promise."""
        self._process.kill()

    def _send(self, message: Mapping[str, object]) -> None:
        if self._process.stdin is not None:
            # A worker that has just died is reported by the listening thread.
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
                self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._post(self._received, json.loads(line))
        code = self._process.wait()
        self._post(self._lost, code)

    def _post(self, function: Callable[..., None], *arguments: object) -> None:
        # The loop may be closed already when the server stops.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)

    def _received(self, message: Mapping[str, object]) -> None:
        if message.get("order") != self._order or self._answer is None or self._answer.done():
            return
        if isinstance(progress := message.get("progress"), dict):
            if self._on_progress is not None:
                self._on_progress(progress)
        elif isinstance(failure := message.get("failure"), dict):
            self._answer.set_exception(
                RequestRefused(Failure(int(failure["status"]), str(failure["code"]), str(failure["message"])))
            )
        elif isinstance(result := message.get("result"), dict):
            self._answer.set_result(result)

    def _lost(self, code: int) -> None:
        self._gone.set()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(refuse(500, _LOST.format(f"code {code}"), "worker_lost"))
