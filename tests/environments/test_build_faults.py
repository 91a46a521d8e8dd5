"""Builds that are killed, stopped, queued, without a registry, or without room: as processes, on the real thing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro.catalog import BuildRecord
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.verbs import environments
from tests.api.test_process import alive
from tests.support.strategies import IS_ROOT

if TYPE_CHECKING:
    from tests.conftest import Repro

REFUSING = "http://127.0.0.1:9"
NOWHERE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), REFUSING),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
    "UV_HTTP_RETRIES": "0",
}


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


@pytest.fixture
def gate(data_home: Path, tmp_path: Path) -> Path:
    """An environment "slow" whose build stops in the middle until the file ``gate / "go"`` is there."""
    folder = tmp_path / "gate"
    folder.mkdir()
    script = f"echo $$ > {folder}/shell\ntouch {folder}/arrived\nwhile [ ! -e {folder}/go ]; do sleep 0.05; done\n"
    with environments.Library() as library:
        environments.create(library, "slow", Definition(engine="uv", scripts={"pre-setup": script}))
    return folder


def start(repro: Repro, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(repro.executable), *args],
        cwd=repro.cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # Whoever started the tests in the background has switched Ctrl-C off for all below.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,  # noqa: PLW1509 - one thread
    )


def builds(name: str = "slow") -> list[BuildRecord]:
    """As 'env show' has them, without the start of a program."""
    with environments.Library() as library:
        environments.mark_dead_builds(library)
        return [build for revision in library.show(name).revisions for build in revision.builds]


def states() -> list[str]:
    return [build.state for build in builds()]


def left_over() -> list[Path]:
    folder = Path(os.environ["JUPYTER_DATA_DIR"], "repro", "environments", "uv")
    return [place for place in folder.iterdir() if place.is_dir()] if folder.is_dir() else []


def test_a_build_that_is_killed_is_told_and_made_anew(repro: Repro, gate: Path) -> None:
    process = start(repro, "env", "build", "slow")
    wait_for((gate / "arrived").exists, "the middle of the build")
    assert states() == ["building"]
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert states() == ["failed"]
    script = int((gate / "shell").read_text())
    wait_for(lambda: not alive(script), "the end of the script of the build")
    assert "Its process ended before it was done" in repro("env", "show", "slow").text
    assert len(left_over()) == 1, "half made, and nobody's environment"
    (gate / "go").touch()
    repro("env", "build", "slow")
    assert states() == ["ready", "failed"]
    repro("init")
    repro("env", "use", "slow")
    assert repro("env", "run", "python", "-c", "import ipykernel; print('whole')").text == "whole\n"


def test_ctrl_c_stops_a_build_and_what_it_started(repro: Repro, gate: Path) -> None:
    assert "was not built yet" in repro("env", "log", "slow", code=1).err
    process = start(repro, "env", "build", "slow")
    wait_for((gate / "arrived").exists, "the middle of the build")
    process.send_signal(signal.SIGINT)
    assert process.wait(300) == 130
    assert states() == ["cancelled"]
    assert left_over() == []
    shown = repro("env", "log", "slow")
    assert shown.text.splitlines()[-1].startswith("cancelled")
    assert "cancelled" in repro("env", "log", "slow", "--search", "CANCELLED").text
    assert "No log of slow has 'nothing'" in repro("env", "log", "slow", "--search", "nothing").err


def test_a_second_build_waits_for_the_first_and_can_be_cancelled_there(repro: Repro, gate: Path) -> None:
    first = start(repro, "env", "build", "slow")
    wait_for((gate / "arrived").exists, "the middle of the first build")
    second, third = (start(repro, "env", "build", "slow") for _ in range(2))
    wait_for(lambda: sorted(states()) == ["building", "queued", "queued"], "two builds in the queue")
    waiting, _ = (build.id for build in builds() if build.state == "queued")
    repro("env", "build", "--cancel", waiting)
    wait_for(lambda: "cancelled" in states(), "the end of the one that was cancelled")
    (gate / "go").touch()
    codes = sorted(process.wait(300) for process in (first, second, third))
    assert codes == [0, 0, 130]
    assert sorted(states()) == ["cancelled", "ready", "ready"]
    assert len(left_over()) == 1


def test_without_a_registry_what_is_kept_still_works(repro: Repro, workspace_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "asks.txt").write_text("six==1.16.0\n")
    repro("init")
    repro("env", "create", "small", "--requirements", tmp_path / "asks.txt")
    repro("env", "use", "small")
    (workspace_dir / "notes.txt").write_text("one")
    repro("checkpoint")
    # A new revision needs the registry, and says that it was not there; the active one stays.
    (tmp_path / "asks.txt").write_text("this-name-is-nowhere-in-the-cache==1\n")
    failed = repro("env", "edit", "small", "--requirements", tmp_path / "asks.txt", env=NOWHERE, code=1)
    assert "Connection refused" in failed.err
    with environments.Library() as library:
        assert library.show("small").record.active == 1
    # What was installed before is installed again without it, from what uv keeps, checked by the lock's hashes.
    repro("env", "use", "--none")
    repro("env", "gc", "--days", "0")
    for place in left_over():
        for file in place.glob("repro-ready"):
            file.unlink()
    again = repro("recreate", "@", tmp_path / "then", env=NOWHERE)
    assert "It uses the environment small r1, as then." in again.text.replace("\n", " ")
    assert "from what uv had kept" in again.err
    # And where even that is missing, the files come, and it is said what does not.
    for place in left_over():
        (place / "repro-ready").unlink()
    bare = {**NOWHERE, "UV_CACHE_DIR": str(tmp_path / "empty-cache")}
    without = repro("recreate", "@", tmp_path / "bare", env=bare)
    assert "The environment small r1 did not come along. Its lock could not be installed" in without.err
    assert (tmp_path / "bare" / "notes.txt").read_text() == "one"


@pytest.mark.skipif(not IS_ROOT, reason="only root can mount a disk")
def test_a_disk_without_room_fails_the_build_and_nothing_else(tmp_path: Path, library: environments.Library) -> None:
    environments.create(library, "here", Definition(engine="host", base=sys.executable))
    environments.build(library, "here")
    environments.create(library, "small", Definition(engine="uv", requirements="six==1.16.0\n"))
    place = library.places.uv
    place.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(place)], check=False)
    if mounted.returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        done = environments.build(library, "small")
        assert done.state == "failed"
        assert "No space left on device" in done.problem
        assert left_over() == []
        assert library.show("small").record.active is None
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
    assert environments.build(library, "small").state == "ready"
    assert library.show("here").record.active == 1
