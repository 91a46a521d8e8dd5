"""Answers that take a while: told as such, and never in the way of anything else."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.ui.desk import Desk


def test_a_slow_answer_for_one_file_is_told_and_does_not_hold_up_the_rest(desk: Desk) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/commits?*path=*", hold)
    desk.open()
    desk.open_history()
    expect(desk.commit("Import raw data")).to_be_visible()
    desk.file_browser()
    desk.page.locator(".jp-DirListing-item", has_text="train.ipynb").click(button="right")
    desk.page.locator(".lm-Menu-item", has_text="History of This File").click()
    seeking = desk.sidebar.locator(".jpr-Seeking")
    expect(seeking).to_contain_text("Looking through every checkpoint for this file")
    expect(seeking).to_have_css("opacity", "1")
    expect(seeking.get_by_role("progressbar")).to_be_visible()
    desk.picture("one-file")

    # Everything else goes on.
    desk.expand("First features")
    expect(desk.changed("features/names.py")).to_be_visible()

    desk.until(lambda: bool(held))
    held.pop().continue_()
    expect(seeking).to_have_count(0)
    expect(desk.commit("Baseline for the review")).to_be_visible()
    expect(desk.commit("First features")).to_have_count(0)
