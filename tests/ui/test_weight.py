"""What the plugin costs whoever never opens it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.ui.conftest import DeskMaker
from tests.ui.lab import PLUGIN, Lab

MOST = 250_000
"""Bytes of JavaScript before the sidebar is opened, not compressed."""


def test_little_javascript_is_loaded_before_the_sidebar_is_opened(make_desk: DeskMaker, lab: Lab) -> None:
    desk = make_desk(lab)
    loaded: set[Path] = set()

    def take_down(url: str) -> None:
        path = urlsplit(url).path
        if "/lab/extensions/jupyter-repro/" in path and path.endswith(".js"):
            loaded.add(PLUGIN / path.partition("/lab/extensions/jupyter-repro/")[2])

    desk.page.on("request", lambda request: take_down(request.url))
    desk.open()
    expect(desk.page.locator(".jp-Launcher")).to_be_visible()
    desk.page.wait_for_load_state("networkidle")
    before = {file.name: file.stat().st_size for file in loaded}
    assert any(name.startswith("remoteEntry") for name in before), "the plugin is there"
    assert 0 < sum(before.values()) <= MOST, before
