"""The executable under a tracer: killed, or out of space, at system calls that SQLite and the C library make too.

Each case is one process of ``jupyter-repro``: an ordinary run takes some of the calls, a nightly one all.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.places import Case, check_whole, made_ready
from tests.faults.scenarios import SCENARIOS
from tests.support.profile import spread

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

CHANGING = (
    "write,pwrite64,writev,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,"
    "symlink,symlinkat,ftruncate,fchmod,utimensat,fallocate,flock,fcntl,openat"
)
GROWING = ("write", "pwrite64", "fsync", "link", "linkat", "mkdir", "mkdirat", "ftruncate", "fallocate", "symlinkat")
COMMANDS = {
    "checkpoint": ("checkpoint", "-m", "interrupted"),
    "restore": ("restore", "v1"),
    "switch": ("switch", "old"),
    "recreate": ("recreate", "v1", "../beside"),
    "purge": ("purge", "secret", "--reason", "a test", "--yes"),
}
MOST = {"checkpoint": 30, "restore": 16, "switch": 8, "recreate": 8, "purge": 8}
EXECUTABLE = Path(sysconfig.get_path("scripts")) / "jupyter-repro"
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
SECRET = frozenset({b"not for the history"})


@dataclass(frozen=True)
class Done:
    """How one traced command ended: its exit code (negative: the signal), what it said, its calls by thread."""

    code: int
    said: str
    calls: list[tuple[str, str, str]]


def traced(case: Case, name: str, log: Path, *rules: str) -> Done:
    """Run the command of a scenario under the tracer."""
    tracer = ["strace", "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={CHANGING}"]
    injected = [word for rule in rules for word in ("-e", f"inject={rule}")]
    done = subprocess.run(
        [*tracer, *injected, sys.executable, str(EXECUTABLE), *COMMANDS[name]],
        cwd=case.place.work,
        env={**case.place.environment(), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    calls = []
    for line in log.read_text(errors="surrogateescape").splitlines():
        match = re.match(r"(\d+) +(\w+)\((.*)", line)
        if match:
            calls.append((match[1], match[2], match[3]))
    return Done(done.returncode, done.stderr, calls)


def points(case: Case, done: Done) -> list[tuple[str, int]]:
    """Each call that touches the place, as the name of the call and its number in its thread."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, int], None] = {}
    for thread, name, text in done.calls:
        seen[thread, name] += 1
        if str(case.place.base) in text:
            found[name, seen[thread, name]] = None
    return list(found)


def purged_in(name: str) -> frozenset[bytes]:
    return SECRET if name == "purge" else frozenset()


@pytest.fixture(scope="module", params=COMMANDS)
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    """A scenario on the real disk, and its name."""
    with made_ready(SCENARIOS[request.param], on=tmp_path_factory.mktemp("disk")) as case:
        yield request.param, case


def test_a_kill_at_any_system_call_leaves_every_commit_whole(ready: tuple[str, Case], tmp_path: Path) -> None:
    name, case = ready
    case.reset()
    whole = traced(case, name, tmp_path / "log")
    assert whole.code == 0, whole.said
    check_whole(case, purged=purged_in(name))
    cases = points(case, whole)
    assert {"fsync", "openat"} <= {call for call, _ in cases}
    killed = 0
    for call, number in spread(cases, MOST[name], name):
        case.reset()
        done = traced(case, name, tmp_path / "log", f"{call}:signal=KILL:when={number}")
        assert done.code in (0, *KILLED), done.said
        killed += done.code in KILLED
        with_note(lambda: check_whole(case, purged=purged_in(name)), f"killed at {call} number {number}")
    # Threads take turns as they like, so now and then a call has no such number.
    assert killed >= 0.7 * min(MOST[name], len(cases))


def test_a_disk_full_at_any_system_call_leaves_every_commit_whole(ready: tuple[str, Case], tmp_path: Path) -> None:
    name, case = ready
    case.reset()
    cases = [point for point in points(case, traced(case, name, tmp_path / "log")) if point[0] in GROWING]
    failed = 0
    for call, number in spread(cases, MOST[name] // 2, name):
        case.reset()
        done = traced(case, name, tmp_path / "log", f"{call}:error=ENOSPC:when={number}+")
        said = f"no space from {call} number {number} on: {done.said}"
        assert done.code in (0, 1), said
        failed += done.code
        assert "Traceback" not in done.said, said
        assert "unexpected" not in done.said, said
        if done.code == 1 and call != "write":  # that one keeps it from saying anything
            assert re.search(r"space|full", done.said, re.IGNORECASE), said
        with_note(lambda: check_whole(case, purged=purged_in(name)), said)
    assert failed


def with_note(check: object, note: str) -> None:
    """Say with a failure in which case it was."""
    assert callable(check)
    try:
        check()
    except BaseException as failure:
        failure.add_note(note)
        raise


# -- what is durable when ------------------------------------------------------------------------


def test_nothing_is_named_before_it_is_durable(tmp_path: Path) -> None:
    """A power cut takes what was not flushed: so what a name leads to is flushed before the name is given."""
    with made_ready(SCENARIOS["restore"], on=tmp_path) as case:
        case.reset()
        done = traced(case, "restore", tmp_path / "log", "getpid:retval=1")
        assert done.code == 0, done.said
        work, store = str(case.place.work), "/store/"
        flushed: set[str] = set()
        unflushed_names: dict[str, str] = {}  # directory -> a name in it that a power cut could take
        records = touched = 0
        journal = False
        for _, name, text in done.calls:
            paths = re.findall(r'"([^"]*)"', text)
            fd = re.match(r"\d+<([^>]*)>", text)
            if name in ("fsync", "fdatasync") and fd:
                flushed.add(fd[1])
                unflushed_names.pop(fd[1], None)
            elif name in ("link", "linkat") and len(paths) >= 2 and store in paths[-1]:
                assert paths[0] in flushed, f"{paths[0]} got the name {paths[-1]} before it was on the disk"
                if "/log/" in paths[-1]:
                    records += 1
                    waiting = [path for path in unflushed_names if store in path]
                    assert not waiting, f"a record was named while {waiting} could still be lost"
                unflushed_names[os.path.dirname(paths[-1])] = paths[-1]
            elif name.startswith("rename") and len(paths) >= 2 and paths[-1].endswith(("state.json", "journal")):
                assert paths[0] in flushed, f"{paths[-1]} was replaced by what was not on the disk"
                unflushed_names[os.path.dirname(paths[-1])] = paths[-1]
                journal = journal or paths[-1].endswith("journal")
            elif name.startswith(("rename", "unlink", "symlink")) and f"<{work}" in text:
                touched += 1
                assert journal, f"{text} before the plan was written down"
                waiting = [path for path in unflushed_names.values() if path.endswith("journal") or store in path]
                assert not waiting, f"{text} while {waiting} could still be lost"
        assert records >= 2
        assert touched
