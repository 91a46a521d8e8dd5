"""Long work tells how far it is, also within one large file, and how much there is to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_repro import progress, verbs
from jupyter_repro.progress import Progress
from jupyter_repro.workspace import scan
from tests.support import scratch
from tests.support.strategies import bytes_of

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def every_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "INTERVAL_SECONDS", 0.0)
    monkeypatch.setattr(scan, "_WORTH_COUNTING", 8 * MIB)


def told(work: Callable[[progress.OnProgress], object], phase: str) -> list[Progress]:
    """What ``work`` told of one phase."""
    seen: list[Progress] = []
    work(seen.append)
    return [moment for moment in seen if moment.phase == phase]


def steps(moments: list[Progress]) -> list[int]:
    return [moment.bytes for moment in moments]


def test_reading_and_writing_a_large_file_is_told_as_it_goes() -> None:
    with scratch.scratch() as place:
        large, small = place.work / "large.bin", place.work / "small.txt"
        large.write_bytes(bytes_of(1, 20 * MIB))
        small.write_bytes(b"small")
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as ws:
            first = told(lambda report: verbs.checkpoint(ws, "first", on_progress=report), "store")
            assert {(moment.total_files, moment.total_bytes) for moment in first} == {(2, 20 * MIB + 5)}
            assert len(set(steps(first))) >= 4
            assert steps(first) == sorted(steps(first))
            assert first[-1].bytes == 20 * MIB + 5

            large.write_bytes(bytes_of(2, 16 * MIB))
            second = told(lambda report: verbs.checkpoint(ws, "second", on_progress=report), "store")
            assert second[0].total_bytes is not None
            assert 16 * MIB <= second[0].total_bytes <= 16 * MIB + 5, "the small file may still be too young to trust"
            assert len(set(steps(second))) >= 3

            back = told(lambda report: verbs.restore(ws, "@~1", on_progress=report), "write")
            assert {(moment.total_files, moment.total_bytes) for moment in back} == {(1, 20 * MIB)}
            assert len(set(steps(back))) >= 4
            assert back[-1].bytes == 20 * MIB
            assert large.read_bytes() == bytes_of(1, 20 * MIB)


def test_a_cancelled_checkpoint_of_a_large_file_stops_in_the_middle_of_it() -> None:
    from jupyter_repro.errors import Cancelled

    def stop(moment: Progress) -> None:
        if moment.bytes >= 8 * MIB:
            raise Cancelled("")

    with scratch.scratch() as place:
        Path(place.work / "large.bin").write_bytes(bytes_of(1, 40 * MIB))
        verbs.init(place.work)
        with verbs.open_workspace(place.work) as ws:
            with pytest.raises(Cancelled):
                verbs.checkpoint(ws, "first", on_progress=stop)
            assert not verbs.log(ws)
            assert verbs.checkpoint(ws, "again").created


def test_many_small_files_are_counted_once_reading_them_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch.workspace() as (place, ws):
        for number in range(3):
            (place.work / f"{number}.txt").write_text(str(number))
        quick = told(lambda report: verbs.checkpoint(ws, on_progress=report), "store")
        assert {moment.total_files for moment in quick} == {None}
    monkeypatch.setattr(scan, "_COUNT_AFTER_SECONDS", -1.0)
    with scratch.workspace() as (place, ws):
        for number in range(3):
            (place.work / f"{number}.txt").write_text(str(number))
        slow = told(lambda report: verbs.checkpoint(ws, on_progress=report), "store")
        assert [(moment.files, moment.total_files) for moment in slow] == [(1, 3), (2, 3), (3, 3)]
