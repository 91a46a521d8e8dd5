"""The bar appears on a terminal when work takes a while, and nowhere else; Ctrl-C ends a command cleanly."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import LONGEST_WAIT, terminal

if TYPE_CHECKING:
    from tests.conftest import Repro

WORK = """
import sys
from jupyter_repro.cli import progress
from jupyter_repro.cli.interrupts import ctrl_c_stops
from jupyter_repro.progress import Progress
progress.WAIT_SECONDS = 0
with ctrl_c_stops(), progress.watched() as report:
    report(Progress("store", 1204, 3000, 512 * 1024, 2048 * 1024))
    print("reported", "rich" in sys.modules, flush=True)
    for _ in sys.stdin:
        report(Progress("write", 7, None, 0, None))
        print("again", flush=True)
print("done")
"""


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_bar_tells_how_far_and_how_long_and_goes_away() -> None:
    with terminal([sys.executable, "-c", WORK]) as work:
        work.wait_for(r"Storing.*1,204/3,000 files  512 KiB/2\.00 MiB")
        work.type("\n")
        work.wait_for("Writing")
        work.type("\x04")
        assert work.finish() == 0
        assert "\x1b[2K" in work.seen  # the line is wiped at the end
        assert work.seen.rstrip().endswith("done")


def test_a_pipe_sees_no_bar_and_never_imports_it() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], input="", capture_output=True, text=True, check=True)
    assert done.stdout == "reported False\ndone\n"
    assert done.stderr == ""


def test_the_rate_is_told_once_it_means_something() -> None:
    from jupyter_repro.cli.progress import _amount
    from jupyter_repro.progress import Progress

    assert _amount(Progress("store", 10, 20, 0, None), 0.1) == "10/20 files"
    assert _amount(Progress("store", 4000, None, 0, None), 2.0) == "4,000 files  2,000 files/s"
    assert _amount(Progress("store", 0, None, 20 * 1024**2, None), 2.0) == "20.0 MiB  10.0 MiB/s"


def _waits_for_the_workspace(process: subprocess.Popen[bytes], lock: Path) -> bool:
    assert process.poll() is None
    names = Path(f"/proc/{process.pid}/fd")
    try:
        return any(os.readlink(name) == str(lock) for name in names.iterdir())
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["people", "machines"])
def test_ctrl_c_ends_a_waiting_command_with_one_sentence(repro: Repro, data_home: Path, flags: tuple[str, ...]) -> None:
    made = repro.json("init")
    (repro.cwd / "a").write_text("a")
    lock = data_home / "repro" / "workspaces" / str(made["workspace"]) / "lock"
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [repro.executable, "checkpoint", *flags], cwd=repro.cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        _until(lambda: _waits_for_the_workspace(process, lock))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONGEST_WAIT)
    assert (process.returncode, out) == (130, b"")
    assert err == b"jupyter-repro: stopped; nothing was lost: everything up to the last checkpoint is whole.\n"
    assert repro.json("checkpoint")["created"] is True


def test_a_command_that_waits_for_another_one_says_so(repro: Repro, data_home: Path) -> None:
    made = repro.json("init")
    (repro.cwd / "a").write_text("a")
    lock = data_home / "repro" / "workspaces" / str(made["workspace"]) / "lock"
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with terminal([repro.executable, "checkpoint"], cwd=repro.cwd) as work:
            work.wait_for("Waiting for another command in this workspace")
            fcntl.flock(held, fcntl.LOCK_UN)
            assert work.finish() == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_ctrl_c_in_the_middle_of_storing_loses_nothing(repro: Repro, data_home: Path) -> None:
    repro("init")
    (repro.cwd / "small").write_text("kept")
    first = repro.json("checkpoint")["commit"]
    with (repro.cwd / "large").open("wb") as file:
        for _ in range(256):
            file.write(os.urandom(1024 * 1024))
    stores = data_home / "repro" / "projects"

    def stored() -> int:
        return sum(path.stat().st_size for path in stores.rglob("*") if path.is_file())

    before = stored()
    process = subprocess.Popen(
        [repro.executable, "checkpoint"], cwd=repro.cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _until(lambda: stored() > before + 1024 * 1024 or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LONGEST_WAIT)
    assert process.returncode == 130, (out, err)
    assert err.startswith(b"jupyter-repro: stopped; nothing was lost")
    assert err.count(b"\n") == 1
    assert repro.json("status")["commit"] == first
    assert repro("cat", "@", "small").out == b"kept"
    assert repro.json("checkpoint")["created"] is True
    assert repro.json("verify")["ok"] is True
    assert repro("cat", "@", "large").out == (repro.cwd / "large").read_bytes()


def test_a_second_ctrl_c_needs_no_cooperation() -> None:
    stubborn = """
import os, signal, sys, time
from jupyter_repro.cli.interrupts import check_stopped, ctrl_c_stops
with ctrl_c_stops():
    check_stopped()
    os.kill(os.getpid(), signal.SIGINT)  # waits for the next report, which never comes
    os.kill(os.getpid(), signal.SIGINT)
    print("still here")
"""
    done = subprocess.run([sys.executable, "-c", stubborn], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_work_that_reports_no_more_is_interrupted_all_the_same() -> None:
    silent = """
import os, signal, threading
from jupyter_repro.cli import interrupts
interrupts.PATIENCE_SECONDS = 0.05
with interrupts.ctrl_c_stops():
    interrupts.check_stopped()
    os.kill(os.getpid(), signal.SIGINT)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", silent], capture_output=True, text=True, check=True)
    assert done.stdout == "interrupted\n"


def test_work_that_reports_is_cancelled_where_it_reports() -> None:
    busy = """
import os, signal
from jupyter_repro.cli.interrupts import check_stopped, ctrl_c_stops
from jupyter_repro.errors import Cancelled
with ctrl_c_stops():
    check_stopped()
    os.kill(os.getpid(), signal.SIGINT)
    try:
        check_stopped()
    except Cancelled:
        print("cancelled")
"""
    done = subprocess.run([sys.executable, "-c", busy], capture_output=True, text=True, check=True)
    assert done.stdout == "cancelled\n"
