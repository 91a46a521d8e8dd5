"""With jupyter-collaboration: a checkpoint holds what is on the screen, and a restore reaches it and stays."""

from __future__ import annotations

import pytest

pytest.importorskip("jupyter_collaboration", reason="jupyter-collaboration is not installed")

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab
from tests.ui.project import source_of, write_first


@pytest.fixture(scope="module")
def shared(make_lab: LabMaker) -> Lab:
    """A server whose documents are shared, and saved a while after the last key."""
    lab = make_lab(together=True, options=(*QUIET, "--YDocExtension.document_save_delay=2"))
    write_first(lab.root)
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Import raw data")
    return lab.start()


def opened(desk: Desk) -> None:
    """The notebook, filled by the server."""
    desk.open()
    desk.open_file("train.ipynb")
    expect(desk.page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    desk.open_history()


def test_checkpoint_and_restore_with_two_people_at_one_notebook(shared: Lab, make_desk: DeskMaker) -> None:
    ada, ben = make_desk(shared), make_desk(shared)
    opened(ada)
    opened(ben)
    notebook = shared.root / "train.ipynb"

    # What is on the screen is in the checkpoint: nobody saved, and nobody is asked.
    ada.write_cell(1, "rows = [1, 2, 3]")
    expect(ben.cell(1)).to_contain_text("rows = [1, 2, 3]")
    ben.checkpoint("Three rows")
    expect(ben.dialog).to_have_count(0)
    assert "rows = [1, 2, 3]" in shared.repro("cat", "@", "train.ipynb")
    expect(ada.commit("Three rows")).to_be_visible()

    # On with the work, until it is on the disk by itself.
    ada.write_cell(1, "rows = []")
    ada.until(lambda: source_of(notebook, 1) == "rows = []")
    expect(ben.cell(1)).to_contain_text("rows = []")

    # A restore reaches the screens of both, without a question.
    ben.expand("Three rows")
    ben.choose(ben.changed("train.ipynb"), "Restore This File")
    expect(ben.notification("train.ipynb is back")).to_be_visible()
    expect(ben.cell(1)).to_contain_text("rows = [1, 2, 3]")
    expect(ada.cell(1)).to_contain_text("rows = [1, 2, 3]")
    ada.picture("restored")
    assert source_of(notebook, 1) == "rows = [1, 2, 3]"

    # The next autosave writes what is typed now, and not what was there before the restore.
    ada.write_cell(0, "# After the restore")
    ada.until(lambda: source_of(notebook, 0) == "# After the restore")
    assert source_of(notebook, 1) == "rows = [1, 2, 3]"
    for desk in (ada, ben):
        expect(desk.cell(1)).to_contain_text("rows = [1, 2, 3]")
        expect(desk.dialog).to_have_count(0)

    # And back: what the restore replaced was kept.
    ben.notification("train.ipynb is back").get_by_role("button", name="Undo").click()
    expect(ben.notification("Undone")).to_be_visible()
    expect(ada.cell(1)).to_contain_text("rows = []")
    ada.until(lambda: source_of(notebook, 1) == "rows = []")
    ben.picture("undone")
