"""Long work at the screen: how far it is, and stopping it."""

from __future__ import annotations

import os

from playwright.sync_api import expect

from tests.ui.conftest import QUIET, DeskMaker, LabMaker
from tests.ui.project import write_first

HOLE = 1 << 36
"""Bytes of a file that takes no space on the disk, and more time to read than this test has."""


def test_a_long_checkpoint_shows_how_far_it_is_and_is_stopped(make_lab: LabMaker, make_desk: DeskMaker) -> None:
    lab = make_lab(options=(*QUIET, "--ReproApp.checkpoint_at_stop=False"))
    write_first(lab.root)
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Import raw data")
    desk = make_desk(lab.start())
    desk.open()
    desk.open_history()
    expect(desk.state).to_contain_text("Nothing changed since")
    huge = lab.root / "huge.bin"
    huge.touch()
    os.truncate(huge, HOLE)
    try:
        message = desk.sidebar.get_by_label("Message of the checkpoint")
        message.fill("With the huge file")
        desk.sidebar.get_by_role("button", name="Checkpoint", exact=True).click()
        task = desk.sidebar.locator(".jpr-Task")
        expect(task).to_contain_text("Checkpoint: With the huge file")
        expect(task.locator(".jpr-Task-detail")).to_contain_text("file")
        expect(task.get_by_role("progressbar")).to_be_visible()
        expect(desk.page.locator(".jpr-Status")).to_contain_text("Checkpoint: With the huge file")
        expect(desk.sidebar.get_by_role("button", name="Checkpoint", exact=True)).to_be_disabled()
        desk.picture("running")

        # Looking about goes on meanwhile, also for whoever comes now.
        desk.expand("Import raw data")
        expect(desk.changed("notes.md")).to_be_visible()
        other = make_desk(lab)
        other.open()
        other.open_history()
        expect(other.sidebar.locator(".jpr-Task")).to_contain_text("Checkpoint: With the huge file")

        task.get_by_role("button", name="Cancel").click()
        expect(task).to_have_count(0)
    finally:
        huge.write_text("small\n")
    expect(desk.state).to_contain_text("1 file changed since")
    expect(other.sidebar.locator(".jpr-Task")).to_have_count(0)
    desk.picture("stopped")
    expect(desk.sidebar.locator(".jpr-Row.jpr-mod-commit")).to_have_count(1)
    # The message is still there, and so is the way on.
    expect(message).to_have_value("With the huge file")
    desk.sidebar.get_by_role("button", name="Checkpoint", exact=True).click()
    expect(desk.commit("With the huge file")).to_be_visible()
    expect(other.commit("With the huge file")).to_be_visible()
