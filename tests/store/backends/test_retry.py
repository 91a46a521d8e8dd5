"""When to try again, how long to wait, and what never to try twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_repro.errors import InvalidRequest, StoreError, StoreFull, StoreUnreachable
from jupyter_repro.store.backends import AlreadyExists, DirectoryBackend, KeyNotFound, Listed, RetryingBackend
from jupyter_repro.store.backends.protocol import Data


class Unsteady(DirectoryBackend):
    """A folder that fails its next calls with ``failures``; ``after`` they were carried out, when asked to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.failures: list[Exception] = []
        self.after = False
        self.calls = 0

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    def put(self, key: str, data: Data) -> None:
        self.calls += 1
        if self.after:
            super().put(key, data)
        self._fail()
        super().put(key, data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self.calls += 1
        self._fail()
        return super().get(key, start, length)

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        self.calls += 1
        for number, listed in enumerate(super().list(prefix, after)):
            if number == 2:
                self._fail()
            yield listed

    def delete(self, key: str) -> None:
        self.calls += 1
        self._fail()
        super().delete(key)


def away(times: int) -> list[Exception]:
    return [StoreUnreachable("away") for _ in range(times)]


@pytest.fixture
def inner(tmp_path: Path) -> Unsteady:
    return Unsteady(tmp_path / "store")


def test_every_operation_outlives_failures(inner: Unsteady) -> None:
    pauses: list[float] = []
    backend = RetryingBackend(inner, attempts=4, sleep=pauses.append)
    inner.failures = away(3)
    backend.put("a", b"x")
    inner.failures = away(3)
    assert backend.get("a") == b"x"
    inner.failures = away(3)
    backend.delete("a")
    assert len(pauses) == 9
    assert backend.url == inner.url


def test_the_last_failure_is_raised_as_it_is(inner: Unsteady) -> None:
    backend = RetryingBackend(inner, attempts=3, sleep=lambda _: None)
    inner.failures = [*away(2), StoreUnreachable("the last words")]
    with pytest.raises(StoreUnreachable, match="the last words"):
        backend.get("a")
    assert inner.calls == 3


def test_one_attempt_is_no_retry(inner: Unsteady) -> None:
    pauses: list[float] = []
    inner.failures = away(1)
    with pytest.raises(StoreUnreachable):
        RetryingBackend(inner, attempts=1, sleep=pauses.append).get("a")
    assert pauses == []
    with pytest.raises(InvalidRequest):
        RetryingBackend(inner, attempts=0)


@pytest.mark.parametrize("error", [StoreError("broken"), StoreFull("full"), KeyNotFound("a"), AlreadyExists("a")])
def test_what_is_final_is_not_tried_again(inner: Unsteady, error: Exception) -> None:
    pauses: list[float] = []
    inner.failures = [error]
    with pytest.raises(type(error)):
        RetryingBackend(inner, sleep=pauses.append).get("a")
    assert pauses == []
    assert inner.calls == 1


def test_pauses_double_up_to_a_bound(inner: Unsteady) -> None:
    pauses: list[float] = []
    inner.failures = away(9)
    with pytest.raises(StoreUnreachable):
        RetryingBackend(inner, attempts=9, base_delay=0.5, jitter=0.0, sleep=pauses.append).get("a")
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


@pytest.mark.parametrize(("chance", "expected"), [(0.0, [1.0, 2.0]), (0.5, [0.75, 1.5]), (1.0, [0.5, 1.0])])
def test_jitter_only_shortens(inner: Unsteady, chance: float, expected: list[float]) -> None:
    pauses: list[float] = []
    inner.failures = away(3)
    backend = RetryingBackend(inner, attempts=3, base_delay=1.0, jitter=0.5, sleep=pauses.append, chance=lambda: chance)
    with pytest.raises(StoreUnreachable):
        backend.get("a")
    assert pauses == expected


def test_a_put_that_worked_but_did_not_say_so_raises_already_exists(inner: Unsteady) -> None:
    backend = RetryingBackend(inner, sleep=lambda _: None)
    inner.after, inner.failures = True, away(1)
    with pytest.raises(AlreadyExists):
        backend.put("log/1", b"with my nonce")
    assert backend.get("log/1") == b"with my nonce"


def test_a_listing_goes_on_where_it_broke_off(inner: Unsteady) -> None:
    names = [f"log/{number}" for number in range(8)]
    for name in names:
        inner.put(name, b"")
    inner.calls = 0
    inner.failures = away(3)
    pauses: list[float] = []
    backend = RetryingBackend(inner, attempts=2, jitter=0.0, base_delay=1.0, sleep=pauses.append)
    # Each attempt gets further, so two are enough each time, and the pauses do not grow.
    assert [listed.key for listed in backend.list("log/")] == names
    assert pauses == [1.0, 1.0, 1.0]
    assert inner.calls == 4


def test_a_listing_that_gets_nowhere_ends(tmp_path: Path) -> None:
    class Silent(DirectoryBackend):
        def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
            raise StoreUnreachable("away")

    pauses: list[float] = []
    with pytest.raises(StoreUnreachable):
        list(RetryingBackend(Silent(tmp_path), attempts=4, sleep=pauses.append).list(""))
    assert len(pauses) == 3


def test_patience_ends_before_the_attempts_when_each_takes_long(inner: Unsteady) -> None:
    pauses: list[float] = []
    time = iter([0.0, 70.0, 140.0])  # the start, and the end of each attempt
    inner.failures = away(6)
    with pytest.raises(StoreUnreachable):
        RetryingBackend(inner, patience=120.0, sleep=pauses.append, clock=lambda: next(time)).get("a")
    assert inner.calls == 2
    assert len(pauses) == 1


def test_retries_around_retries_do_not_multiply(inner: Unsteady) -> None:
    inner.failures = away(9)
    backend = RetryingBackend(RetryingBackend(inner, attempts=3), attempts=3, sleep=lambda _: None)
    with pytest.raises(StoreUnreachable):
        backend.get("a")
    assert inner.calls == 3


def test_closing_closes_the_inner_one(inner: Unsteady, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(inner, "close", lambda: closed.append(True))
    RetryingBackend(inner).close()
    assert closed == [True]
