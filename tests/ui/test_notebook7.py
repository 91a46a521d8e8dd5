"""The shorter story in Notebook 7, where each document has a page of its own."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import HEAD, LOAD, fit, source_of, write_first, write_notebook


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


def test_the_page_of_a_document_has_its_history_and_room_to_compare(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab(app="notebook", options=QUIET)
    write_first(lab.root)
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Import raw data")
    (lab.root / "notes.md").write_text("# Other notes\n")
    lab.repro("checkpoint", "-m", "Only notes")
    write_notebook(lab.root / "train.ipynb", HEAD, LOAD, fit(8, "0.8794"))
    lab.repro("checkpoint", "-m", "Deeper")
    desk = make_desk(lab.start())
    desk.open("notebooks/train.ipynb", "")
    desk.kernel_ready()

    # Its own history, from the menu of the page.
    desk.page.locator(".lm-MenuBar-item", has_text="File").click()
    desk.page.locator(".lm-Menu-item", has_text="History of This File").click()
    expect(desk.sidebar).to_contain_text("Only train.ipynb")
    expect(desk.commit("Deeper")).to_be_visible()
    expect(desk.commit("Import raw data")).to_be_visible()
    expect(desk.commit("Only notes")).to_have_count(0)
    desk.picture("document-history")

    # A comparison stands below the document, with room to read it.
    desk.act("Import raw data", "Compare with current")
    compare = desk.page.locator(".jpr-Compare")
    compare.locator('.jpr-Row[data-path="train.ipynb"]').click()
    expect(compare.locator(".jp-Notebook-diff")).to_be_visible()
    box = compare.bounding_box()
    assert box is not None
    assert box["height"] >= 350
    desk.picture("document-compare")
    compare.get_by_role("button", name="Restore this file").click()
    back = desk.notification("train.ipynb is back")

    def is_back() -> bool:
        # A notebook calls itself changed when its kernel has told about itself, sooner or later.
        if desk.dialog.is_visible():
            desk.accept_next("unsaved changes")
        return back.is_visible()

    desk.until(is_back)
    expect(desk.cell(2)).to_contain_text("depth = 6")
    back.get_by_role("button", name="Undo").click()
    expect(desk.cell(2)).to_contain_text("depth = 8")
