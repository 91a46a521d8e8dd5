"""The shorter story in Notebook 7, where each document has a page of its own."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import source_of, write_first


def test_a_day_in_notebook_7(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab(app="notebook", options=QUIET)
    write_first(lab.root)
    lab.start()
    files = make_desk(lab)
    path = lab.root / "train.ipynb"

    # The history stands beside the list of files.
    files.open("tree", "")
    files.page.locator(".lm-TabBar-tab", has_text="History").click()
    files.sidebar.get_by_role("button", name="Protect this folder").click()
    expect(files.state).to_contain_text("Nothing changed since")

    # A notebook is edited and run in its own page.
    notebook = files.beside(lambda: files.page.evaluate("() => void window.open('notebooks/train.ipynb')"))
    expect(notebook.cell(2)).to_contain_text("0.8731")
    notebook.kernel_ready()
    notebook.write_cell(2, 'print("AUC", 0.88)')
    notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.cell(2).locator(".jp-OutputArea-output")).to_contain_text("AUC 0.88")
    notebook.page.keyboard.press("Control+S")
    notebook.until(lambda: source_of(path, 2) == 'print("AUC", 0.88)')
    files.page.bring_to_front()
    files.sidebar.get_by_role("button", name="Look again").click()
    expect(files.state).to_contain_text("1 file changed since")
    files.checkpoint("Raise AUC")
    files.picture("history")
    running = len(lab.kernels())

    # Compare and browse are tabs beside it.
    files.act("First checkpoint", "Compare with current")
    expect(files.page.locator(".jpr-Compare .jp-Notebook-diff")).to_be_visible()
    files.picture("compare")
    files.page.locator(".lm-TabBar-tab", has_text="History").click()
    files.act("Raise AUC", "Browse all files")
    expect(files.page.locator('.jpr-Browse .jpr-Row[data-path="train.ipynb"]')).to_be_visible()
    files.picture("browse")

    # A past file is a page of its own, read-only and without a kernel, also when that page is loaded again.
    past = files.beside(files.page.locator('.jpr-Browse .jpr-Row[data-path="train.ipynb"]').click)
    for _ in range(2):
        expect(past.page.locator(".jpr-Past .jp-Notebook .jp-Cell")).to_have_count(4)
        expect(past.page.locator(".jpr-Banner-in .jpr-AsOf")).to_contain_text("Raise AUC")
        assert len(lab.kernels()) == running
        past.reload()
    past.picture("preview")

    # Restore from there, and undo: the notebook's own page follows.
    notebook.page.bring_to_front()
    notebook.write_cell(2, 'print("AUC", 0.1)')
    notebook.page.keyboard.press("Control+S")
    notebook.until(lambda: source_of(path, 2) == 'print("AUC", 0.1)')
    past.page.bring_to_front()
    past.page.get_by_role("button", name="Restore this file").click()
    expect(past.notification("train.ipynb is back")).to_be_visible()
    past.picture("restored")
    assert source_of(path, 2) == 'print("AUC", 0.88)'
    notebook.page.bring_to_front()
    expect(notebook.cell(2)).to_contain_text("0.88")
    notebook.picture("notebook")
    past.page.bring_to_front()
    past.notification("train.ipynb is back").get_by_role("button", name="Undo").click()
    past.until(lambda: source_of(path, 2) == 'print("AUC", 0.1)')
    notebook.page.bring_to_front()
    expect(notebook.cell(2)).to_contain_text("0.1")
