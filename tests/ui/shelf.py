"""Environments at the screen, in a person's words."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.ui.desk import Desk

PANEL = "jupyter-repro-environments"
SLOW = 120_000
"""Milliseconds that an environment may take: its packages come from the registry."""


@dataclass
class Shelf:
    """The environments of a desk, in a person's words."""

    desk: Desk

    def open(self) -> None:
        """Show the list."""
        self.desk.page.locator(f'.lm-TabBar-tab[data-id="{PANEL}"]').click()
        expect(self.list).to_be_visible()

    @property
    def list(self) -> Locator:
        """The sidebar."""
        return self.desk.page.locator(f"#{PANEL}")

    def entry(self, name: str) -> Locator:
        """An environment in the list."""
        return self.list.locator(f'.jpr-Row[data-environment="{name}"]')

    def found(self, path: str) -> Locator:
        """A file of the workspace that asks for software."""
        return self.list.locator(".jpr-Row.jpr-mod-found", has_text=path)

    @property
    def view(self) -> Locator:
        """The environment in front."""
        return self.desk.page.locator(".jpr-Env:visible")

    def tab(self, name: str) -> None:
        """One of the views of the environment in front."""
        self.view.get_by_role("tab", name=name).click()
        expect(self.view.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")

    def built(self, label: str) -> None:
        """Wait until a build is good; whatever it says instead is in the message of the failure."""
        told = self.desk.page.locator(".Toastify__toast", has_text=label)
        expect(told.first).to_contain_text(f"{label} is ready", timeout=SLOW)
        expect(self.view.locator(".jpr-mod-state")).to_contain_text("ready in")

    @property
    def chip(self) -> Locator:
        """What the history's header says of the environment."""
        return self.desk.sidebar.locator(".jpr-Chip").nth(1)

    def write(self, text: str) -> None:
        """Replace the text of the editor in front."""
        self.view.locator(".jpr-Edit .cm-content").click()
        self.desk.page.keyboard.press("Control+A")
        self.desk.page.keyboard.type(text)

    def changes(self) -> Locator:
        """Rows of the comparison in front."""
        return self.view.locator(".jpr-Table-row")
