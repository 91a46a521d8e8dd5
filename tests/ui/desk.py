"""What a person does at the screen, in their words; and what they see."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

from tests.ui.lab import PATIENCE, ROOT, TOKEN, Lab

AXE = ROOT / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
HISTORY = "jupyter-repro-history"
GUIDE_IMAGES = os.environ.get("REPRO_UI_IMAGES")
"""Folder for the pictures of the documentation: REPRO_UI_IMAGES=docs/images pytest tests/ui -k fits_the_theme"""


class Desk:
    """One browser page on one server."""

    def __init__(self, page: Page, lab: Lab, pictures: Path) -> None:
        self.page = page
        self.lab = lab
        self._pictures = pictures
        self.errors: list[str] = []
        page.on("pageerror", self._note)

    def _note(self, error: Error) -> None:
        # Notebook 7 has errors of its own at each start.
        if self.lab.app == "lab" or "jupyter-repro" in (error.stack or ""):
            self.errors.append(f"{error}\n{error.stack}")

    # Where to be

    def open(self, path: str = "lab", query: str = "reset") -> None:
        """Open a page of the server and wait until it is there; without what earlier tests left open."""
        self.page.goto(f"{self.lab.url}/{path}?{query}&token={TOKEN}")
        self.arrived()
        if path == "lab":
            # The last to appear in an empty main area; it takes the keyboard to itself.
            expect(self.tab("Launcher")).to_be_visible()

    def beside(self, opening: Callable[[], object]) -> Desk:
        """The page that ``opening`` opens, as another desk of the same person."""
        with self.page.context.expect_page() as opened:
            opening()
        desk = Desk(opened.value, self.lab, self._pictures)
        desk.errors = self.errors
        desk.arrived()
        return desk

    def reload(self) -> None:
        """As F5 does."""
        self.page.reload()
        self.arrived()

    def keep_layout(self) -> None:
        """Wait until what is open is on the server, where a reload finds it."""
        with self.page.expect_response(
            lambda response: "/lab/api/workspaces/" in response.url and response.request.method == "PUT"
        ):
            self.run("Save Current Workspace")

    def arrived(self) -> None:
        """Wait until Lab is there, with all its plugins and what was open before."""
        self.page.wait_for_function("() => window.jupyterapp !== undefined")
        self.page.evaluate("() => window.jupyterapp.restored.then(() => undefined)")
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)
        expect(self.page.locator("#main")).to_be_visible()

    def open_history(self) -> None:
        """Show the sidebar."""
        self._side(HISTORY)

    def run(self, command: str) -> None:
        """Choose a command in the palette."""
        self.page.keyboard.press("Control+Shift+C")
        palette = self.page.locator("#modal-command-palette")
        palette.locator("input").fill(command)
        palette.locator(".lm-CommandPalette-item", has_text=command).first.click()

    def theme(self, name: str) -> None:
        """Choose a theme in the menu and wait for it."""
        self.page.locator(".lm-MenuBar-item", has_text="Settings").click()
        self.page.locator('.lm-Menu-item[data-type="submenu"]', has_text="Theme").first.hover()
        self.page.locator('.lm-Menu-item[data-command="apputils:change-theme"]', has_text=name).first.click()
        light = "false" if "Dark" in name else "true"
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)

    # What to look at

    @property
    def sidebar(self) -> Locator:
        """The history."""
        return self.page.locator(f"#{HISTORY}")

    @property
    def state(self) -> Locator:
        """The line that says what changed."""
        return self.sidebar.locator(".jpr-State-text")

    def commit(self, title: str) -> Locator:
        """A row of the timeline."""
        return self.sidebar.locator(".jpr-Row.jpr-mod-commit", has=self.page.get_by_text(title, exact=True))

    def changed(self, path: str) -> Locator:
        """A file below an expanded commit."""
        return self.sidebar.locator(f'.jpr-Row.jpr-mod-file[data-path="{path}"]')

    def tab(self, label: str) -> Locator:
        """A tab of the main area."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=label)

    def front(self) -> Locator:
        """The document or view in front."""
        return self.page.locator("#jp-main-dock-panel > .lm-Widget:not(.lm-mod-hidden)")

    def notification(self, text: str) -> Locator:
        """A piece of news."""
        return self.page.locator(".Toastify__toast", has_text=text)

    @property
    def dialog(self) -> Locator:
        """The question in front."""
        return self.page.locator(".jp-Dialog")

    # What to do

    def accept(self) -> None:
        """The button of a dialog that goes on; another question may follow."""
        asked = self.dialog.element_handle()
        self.dialog.locator("button.jp-mod-accept").last.click()
        asked.wait_for_element_state("hidden")

    def accept_next(self, question: str) -> None:
        """Wait for a question and agree; the next one may follow at once."""
        asked = self.page.locator(".jp-Dialog", has_text=question)
        asked.locator("button.jp-mod-accept").last.click()
        expect(asked).to_have_count(0)

    def expand(self, title: str) -> None:
        """Click a row."""
        self.commit(title).locator(".jpr-Commit-message").click()
        expect(self.commit(title)).to_have_attribute("aria-expanded", "true")

    def act(self, title: str, button: str) -> None:
        """A button that appears on a row when the mouse is over it."""
        row = self.commit(title)
        row.hover()
        row.get_by_role("button", name=button).or_(row.locator(f'button[title="{button}"]')).first.click()

    def choose(self, row: Locator, item: str) -> None:
        """An item of a row's menu."""
        row.click(button="right")
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def checkpoint(self, message: str) -> None:
        """Make one and wait for it in the list."""
        self.sidebar.get_by_label("Message of the checkpoint").fill(message)
        self.sidebar.get_by_role("button", name="Checkpoint", exact=True).click()
        expect(self.commit(message)).to_be_visible()

    def file_browser(self) -> None:
        """Show the files."""
        self._side("filebrowser")

    def _side(self, panel: str) -> None:
        shown = self.page.locator(f"#{panel}")
        # A click on the tab that is in front would hide it.
        if not shown.is_visible():
            self.page.locator(f'.lm-TabBar-tab[data-id="{panel}"]').click()
        expect(shown).to_be_visible()

    def open_file(self, name: str) -> None:
        """Double click in the file browser."""
        self.file_browser()
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        expect(self.tab(name)).to_be_visible()

    def cell(self, number: int) -> Locator:
        """What is written in a cell of the notebook in front."""
        return self.page.locator(".jp-NotebookPanel:visible .jp-Notebook .jp-Cell").nth(number)

    def kernel_ready(self) -> None:
        """Wait until the notebook in front can run something."""
        panel = self.page.locator(".jp-NotebookPanel:visible")
        # The indicator is idle from the first moment, also when there is no kernel yet.
        expect(panel.locator(".jp-Toolbar-kernelName")).not_to_have_text("No Kernel")
        if (bar := self.page.locator("#jp-main-statusbar")).count():
            expect(bar.get_by_text(re.compile(r"\| Idle$"))).to_be_visible()
        expect(panel.locator('[data-status="idle"]').first).to_be_attached()

    def write_cell(self, number: int, text: str) -> None:
        """Type into a cell of the notebook in front."""
        cell = self.cell(number)
        editor = cell.locator(".cm-content")
        if not editor.is_visible():
            # Prose that is shown as it reads.
            cell.dblclick()
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that is not on the screen; the page goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "It did not come to pass"
            self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def picture(self, name: str, guide: str | None = None) -> None:
        """Keep what is on the screen, for people; as picture ``guide`` of the documentation when those are made."""
        if guide is not None and GUIDE_IMAGES:
            self.page.screenshot(path=Path(GUIDE_IMAGES) / f"{guide}.png", animations="allow")
        self._pictures.mkdir(parents=True, exist_ok=True)
        # Animations stay as they are: finishing them would end the time of a notification.
        self.page.screenshot(path=self._pictures / f"{name}.png", animations="allow")

    def violations(self, within: str) -> list[str]:
        """What axe finds serious or worse inside ``within``."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            """async within => {
                const { violations } = await window.axe.run(within, { resultTypes: ['violations'] });
                const told = (id, { html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`;
                return JSON.stringify(violations
                  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                  .flatMap(({ id, nodes }) => nodes.map(node => told(id, node))));
            }""",
            within,
        )
        result: list[str] = json.loads(found)
        return result
