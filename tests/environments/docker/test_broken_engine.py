"""An engine without room, and one that goes away in the middle: a sentence, and the active revision as it was."""

from __future__ import annotations

import os
import signal

import pytest

from jupyter_repro.environments.definitions import Definition
from jupyter_repro.verbs import environments
from tests.fixtures.docker_engine import DockerEngine, another_engine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]


def test_a_full_disk_and_an_engine_that_stops_fail_the_build_and_nothing_else(
    docker_engine: DockerEngine, library: environments.Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_engine("700m") as broken:
        monkeypatch.setenv("DOCKER_HOST", broken.host)
        good = Definition(engine="docker", base=broken.base, dockerfile="RUN echo good >/which\n")
        environments.create(library, "boxed", good)
        assert environments.build(library, "boxed").state == "ready"

        large = Definition(engine="docker", base=broken.base, dockerfile="RUN head -c 900M /dev/zero >/large\n")
        environments.edit(library, "boxed", large)
        done = environments.build(library, "boxed")
        assert done.state == "failed"
        assert "No space left on device" in done.problem
        assert library.show("boxed").record.active == 1

        slow = Definition(engine="docker", base=broken.base, dockerfile="RUN echo begun; sleep 86397\n")
        environments.edit(library, "boxed", slow)

        def stop(line: str) -> None:
            if line == "begun":
                os.kill(int((broken.folder / "dockerd.pid").read_text()), signal.SIGKILL)

        done = environments.build(library, "boxed", on_line=stop)
        assert done.state == "failed"
        assert "stopped answering in the middle" in done.problem
        assert library.show("boxed").record.active == 1
        # Without an engine the rest goes on: what is known is told, and what needs it says so in one sentence.
        assert "No engine of Docker answers" in environments.build(library, "boxed", 1).problem
        assert environments.collect_environments(library, days=0).removed == 0
        assert environments.compare_revisions(library, "boxed", 1, 2).locked is False


def test_a_process_is_told_from_a_later_one_of_the_same_number() -> None:
    from jupyter_repro.environments.containers.processes import is_over, this_process

    mark = this_process()
    host, pid, began = mark.rsplit(" ", 2)
    assert not is_over(mark)
    assert is_over(f"{host} {pid} {int(began) - 1}")
    assert is_over(f"{host} 4194305 {began}"), "no process has a number like that"
    assert is_over(f"{host.rpartition('/')[0]}/00000000 {pid} {began}"), "the machine was started again"
    assert not is_over(f"elsewhere/00000000 {pid} {began}"), "of other machines nothing is known"
    assert not is_over("")
    assert not is_over("nonsense")
