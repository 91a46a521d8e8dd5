"""The whole story, in one sitting: protect, work, checkpoint, compare, look back, restore, undo, recreate, switch."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.ui.conftest import DeskMaker, LabMaker
from tests.ui.project import source_of, write_first


def test_a_day_with_jupyter_repro(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab()
    write_first(lab.root)
    lab.start()
    desk = make_desk(lab)
    notebook = lab.root / "train.ipynb"

    # Nothing is protected unasked; one click does it.
    desk.open()
    expect(desk.notification("Keep a history of this folder?")).to_be_visible()
    assert not (lab.root / ".repro").exists()
    desk.open_history()
    expect(desk.sidebar.get_by_role("button", name="Protect this folder")).to_be_visible()
    desk.picture("01-offer")
    desk.sidebar.get_by_role("button", name="Protect this folder").click()
    expect(desk.state).to_contain_text("Nothing changed since")
    expect(desk.sidebar.locator("h2")).to_have_text("churn-model")
    expect(desk.sidebar.locator(".jpr-Row.jpr-mod-commit")).to_have_count(1)
    desk.picture("02-protected")

    # Work: edit and run a notebook. It is not saved, so the checkpoint offers that.
    desk.open_file("train.ipynb")
    expect(desk.page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    desk.kernel_ready()
    desk.write_cell(2, 'print("AUC", 0.88)')
    desk.page.keyboard.press("Shift+Enter")
    expect(desk.page.locator(".jp-OutputArea-output", has_text="AUC 0.88")).to_be_visible()
    desk.open_history()
    desk.sidebar.get_by_label("Message of the checkpoint").fill("Raise AUC")
    desk.sidebar.get_by_role("button", name="Checkpoint", exact=True).click()
    expect(desk.dialog).to_contain_text("unsaved changes")
    desk.picture("03-save-first")
    desk.accept()
    expect(desk.commit("Raise AUC")).to_be_visible()
    assert source_of(notebook, 2) == 'print("AUC", 0.88)'

    # Edit again: the sidebar says so by itself, and shows what.
    desk.write_cell(2, 'print("AUC", 0.1)')
    desk.page.keyboard.press("Control+S")
    expect(desk.state).to_contain_text("1 file changed since")
    desk.sidebar.get_by_role("button", name="Review").click()
    expect(desk.page.locator(".jpr-Compare .jp-Notebook-diff")).to_be_visible()
    expect(desk.page.locator(".jpr-Summary-counts")).to_contain_text("1 file")
    desk.picture("04-review")

    # Look back.
    desk.expand("Raise AUC")
    desk.changed("train.ipynb").click()
    expect(desk.page.locator(".jpr-Banner-in:visible .jpr-AsOf")).to_contain_text("“Raise AUC”")
    past = desk.page.locator(".jpr-Past:visible")
    expect(past.locator(".jp-OutputArea-output", has_text="AUC 0.88")).to_be_visible()
    desk.picture("05-preview")

    # Restore this file: the open notebook shows it at once, and one click undoes it.
    past.get_by_role("button", name="Restore this file").click()
    expect(desk.notification("train.ipynb is back")).to_be_visible()
    assert source_of(notebook, 2) == 'print("AUC", 0.88)'
    desk.tab("train.ipynb").first.click()
    live = desk.page.locator(".jp-NotebookPanel:visible .jp-Cell").nth(2)
    expect(live.locator(".cm-content")).to_contain_text("0.88")
    desk.picture("06-restored")
    desk.notification("train.ipynb is back").get_by_role("button", name="Undo").click()
    expect(desk.notification("Undone")).to_be_visible()
    assert source_of(notebook, 2) == 'print("AUC", 0.1)'
    expect(live.locator(".cm-content")).to_contain_text("0.1")
    expect(desk.dialog).to_have_count(0)

    # Recreate: a new directory on a new branch; this one stays as it is.
    desk.act("Raise AUC", "Recreate")
    expect(desk.dialog).to_contain_text("will be written to a new directory on a new branch")
    desk.picture("07-recreate")
    directory = Path(desk.dialog.get_by_label("Directory").input_value())
    branch = desk.dialog.get_by_label("New branch").input_value()
    desk.accept()
    expect(desk.notification("The workspace is there")).to_be_visible()
    assert source_of(directory / "train.ipynb", 2) == 'print("AUC", 0.88)'
    assert source_of(notebook, 2) == 'print("AUC", 0.1)'
    desk.picture("08-recreated")
    desk.notification("The workspace is there").get_by_role("button", name="Open").click()
    expect(desk.dialog).to_contain_text(f"jupyter lab {directory}")
    desk.page.keyboard.press("Escape")

    # A branch of one's own, and back.
    desk.sidebar.locator(".jpr-Chip").first.click()
    expect(desk.page.locator(".lm-Menu-item", has_text=branch)).to_have_class("lm-Menu-item lm-mod-disabled")
    desk.picture("09-branches")
    desk.page.locator(".lm-Menu-item", has_text="New Branch…").click()
    desk.dialog.locator("input").fill("try")
    desk.accept()
    expect(desk.sidebar.locator(".jpr-Chip b").first).to_have_text("try")
    (lab.root / "only-here.txt").write_text("x\n")
    desk.run("Look for Changes")
    desk.checkpoint("Only on try")
    desk.picture("10-two-branches")
    desk.sidebar.locator(".jpr-Chip").first.click()
    desk.page.locator(".lm-Menu-item", has_text="main").first.click()
    expect(desk.sidebar.locator(".jpr-Chip b").first).to_have_text("main")
    assert not (lab.root / "only-here.txt").exists()
    desk.picture("11-back-on-main")
