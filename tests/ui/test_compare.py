"""Comparisons that are left before they are all drawn."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import fit, write_first, write_notebook

CELLS = 150
"""So many that drawing them takes seconds: one appears with each frame."""


def test_a_comparison_left_while_its_cells_appear_throws_no_error(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab(options=QUIET)
    write_first(lab.root)
    write_notebook(lab.root / "train.ipynb", *(fit(number, "0.1") for number in range(CELLS)))
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Before")
    write_notebook(lab.root / "train.ipynb", *(fit(number, "0.2") for number in range(CELLS)))
    (lab.root / "notes.md").write_text("# Other notes\n")
    lab.start()
    desk = make_desk(lab)
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
