"""Names longer than the screen is wide: what matters most keeps the room, and the rest is a hover away."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.desk import HISTORY, Desk
from tests.ui.lab import Lab
from tests.ui.project import write_first

PROJECT = "a-very-long-name-of-a-project-that-somebody-chose-on-a-monday-morning"
LONG = "Compare the forecast of the last three weeks with that of the week before, not with the mean of all"
MEDIUM = "A title beside a badge"
TAG = "submitted-to-the-journal-of-long-names"
BRANCH = "a-branch-whose-name-says-everything-about-its-purpose"
FOLDER = "a folder with spaces/another-folder-that-is-deep/third"
FILE = "matters.txt"


@pytest.fixture(scope="module")
def wordy(make_lab: LabMaker) -> Lab:
    """A project of somebody who likes to name things."""
    lab = make_lab(PROJECT, options=QUIET)
    write_first(lab.root)
    lab.repro("init", ".", "--project", PROJECT)
    lab.repro("checkpoint", "-m", "Short")
    for number in range(3):
        lab.repro("tag", f"{TAG}-{number}")
    (lab.root / FOLDER).mkdir(parents=True)
    (lab.root / FOLDER / FILE).write_text("x\n")
    lab.repro("checkpoint", "-m", LONG)
    for tag in (TAG, "v1", "v2-final"):
        lab.repro("tag", tag)
    lab.repro("branch", BRANCH)
    (lab.root / "notes.md").write_text("other\n")
    lab.repro("checkpoint", "-m", MEDIUM)
    return lab.start()


@pytest.fixture
def desk(wordy: Lab, make_desk: DeskMaker) -> Desk:
    """A page with the history in sight."""
    desk = make_desk(wordy)
    desk.open()
    desk.open_history()
    expect(desk.commit("Short")).to_be_visible()
    return desk


def box(locator: Locator) -> FloatRect:
    """Where it is."""
    found = locator.bounding_box()
    assert found is not None
    return found


def right(locator: Locator) -> float:
    """Its right edge."""
    found = box(locator)
    return found["x"] + found["width"]


def narrow(desk: Desk) -> None:
    """A sidebar of 250 pixels, the least that Lab itself begins with."""
    desk.page.add_style_tag(
        content=f"#jp-left-stack > #{HISTORY} {{ min-width: 250px !important; width: 250px !important }}"
    )
    expect(desk.sidebar).to_have_css("width", "250px")


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_long_title_has_the_line_to_itself_and_its_badges_stand_below(desk: Desk, is_narrow: bool) -> None:
    if is_narrow:
        narrow(desk)
    row = desk.commit(LONG)
    title, line = row.locator(".jpr-Commit-message"), row.locator(".jpr-Commit-title")
    badges = row.locator(".jpr-Commit-meta .jpr-Badge")
    expect(badges).to_have_count(4)
    assert box(title)["width"] == pytest.approx(box(line)["width"], abs=1)
    for badge in badges.all():
        assert box(badge)["y"] > box(line)["y"] + box(line)["height"] - 1
        assert right(badge) <= right(line) + 1, "none is cut by the edge"
    # Hovering tells all of it.
    said = title.get_attribute("title") or ""
    assert [part in said for part in (LONG, TAG, "v1", "v2-final", BRANCH)] == [True] * 5
    expect(badges.first).to_have_attribute("title", f"Tag {TAG}")
    # Many badges beside a short title share the line below as well.
    expect(desk.commit("Short").locator(".jpr-Commit-meta .jpr-Badge")).to_have_count(3)
    # Where there is room for both, they share the line.
    if not is_narrow:
        expect(desk.commit(MEDIUM).locator(".jpr-Commit-title .jpr-Badge")).to_have_count(1)
    desk.picture("narrow" if is_narrow else "timeline")
    assert desk.violations(f"#{HISTORY}") == []


def test_in_a_narrow_sidebar_everything_stays_in_reach(desk: Desk) -> None:
    narrow(desk)
    edge = right(desk.sidebar)
    for control in desk.sidebar.locator("button:visible, input:visible").all():
        assert right(control) <= edge, control.get_attribute("title")
    desk.expand("Short")
    desk.commit("Short").hover()
    for name in ("Browse all files", "Compare with current", "More"):
        assert right(desk.commit("Short").get_by_role("button", name=name)) <= edge
    desk.picture("narrow-actions")


def test_a_deep_file_keeps_its_name_in_sight(desk: Desk) -> None:
    desk.expand(LONG)
    name = desk.changed(f"{FOLDER}/{FILE}").locator(".jpr-File-name > span").last
    expect(name).to_have_text(FILE)
    assert name.evaluate("node => node.scrollWidth <= node.clientWidth"), "the folder gave way"
    desk.act("Short", "Compare with current")
    row = desk.page.locator(f'.jpr-Compare-files .jpr-Row[data-path="{FOLDER}/{FILE}"]')
    expect(row.locator(".jpr-File-name > span").last).to_have_text(FILE)
    assert row.locator(".jpr-File-name > span").last.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    desk.picture("deep-file")
