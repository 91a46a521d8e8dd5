"""Ten thousand checkpoints scroll as ten do: only rows in sight are drawn."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import write_long_history

COMMITS = 10_000
MOST_DRAWN = 60
"""Rows that may be in the page at once: those in sight, and some beyond each edge."""


def test_ten_thousand_checkpoints_scroll_to_the_first(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab("long", options=QUIET)
    write_long_history(lab, COMMITS)
    lab.start()
    desk = make_desk(lab)
    desk.open()
    desk.open_history()
    expect(desk.commit(f"Step {COMMITS - 1}")).to_be_visible()
    rows = desk.sidebar.locator(".jpr-Row")
    assert rows.count() <= MOST_DRAWN

    # The wheel, as people scroll.
    desk.sidebar.get_by_role("tree").hover()
    for _ in range(20):
        desk.page.mouse.wheel(0, 2000)
        assert rows.count() <= MOST_DRAWN
    expect(desk.commit(f"Step {COMMITS - 1}")).to_have_count(0)
    desk.picture("scrolled")

    # To the very first, page by page as they arrive.
    desk.sidebar.get_by_role("tree").focus()
    first = desk.commit("Step 0")

    def at_the_end() -> bool:
        desk.page.keyboard.press("End")
        assert rows.count() <= MOST_DRAWN
        return first.is_visible()

    desk.until(at_the_end)
    desk.picture("first")
    desk.page.keyboard.press("Home")
    expect(desk.commit(f"Step {COMMITS - 1}")).to_be_visible()
    assert rows.count() <= MOST_DRAWN
