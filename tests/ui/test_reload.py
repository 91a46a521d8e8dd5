"""What a reload of the page brings back, besides the tabs of files: the open rows and the filter, and software."""

from __future__ import annotations

import json
import re
import sys

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab
from tests.ui.project import write_history
from tests.ui.shelf import Shelf


@pytest.fixture(scope="module")
def stocked(make_lab: LabMaker) -> Lab:
    """A project with a history, and an environment that needs no build."""
    lab = make_lab(options=QUIET)
    write_history(lab)
    lab.repro("env", "create", "here", "--engine", "host", "--base", sys.executable)
    return lab.start()


@pytest.fixture
def desk(stocked: Lab, make_desk: DeskMaker) -> Desk:
    """A page with the history in sight."""
    desk = make_desk(stocked)
    desk.open()
    desk.open_history()
    expect(desk.commit("Import raw data")).to_be_visible()
    return desk


def kept(desk: Desk, key: str, text: str) -> None:
    """Wait until the server has a part of what a reload brings back."""

    def is_kept() -> bool:
        found = desk.lab.get("lab/api/workspaces/default")
        assert isinstance(found, dict)
        return text in json.dumps(found["data"].get(key))

    desk.until(is_kept)


def test_the_open_rows_and_the_filter_come_back(desk: Desk) -> None:
    desk.expand("First features")
    expect(desk.changed("features/names.py")).to_be_visible()
    desk.sidebar.get_by_role("button", name="Named", exact=True).click()
    desk.sidebar.get_by_label("Filter the history").fill("f")
    expect(desk.commit("Import raw data")).to_have_count(0)
    kept(desk, "jupyter-repro:timeline", '"text": "f"')
    desk.reload()
    expect(desk.sidebar.get_by_label("Filter the history")).to_have_value("f")
    expect(desk.sidebar.get_by_role("button", name="Named", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(desk.changed("features/names.py")).to_be_visible()
    expect(desk.commit("Import raw data")).to_have_count(0)
    # And so does that nothing is left of it.
    desk.sidebar.get_by_label("Filter the history").fill("")
    desk.sidebar.get_by_role("button", name="All", exact=True).click()
    expect(desk.commit("Import raw data")).to_be_visible()
    kept(desk, "jupyter-repro:timeline", '"text": ""')
    desk.reload()
    expect(desk.commit("Import raw data")).to_be_visible()


def test_one_file_s_history_comes_back(desk: Desk) -> None:
    desk.expand("First features")
    desk.choose(desk.changed("features/build.py"), "History of This File")
    expect(desk.sidebar).to_contain_text("Only features/build.py")
    kept(desk, "jupyter-repro:timeline", "features/build.py")
    desk.reload()
    expect(desk.sidebar).to_contain_text("Only features/build.py")
    expect(desk.commit("First features")).to_be_visible()
    expect(desk.commit("Baseline for the review")).to_have_count(0)


def test_tabs_of_software_and_environments_come_back_as_they_were(desk: Desk) -> None:
    shelf = Shelf(desk)
    desk.run("What Is Installed Now")
    expect(desk.tab("Software, now")).to_be_visible()
    desk.run("Compare Software…")
    expect(desk.tab("… now")).to_be_visible()
    shelf.open()
    shelf.entry("here").click()
    expect(desk.tab("here")).to_be_visible()
    shelf.tab("Compare")
    desk.keep_layout()
    desk.reload()
    expect(desk.tab("here")).to_have_count(1)
    expect(desk.tab(re.compile("^Software, now$"))).to_have_count(1)
    expect(desk.tab(re.compile("^Software .* … now$"))).to_have_count(1)
    desk.tab("here").click()
    expect(shelf.view.get_by_role("tab", name="Compare")).to_have_attribute("aria-selected", "true")
    desk.tab("Software, now").click()
    expect(shelf.view.get_by_text("Interpreters")).to_be_visible()
    desk.picture("software")
    expect(desk.dialog).to_have_count(0)
