"""What is seen while the server is gone, and when it is back."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.ui.desk import Desk

PARTS = re.compile("/lab/extensions/jupyter-repro/static/")
API = re.compile("/jupyter-repro/api/")


def lost(route: Route) -> None:
    """The way to the server is gone."""
    route.abort()


def test_whatever_could_not_be_had_says_so_and_is_there_after_another_try(desk: Desk) -> None:
    page = desk.page
    again = page.get_by_role("button", name="Try again")
    desk.open()

    # Parts of the page itself, which come when they are first wanted.
    page.route(PARTS, lost)
    desk.open_history()
    expect(desk.sidebar).to_contain_text("A part of this page could not be loaded")
    page.unroute(PARTS, lost)
    again.click()
    expect(desk.commit("Import raw data")).to_be_visible()

    # Files of a checkpoint: the rest of the list stays.
    page.route(API, lost)
    desk.commit("First features").locator(".jpr-Commit-message").click()
    refused = desk.sidebar.locator(".jpr-Row", has_text="The Jupyter server does not answer")
    expect(refused).to_be_visible()
    expect(desk.commit("Import raw data")).to_be_visible()
    desk.act("Import raw data", "Compare with current")
    expect(page.locator(".jpr-Summary")).to_contain_text("The Jupyter server does not answer")
    desk.picture("gone")
    page.unroute(API, lost)
    refused.click()
    expect(desk.changed("features/names.py")).to_be_visible()
    page.locator(".jpr-Summary").get_by_role("button", name="Try again").click()
    expect(page.locator(".jpr-Compare-files .jpr-Row").first).to_be_visible()


def test_two_clicks_in_a_hurry_make_one_tab_and_one_question(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    row = desk.commit("Import raw data")
    row.hover()
    row.get_by_role("button", name="Compare with current").dblclick()
    expect(desk.page.locator(".jpr-Compare-files .jpr-Row").first).to_be_visible()
    assert desk.tab("… now").count() == 1

    row.hover()
    row.get_by_role("button", name="Recreate").dblclick()
    expect(desk.dialog).to_contain_text("Directory")
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.dialog).to_have_count(0)
    expect(desk.state).to_be_visible()
