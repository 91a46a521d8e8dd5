"""Ctrl-C, in three strengths: it asks, then insists, then leaves.

While a verb reports its progress, the first Ctrl-C lets it stop at the next report, with its own tidying up; if
no report comes within a short while, or nothing reports at all, the interrupt is raised where the program stands.
A second Ctrl-C ends the process at once. All of these are safe: the store survives a kill at any instant.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from jupyter_repro.errors import Cancelled

PATIENCE_SECONDS = 2.0
"""How long a verb that reports progress may take to stop of its own."""


class _Stop:
    """What the user has asked for so far; one of these a process."""

    def __init__(self) -> None:
        self.asked = False
        self.reporting = 0


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
    """Say that the block calls ``check_stopped`` some times a second, so that Ctrl-C may wait for it."""
    _stop.reporting += 1
    try:
        yield
    finally:
        _stop.reporting -= 1


def check_stopped() -> None:
    """Raise ``Cancelled`` when the user has pressed Ctrl-C. Cheap; any thread may call it."""
    if _stop.asked:
        raise Cancelled("")


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    if _stop.asked:
        os._exit(130)
    _stop.asked = True
    if not _stop.reporting:
        raise KeyboardInterrupt
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
