"""A conda environment at the screen: made of the project's environment.yml, used, and with a changed file on top."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.environments.conda_channel import Channel, make_channel
from tests.ui.conftest import DeskMaker, LabMaker
from tests.ui.lab import Lab
from tests.ui.shelf import Shelf

pytest.importorskip("rattler", reason="py-rattler is not installed: pip install 'jupyter-repro[conda]'")


@pytest.fixture
def lab(make_lab: LabMaker, tmp_path: Path) -> Lab:
    """A protected project with an environment.yml, and a channel on disk."""
    made = make_lab("geo")
    ask(made, make_channel(tmp_path / "channel"), "1.0")
    made.repro("init", ".", "--project", "geo")
    made.repro("checkpoint", "-m", "Before any environment")
    return made.start()


def ask(lab: Lab, channel: Channel, version: str) -> None:
    """Write what the project asks for."""
    asked = f"name: geo\nchannels: [{channel.url}]\ndependencies: [python, ipykernel, stats={version}]\n"
    (lab.root / "environment.yml").write_text(asked)


def test_the_projects_file_becomes_an_environment_and_goes_on_top(
    lab: Lab, make_desk: DeskMaker, tmp_path: Path
) -> None:
    desk = make_desk(lab)
    shelf = Shelf(desk)
    desk.open()

    # One click makes it; another uses it.
    shelf.open()
    expect(shelf.found("environment.yml")).to_contain_text("conda · 3 requirements")
    desk.picture("01-found")
    shelf.found("environment.yml").click()
    shelf.built("geo r1")
    desk.picture("02-ready")
    shelf.view.get_by_role("button", name="Use here").click()
    expect(desk.notification("“geo r1” is in the launcher")).to_be_visible()
    shelf.tab("Packages")
    shelf.view.get_by_label("Filter packages").fill("stats")
    expect(shelf.changes()).to_have_count(1)
    expect(shelf.changes()).to_contain_text("1.0")
    desk.picture("03-packages")

    # With the setting, what the project asks for by now is put on top when a session starts.
    shelf.view.get_by_role("button", name="Edit → r2").click()
    shelf.view.get_by_label("Put the project's own").check()
    desk.picture("04-setting")
    shelf.view.get_by_role("button", name="Save and build r2").click()
    shelf.built("geo r2")
    expect(shelf.view.locator('.jpr-Row[data-revision="2"]')).to_contain_text("+ project files")
    ask(lab, make_channel(tmp_path / "channel"), "1.1")
    lab.stop()
    lab.start()
    desk.until(lambda: "geo r2 + environment.yml" in lab.repro("env", "use"))
    assert "In environment geo r2 + environment.yml." in lab.repro("status")
    desk.open()
    desk.open_history()
    expect(shelf.chip).to_contain_text("geo · r2 + environment.yml")
    expect(shelf.chip).to_have_attribute("title", re.compile("\ngeo r2 \\+ environment.yml\nPut on top of r2: "))
    desk.picture("05-chip")
    shelf.open()
    shelf.entry("geo").click()
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("in use · r2 + environment.yml")
    desk.picture("06-on-top")
    desk.run("What Is Installed Now")
    shelf.view.get_by_label("Filter packages").fill("stats")
    expect(shelf.changes().first).to_contain_text("1.1")
    desk.picture("07-installed")
