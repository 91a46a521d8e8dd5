"""An engine without room, and one that goes away in the middle: a sentence, and the active revision as it was."""

from __future__ import annotations

import json
import logging
import os
import signal
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from jupyter_repro.environments.definitions import Definition
from jupyter_repro.errors import MissingTool
from jupyter_repro.verbs import environments
from tests.environments.docker.test_images import until
from tests.fixtures.docker_engine import DockerEngine, another_engine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]


def test_a_full_disk_and_an_engine_that_stops_fail_the_build_and_nothing_else(
    docker_engine: DockerEngine,
    library: environments.Library,
    monkeypatch: pytest.MonkeyPatch,
    data_home: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
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
        until(lambda: free_bytes(broken.folder / "data") > 100_000_000)  # the engine frees what the build left, later

        slow = Definition(engine="docker", base=broken.base, dockerfile="RUN echo begun; sleep 86397\n")
        environments.edit(library, "boxed", slow)
        kernel = something_that_runs(broken.base, data_home, tmp_path)

        def stop(line: str) -> None:
            if line == "begun":
                os.kill(int((broken.folder / "dockerd.pid").read_text()), signal.SIGKILL)

        done = environments.build(library, "boxed", on_line=stop)
        assert done.state == "failed"
        assert "stopped answering in the middle" in done.problem
        assert library.show("boxed").record.active == 1
        with caplog.at_level(logging.ERROR, "kernels"):
            a_kernel_outlives_its_engine(kernel)
        assert [one.getMessage() for one in caplog.records if one.name == "kernels"] == [
            "The engine of Docker does not answer any more, so the kernel running has ended: start the engine, then "
            "restart the kernel."
        ]
        # Without an engine the rest goes on: what is known is told, and what needs it says so in one sentence.
        assert "No engine of Docker answers" in environments.build(library, "boxed", 1).problem
        assert environments.collect_environments(library, days=0).removed == 0
        assert environments.compare_revisions(library, "boxed", 1, 2).locked is False


def free_bytes(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def something_that_runs(image: str, data_home: Path, folder: Path) -> KernelManager:
    """A container as that of a kernel, without one inside: the disk of the engine holds no more."""
    config = {"image": image, "root": str(folder / "environments"), "network": "none"}
    said = {
        # The first process of a container is spared by signals that it does not wait for.
        "argv": ["/bin/sh", "-c", "trap 'touch interrupted' INT; while :; do sleep 0.1; done"],
        "display_name": "running",
        "language": "none",
        "metadata": {"kernel_provisioner": {"provisioner_name": "jupyter-repro-docker", "config": config}},
    }
    place = data_home / "kernels" / "running"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(said))
    manager = KernelManager(kernel_name="running")
    (folder / "started-in").mkdir()
    manager.start_kernel(cwd=str(folder / "started-in"))
    assert manager.provisioner is not None
    manager.provisioner.log = logging.getLogger("kernels")
    return manager


def a_kernel_outlives_its_engine(manager: KernelManager) -> None:
    """It can be interrupted and ended all the same, and a new one says what is missing."""
    place = Path(str(manager._launch_args["cwd"]))
    assert manager.is_alive()
    manager.interrupt_kernel()
    until((place / "interrupted").exists)
    assert manager.is_alive()
    manager.shutdown_kernel(now=True)
    assert not manager.is_alive()
    with pytest.raises(MissingTool, match="No engine of Docker answers on this machine: start it"):
        manager.start_kernel(cwd=str(place))


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
