"""Comparisons and previews that are left before they are all drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import QUIET, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab
from tests.ui.project import fit, write_first, write_notebook

CELLS = 80
"""So many that drawing them takes seconds: one appears with each frame."""


@pytest.fixture(scope="module")
def lab(make_lab: LabMaker) -> Lab:
    """A server on a workspace with a notebook of many cells, and a checkpoint of it as it was before."""
    lab = make_lab(options=QUIET)
    write_first(lab.root)
    write_notebook(lab.root / "train.ipynb", *(fit(number, "0.1") for number in range(CELLS)))
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Before")
    write_notebook(lab.root / "train.ipynb", *(fit(number, "0.2") for number in range(CELLS)))
    (lab.root / "notes.md").write_text("# Other notes\n")
    return lab.start()


def test_a_comparison_left_while_its_cells_appear_throws_no_error(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("Before", "Compare with current")
    file = desk.page.locator(".jpr-Compare-files .jpr-Row")
    cells = desk.page.locator(".jpr-NotebookDiff .jp-Notebook-diff > .jp-Cell-diff")

    # For another file,
    file.and_(desk.page.locator('[data-path="train.ipynb"]')).click()
    expect(cells.first).to_be_visible()
    file.and_(desk.page.locator('[data-path="notes.md"]')).click()
    expect(desk.page.locator(".jpr-TextDiff")).to_be_visible()

    # and for good.
    file.and_(desk.page.locator('[data-path="train.ipynb"]')).click()
    expect(cells.first).to_be_visible()
    assert cells.count() < CELLS
    desk.tab("… now").locator(".lm-TabBar-tabCloseIcon").click()
    expect(desk.page.locator(".jpr-Compare")).to_have_count(0)

    # Seen to the end, all of them are there.
    desk.act("Before", "Compare with current")
    file.and_(desk.page.locator('[data-path="train.ipynb"]')).click()
    expect(cells).to_have_count(CELLS)
    desk.picture("all-cells")


CLOSES = """() => {
    const observer = new MutationObserver(() => {
        const { currentWidget } = window.jupyterapp.shell;
        if (currentWidget?.node.querySelectorAll('.jp-Cell .cm-editor').length > 2) {
            observer.disconnect();
            currentWidget.close();
            window.isLeft = true;
        }
    });
    observer.observe(document.body, { childList: true, subtree: true });
}"""
"""Closes the tab in front as soon as a few cells are drawn: while the next is, which nobody could hit at will."""


def test_a_preview_left_while_its_cells_appear_throws_no_error(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.expand("Before")
    desk.page.evaluate(CLOSES)
    desk.changed("train.ipynb").click()
    desk.page.wait_for_function("() => window.isLeft")
    expect(desk.page.locator(".jpr-Past")).to_have_count(0)
    # What was left for idle moments comes now.
    desk.page.evaluate("() => new Promise(requestIdleCallback)")
