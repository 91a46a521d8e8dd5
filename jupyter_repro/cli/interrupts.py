"""Ctrl-C, in three strengths: it asks, then insists, then leaves.

While a verb reports its progress, the first Ctrl-C lets it stop at the next report, with its own tidying up. When
it has not reported for a while, or does not soon enough, the interrupt is raised where the program stands. A second
Ctrl-C ends the process at once. All of these are safe: the store survives a kill at any instant.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from jupyter_repro.errors import Cancelled

PATIENCE_SECONDS = 2.0
"""So recent a report promises another one, and so long may it take to come."""


class _Stop:
    """What the user has asked for so far; one of these a process."""

    def __init__(self) -> None:
        self.asked = False
        self.reported = -PATIENCE_SECONDS


_stop = _Stop()


@contextmanager
def ctrl_c_stops() -> Iterator[None]:
    """Handle Ctrl-C as this module says while the block runs. Elsewhere than in the main thread it does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started in the background (`nohup`, `&`) with interrupts switched off: leave them off.
        yield
        return
    _stop.asked = False
    before = signal.signal(signal.SIGINT, _on_interrupt)
    alarm = signal.signal(signal.SIGALRM, _on_alarm)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, alarm)
        # On the way out one more Ctrl-C ends the process without another word.
        signal.signal(signal.SIGINT, signal.SIG_DFL if _stop.asked else before)


@contextmanager
def reporting() -> Iterator[None]:
    """Let Ctrl-C wait for the calls of ``check_stopped`` that the block makes some times a second."""
    try:
        yield
    finally:
        _stop.reported = -PATIENCE_SECONDS


def check_stopped() -> None:
    """Say that the work goes on. Raises ``Cancelled`` when the user has pressed Ctrl-C; any thread may call it."""
    _stop.reported = time.monotonic()
    if _stop.asked:
        raise Cancelled("")


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    if _stop.asked:
        os._exit(130)
    _stop.asked = True
    if time.monotonic() - _stop.reported > PATIENCE_SECONDS:
        raise KeyboardInterrupt
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
