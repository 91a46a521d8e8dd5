"""Putting things back: several files at once, beside unsaved work, and as a workspace of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab
from tests.ui.project import source_of, write_changes, write_history

PLACE = "lab/tree/churn-model"


@pytest.fixture(scope="module")
def above(make_lab: LabMaker) -> Lab:
    """A server that was started above the workspace, so that it reaches what lies beside it as well."""
    lab = make_lab(options=QUIET)
    write_history(lab)
    write_changes(lab.root)
    lab.root = lab.root.parent
    return lab.start()


@pytest.fixture
def desk(make_desk: DeskMaker, above: Lab) -> Desk:
    """A page that shows the workspace."""
    desk = make_desk(above)
    desk.open(PLACE)
    desk.open_history()
    expect(desk.commit("Import raw data")).to_be_visible()
    return desk


def test_several_files_are_restored_at_once_and_undone_at_once(desk: Desk) -> None:
    root = desk.lab.root / "churn-model"
    notes, code = root / "notes.md", root / "features" / "build.py"
    now = notes.read_text(), code.read_text()
    desk.act("Import raw data", "Compare with current")
    for path in ("features/build.py", "notes.md"):
        desk.page.locator(f'.jpr-Compare-files .jpr-Row[data-path="{path}"]').click(modifiers=["ControlOrMeta"])
    desk.page.get_by_role("button", name="Restore 2 chosen files").click()
    expect(desk.notification("2 files are back")).to_be_visible()
    desk.picture("several")
    assert "SCALE" not in code.read_text()
    assert "More to say" not in notes.read_text()
    assert (root / "shap.py").exists() is False
    desk.notification("2 files are back").get_by_role("button", name="Undo").click()
    expect(desk.notification("Undone")).to_be_visible()
    assert (notes.read_text(), code.read_text()) == now


def test_a_folder_is_restored_from_the_list_of_all_files(desk: Desk) -> None:
    root = desk.lab.root / "churn-model"
    desk.act("Import raw data", "Browse all files")
    row = desk.page.locator('.jpr-Browse .jpr-Row[data-path="features"]')
    desk.choose(row, "Restore This Folder")
    expect(desk.notification("features is back")).to_be_visible()
    assert "SCALE" not in (root / "features" / "build.py").read_text()
    assert not (root / "features" / "names.py").exists()
    desk.notification("features is back").get_by_role("button", name="Undo").click()
    expect(desk.notification("Undone")).to_be_visible()
    assert (root / "features" / "names.py").exists()


def test_unsaved_work_is_asked_about_before_everything_is_restored(desk: Desk) -> None:
    path = desk.lab.root / "churn-model" / "train.ipynb"
    before = source_of(path, 1)
    desk.open_file("train.ipynb")
    desk.kernel_ready()
    desk.write_cell(1, "rows = 'not saved'")
    desk.open_history()

    # Thinking better of it changes nothing.
    desk.choose(desk.commit("First features"), "Restore Everything…")
    expect(desk.dialog).to_contain_text("Restore everything to")
    desk.picture("restore-everything")
    desk.accept()
    expect(desk.dialog).to_contain_text("1 document has unsaved changes: train.ipynb")
    desk.picture("unsaved")
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.dialog).to_have_count(0)
    assert source_of(path, 1) == before
    expect(desk.cell(1)).to_contain_text("not saved")

    # So it is before a workspace is made of another commit.
    places = sorted(desk.lab.root.iterdir())
    desk.act("First features", "Recreate")
    desk.accept_next("Directory")
    expect(desk.dialog).to_contain_text("1 document has unsaved changes: train.ipynb")
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.dialog).to_have_count(0)
    assert sorted(desk.lab.root.iterdir()) == places

    # Saved first, it is in the safety checkpoint, and one click brings it back to the screen.
    desk.choose(desk.commit("First features"), "Restore Everything…")
    desk.accept_next("Restore everything to")
    desk.accept_next("unsaved changes")
    expect(desk.notification("back as they were in")).to_be_visible()
    assert "depth = 6" in source_of(path, 2)
    expect(desk.cell(2)).to_contain_text("depth = 6")
    desk.picture("restored-everything")
    desk.notification("back as they were in").get_by_role("button", name="Undo").click()
    expect(desk.notification("Undone")).to_be_visible()
    expect(desk.cell(1)).to_contain_text("not saved")
    assert source_of(path, 1) == "rows = 'not saved'"


def test_an_unsaved_text_is_saved_before_a_checkpoint(desk: Desk) -> None:
    text = desk.lab.root / "churn-model" / "scratch.txt"
    desk.open_file("scratch.txt")
    desk.page.locator(".jp-FileEditor .cm-content").click()
    desk.page.keyboard.type("not JSON: ")
    desk.open_history()
    desk.sidebar.get_by_label("Message of the checkpoint").fill("With the text")
    desk.page.keyboard.press("Enter")
    expect(desk.dialog).to_contain_text("1 document has unsaved changes: scratch.txt")
    desk.accept()
    expect(desk.commit("With the text")).to_be_visible()
    assert "not JSON: " in text.read_text()


def test_a_recreated_workspace_opens_in_this_lab(desk: Desk) -> None:
    desk.act("Baseline for the review", "Recreate")
    expect(desk.dialog).to_contain_text("7 files")
    branch = desk.dialog.get_by_label("New branch").input_value()
    desk.accept()
    arrived = desk.notification("The workspace is there")
    expect(arrived).to_contain_text(branch)
    arrived.get_by_role("button", name="Open").click()
    expect(desk.sidebar.locator(".jpr-Chip b").first).to_have_text(branch)
    expect(desk.state).to_contain_text("Nothing changed since")
    desk.picture("recreated")
    desk.file_browser()
    expect(desk.page.locator(".jp-DirListing-item", has_text="model.bin")).to_be_visible()
