"""Environments in containers at the screen: built from a Dockerfile, run in, and builds that end early.

Neither builds nor kernels here make an interface of the network, upon which a browser drops its requests: builds have
the network of the machine, and kernels none, which is all the same to them.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.fixtures.docker_engine import BASE, KERNEL_INSTRUCTIONS, DockerEngine
from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab
from tests.ui.shelf import SLOW, Shelf

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def lab(docker_engine: DockerEngine, make_lab: LabMaker) -> Lab:
    """A protected project on a machine with an engine."""
    engine = {"DOCKER_HOST": docker_engine.host, "JUPYTER_REPRO_BUILD_NETWORK": "host"}
    made = make_lab("boxes", environment=engine, options=(*QUIET, "--KernelRestarter.time_to_dead=0.5"))
    (made.root / "train.py").write_text("print(1)\n")
    made.repro("init", ".", "--project", "boxes")
    made.repro("checkpoint", "-m", "Before any environment")
    return made.start()


class Notebook:
    """The notebook in front."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.panel = desk.page.locator(".jp-NotebookPanel:visible")

    def ready(self) -> None:
        """Wait until its kernel has nothing to do."""
        self._desk.kernel_ready()

    def run(self, code: str) -> Locator:
        """Run code in the first cell; returns where its output comes."""
        self._desk.write_cell(0, code)
        self._desk.page.keyboard.press("Control+Enter")
        return self._desk.cell(0).locator(".jp-OutputArea")

    def button(self, name: str) -> None:
        """Click a button of the toolbar."""
        self.panel.locator(f'[data-jp-item-name="{name}"]').click()


def containers(engine: DockerEngine) -> list[str]:
    """Those of kernels."""
    return engine.docker("ps", "-aq", "--filter", "label=jupyter-repro.purpose=kernel").split()


@contextmanager
def away(engine: DockerEngine) -> Iterator[None]:
    """Nobody reaches the engine meanwhile."""
    place = Path(engine.host.removeprefix("unix://"))
    hidden = place.with_suffix(".hidden")
    place.rename(hidden)
    try:
        yield
    finally:
        hidden.rename(place)


class Slow:
    """An instruction of a build that fetches a file, and whoever keeps it waiting for that."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        port = listening.getsockname()[1]
        fetch = f"from urllib.request import urlretrieve as get; get('http://127.0.0.1:{port}/', 'rides.csv')"
        self.instruction = f'RUN echo fetching rides.csv && python3 -c "{fetch}" && echo fetched\n'

    def reached(self) -> socket.socket:
        """Wait until the file is asked for."""
        connection = self._listening.accept()[0]
        connection.recv(65536)
        return connection


@contextmanager
def slow() -> Iterator[Slow]:
    """An instruction that takes until it is answered."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # The packages of a kernel may have to come first, over a slow line.
        listening.settimeout(300)
        yield Slow(listening)


def test_a_kernel_runs_in_a_container_and_leaves_none_behind(
    lab: Lab, docker_engine: DockerEngine, make_desk: DeskMaker
) -> None:
    desk = make_desk(lab)
    shelf = Shelf(desk)
    desk.open()

    # Made in the editor of Dockerfiles; the log is there while the build goes on.
    shelf.open()
    shelf.list.get_by_role("button", name="New", exact=True).click()
    view = shelf.view
    view.get_by_label("Name", exact=True).fill("boxed")
    view.get_by_role("button", name="docker", exact=True).click()
    view.get_by_label("Base image").fill(BASE)
    view.get_by_label("Network of a kernel").select_option(label="none")
    with slow() as waiting:
        shelf.write(KERNEL_INSTRUCTIONS + waiting.instruction)
        desk.picture("01-dockerfile")
        assert desk.violations(".jpr-Env") == []
        view.get_by_role("button", name="Create and build").click()
        with waiting.reached() as connection:
            expect(shelf.view.locator(".jpr-Log-line", has_text=re.compile("^fetching rides.csv$"))).to_be_visible()
            expect(shelf.view.locator(".jpr-mod-state")).to_contain_text("building")
            expect(shelf.view.locator('.jpr-Row[data-revision="1"]')).to_contain_text("building")
            desk.picture("02-building", "environment-build")
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\nday,km\n")
    shelf.built("boxed r1")
    expect(shelf.view.locator(".jpr-Log-line", has_text=re.compile("^fetched$"))).to_be_visible()

    # Chosen by the chip, started from the launcher.
    desk.open_history()
    shelf.chip.click()
    desk.page.locator(".lm-Menu-item", has_text="boxed · r1").click()
    chosen = desk.notification("“boxed r1” is in the launcher")
    chosen.get_by_role("button", name="Open the launcher").click()
    card = desk.page.locator('.jp-LauncherCard[data-category="Notebook"]:visible', has_text="boxed r1")
    expect(card).to_be_visible()
    desk.picture("03-launcher")
    card.click()
    notebook = Notebook(desk)
    notebook.ready()

    # Inside: its own machine without a network, the user's own rights, the workspace at its own path.
    said = notebook.run(
        "import os; print(os.uname().nodename, os.getuid(), os.listdir('/sys/class/net'), os.getcwd(), sep='|'); "
        "open('made-inside.txt', 'w').write('of the kernel'); None"
    )
    expect(said).to_contain_text("|")
    [container] = containers(docker_engine)
    expect(said).to_have_text(f"{container}|{os.getuid()}|['lo']|{lab.root}")
    assert (lab.root / "made-inside.txt").read_text() == "of the kernel"
    assert (lab.root / "made-inside.txt").stat().st_uid == os.getuid()
    desk.picture("04-inside")

    # Interrupted, started again, shut down.
    said = notebook.run("import time; print('begun'); time.sleep(3600)")
    expect(said).to_contain_text("begun")
    notebook.button("interrupt")
    expect(said).to_contain_text("KeyboardInterrupt")
    expect(notebook.run("print('os' in globals())")).to_have_text("True")
    notebook.button("restart")
    desk.accept()
    notebook.ready()
    expect(notebook.run("print('os' in globals())")).to_have_text("False")
    assert len(containers(docker_engine)) == 1

    # Without its engine it does not start again, and says why; with the engine it does.
    with away(docker_engine):
        notebook.button("restart")
        desk.accept()
        expect(desk.notification("does not start again. No engine of Docker answers on this machine")).to_be_visible()
        desk.picture("05-no-engine")
        desk.until(lambda: lab.kernels() == [])
        expect(desk.page.locator("#jp-main-statusbar")).not_to_contain_text("Restarting")
        desk.picture("06-dead")
    # JupyterLab itself throws this when a kernel dies.
    desk.errors[:] = [error for error in desk.errors if not error.startswith("Kernel is dead")]
    notebook.button("restart")
    notebook.ready()
    expect(notebook.run("print(1 + 1)")).to_have_text("2")
    assert len(containers(docker_engine)) == 1
    desk.page.locator(".lm-MenuBar-item", has_text="Kernel").click()
    desk.page.locator('.lm-Menu-item[data-command="kernelmenu:shutdown"]').click()
    expect(notebook.panel.locator(".jp-Toolbar-kernelName")).to_have_text("No Kernel")
    desk.until(lambda: containers(docker_engine) == [])


def test_a_build_that_is_cancelled_or_fails_changes_nothing(lab: Lab, make_desk: DeskMaker) -> None:
    first = lab.home / "Dockerfile"
    first.write_text("RUN echo first >/first\n")
    lab.repro("env", "create", "plain", "--engine", "docker", "--base", BASE, "--dockerfile", str(first))
    desk = make_desk(lab)
    shelf = Shelf(desk)
    desk.open()
    shelf.open()
    shelf.entry("plain").click()

    # Cancelled by its button: the instruction is ended in the engine too.
    with slow() as waiting:
        revise(shelf, 2, waiting.instruction)
        with waiting.reached() as connection:
            connection.settimeout(SLOW / 1000)
            shelf.view.get_by_role("button", name="Cancel").click()
            expect(shelf.view.locator(".jpr-mod-state")).to_have_text("cancelled")
            assert connection.recv(1) == b""
    expect(desk.notification("The build of plain r2 was cancelled.")).to_be_visible()
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("active: r1")
    expect(shelf.entry("plain")).to_contain_text("cancelled")
    desk.picture("10-cancelled")

    # One that fails says why, in the table, above the log and in it.
    revise(shelf, 3, "RUN echo before the end && exit 7\n")
    expect(shelf.view.locator(".jpr-mod-state")).to_have_text("failed", timeout=SLOW)
    expect(shelf.view.locator('.jpr-Row[data-revision="3"]')).to_contain_text("exit code: 7")
    expect(shelf.view.locator(".jpr-Env-card .jpr-Notice")).to_contain_text("exit code: 7")
    expect(shelf.view.locator(".jpr-Log-line", has_text=re.compile("^before the end$"))).to_be_visible()
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("active: r1")
    desk.picture("11-failed")
    assert desk.violations(".jpr-Env") == []

    # A good one becomes the active revision, and the one before is made it again.
    revise(shelf, 4, "RUN echo fourth >/fourth\n")
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("active: r4", timeout=SLOW)
    shelf.view.locator('.jpr-Row[data-revision="1"]').get_by_role("button", name="activate").click()
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("active: r1")

    # Of one that was good every instruction is carried out again when that is asked for.
    shelf.view.locator('.jpr-Row[data-revision="1"]').click()
    shelf.view.get_by_role("button", name="Without cache").click()
    expect(shelf.view.locator(".jpr-Log-line", has_text="every instruction is carried out again")).to_be_visible()
    expect(shelf.view.locator(".jpr-mod-state")).to_contain_text("ready in", timeout=SLOW)


def revise(shelf: Shelf, number: int, instructions: str) -> None:
    """Write other instructions, and build them."""
    shelf.view.get_by_role("button", name=f"Edit → r{number}").click()
    shelf.write(instructions)
    shelf.view.get_by_role("button", name=f"Save and build r{number}").click()
