"""Trying again when a store does not answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from jupyter_repro.errors import InvalidRequest, StoreUnreachable
from jupyter_repro.store.backends.protocol import Backend, Data, Listed

_LONGEST = 15.0

T = TypeVar("T")


class RetryingBackend:
    """``inner`` with patience: what raises ``StoreUnreachable`` is done up to ``attempts`` times in all.

    The pause before attempt *n + 1* is ``base_delay * 2 ** (n - 1)`` seconds, at most 15, shortened at random
    by up to the share ``jitter`` (0 to 1) of it, so that many clients do not come back together. Nothing is
    tried again once ``patience`` seconds have gone by, however few the attempts: a server that takes minutes
    to say nothing is not asked six times. No other error is tried again. ``sleep`` waits, ``chance`` draws
    from 0 to 1, and ``clock`` tells the time in seconds.

    When the answer to a ``put`` is lost, the second attempt finds the caller's own bytes in the way, and
    raises ``AlreadyExists`` like any other: whoever puts must read what is there and recognise its own, by
    the content (packs) or by a nonce in it (log records).
    """

    def __init__(
        self,
        inner: Backend,
        *,
        attempts: int = 6,
        base_delay: float = 0.25,
        jitter: float = 0.5,
        patience: float = 120.0,
        sleep: Callable[[float], object] = time.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if attempts < 1:
            raise InvalidRequest(f"{attempts} attempts are none. Give 1 or more.")
        # Patience does not multiply: one that has some already hands over what it stands before.
        self.inner: Backend = inner.inner if isinstance(inner, RetryingBackend) else inner
        self.url = inner.url
        self._attempts = attempts
        self._base = base_delay
        self._jitter = jitter
        self._patience = patience
        self._sleep = sleep
        self._chance = chance
        self._clock = clock

    def _pause(self, failed: int) -> None:
        """Wait after the attempt number ``failed``, counted from 1."""
        delay = min(_LONGEST, self._base * 2 ** (failed - 1))
        self._sleep(delay * (1 - self._jitter * self._chance()))

    def _persist(self, call: Callable[[], T]) -> T:
        begun = self._clock()
        for attempt in range(1, self._attempts):
            try:
                return call()
            except StoreUnreachable:
                if self._clock() - begun > self._patience:
                    raise
            self._pause(attempt)
        return call()

    def put(self, key: str, data: Data) -> None:
        """As ``Backend.put``; ``AlreadyExists`` can mean that an earlier attempt did it."""
        self._persist(lambda: self.inner.put(key, data))

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """As ``Backend.get``."""
        return self._persist(lambda: self.inner.get(key, start, length))

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        """As ``Backend.list``; a listing that breaks off goes on behind the last key that came."""
        failed, begun = 0, self._clock()
        while True:
            try:
                for item in self.inner.list(prefix, after):
                    after, failed = item.key, 0
                    yield item
                    begun = self._clock()
                return
            except StoreUnreachable:
                failed += 1
                if failed >= self._attempts or self._clock() - begun > self._patience:
                    raise
            self._pause(failed)

    def delete(self, key: str) -> None:
        """As ``Backend.delete``."""
        self._persist(lambda: self.inner.delete(key))

    def close(self) -> None:
        """Close ``inner``."""
        self.inner.close()
