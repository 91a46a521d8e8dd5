"""Lab's own "Revert to Checkpoint" with every version that was ever saved, in place of the last one."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import source_of, write_first

OURS = "--AsyncContentsManager.checkpoints_class=jupyter_repro.api.checkpoints.ReproCheckpoints"


def test_every_saved_version_is_there_to_revert_to(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab(options=(*QUIET, OURS))
    write_first(lab.root)
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Import raw data")
    desk = make_desk(lab.start())
    notebook = lab.root / "train.ipynb"
    desk.open()
    desk.open_file("train.ipynb")
    desk.kernel_ready()
    desk.open_history()
    for number, text in enumerate(("rows = [1]", "rows = [1, 2]", "rows = []"), start=1):
        desk.write_cell(1, text)
        desk.page.keyboard.press("Control+S")
        # Lab saves first and asks for the version then: the next text must not come in between.
        expect(desk.commit("Saved train.ipynb")).to_have_count(number)
        assert source_of(notebook, 1) == text

    desk.page.locator(".lm-MenuBar-item", has_text="File").click()
    desk.page.locator(".lm-Menu-item", has_text="Revert Notebook to Checkpoint").click()
    versions = desk.dialog.locator("option")
    expect(versions).to_have_count(4)
    desk.picture("versions")
    desk.dialog.locator("select").select_option(index=1)
    desk.accept_next("Choose a checkpoint")
    desk.accept_next("Revert")
    desk.until(lambda: source_of(notebook, 1) == "rows = [1, 2]")
    expect(desk.cell(1)).to_contain_text("rows = [1, 2]")
    desk.picture("reverted")
    assert list(lab.root.rglob(".ipynb_checkpoints")) == []
