"""Ctrl-C at any moment once the command is at work: exit code 130 (or 0, when it was too late to matter), one
sentence, and a whole history."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.places import Case, check_whole, made_ready
from tests.faults.scenarios import SCENARIOS
from tests.faults.test_system_calls import COMMANDS, Done, purged_in, traced, with_note
from tests.support.profile import spread

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

MOST = {"checkpoint": 20, "restore": 12, "switch": 6, "recreate": 8, "purge": 4}
STOPPED = 130


@pytest.fixture(scope="module", params=COMMANDS)
def ready(request: pytest.FixtureRequest) -> Iterator[tuple[str, Case]]:
    with made_ready(SCENARIOS[request.param]) as case:
        yield request.param, case


def at_work(case: Case, done: Done) -> list[tuple[str, int]]:
    """The calls of the main thread since it first named a file of ours: each call, and its number in the thread.

    Before that the interpreter is only starting, and what Ctrl-C does then is not for us to say.
    """
    mine = [(call, text) for thread, call, text in done.calls if thread == done.calls[0][0]]
    began = next(place for place, (_, text) in enumerate(mine) if f'"{case.place.base}' in text)
    return [
        (call, sum(other == call for other, _ in mine[: at + 1])) for at, (call, _) in enumerate(mine) if at >= began
    ]


def test_an_interrupt_at_any_system_call_is_clean(ready: tuple[str, Case], tmp_path: Path) -> None:
    name, case = ready
    case.reset()
    whole = traced(case, name, tmp_path / "log")
    assert whole.code == 0, whole.said
    stopped = 0
    for call, number in spread(at_work(case, whole), MOST[name], name):
        case.reset()
        done = traced(case, name, tmp_path / "log", f"{call}:signal=INT:when={number}")
        said = f"interrupted at {call} number {number}: {done.said}"
        assert done.code in (0, STOPPED), said
        assert "Traceback" not in done.said, said
        if done.code == STOPPED:
            stopped += 1
            assert re.search("nothing was lost|stopped", done.said), said
        with_note(lambda: check_whole(case, purged=purged_in(name)), said)
    assert stopped
