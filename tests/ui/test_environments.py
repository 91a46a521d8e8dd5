"""Environments at the screen: made of the project's own file, chosen, changed, compared, and brought back."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import ANY

import pytest
from playwright.sync_api import Dialog, expect

from tests.api.server import running
from tests.ui.conftest import DeskMaker, LabMaker
from tests.ui.lab import Lab
from tests.ui.shelf import PANEL, SLOW, Shelf


@pytest.fixture(scope="module")
def lab(make_lab: LabMaker) -> Lab:
    """A protected project that asks for software."""
    made = make_lab("prices")
    (made.root / "requirements.txt").write_text("six==1.16.0\nipykernel\n")
    (made.root / "train.py").write_text("print(1)\n")
    made.repro("init", ".", "--project", "prices")
    made.repro("checkpoint", "-m", "Before any environment")
    return made.start()


@pytest.fixture
def stocked(lab: Lab) -> Lab:
    """The same with an environment of two revisions, whichever tests ran before."""
    if '"prices"' not in lab.repro("env", "list", "--json"):
        lab.repro("env", "create", "prices", "--requirements", "requirements.txt")
        newer = lab.home / "requirements.txt"
        newer.write_text("six==1.17.0\nipykernel\ntabulate\n")
        lab.repro("env", "edit", "prices", "--requirements", str(newer))
    return lab


def test_software_is_made_chosen_changed_compared_and_brought_back(lab: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(lab)
    shelf = Shelf(desk)
    desk.open()

    # The project's own file is offered; one click makes an environment of it and shows the build as it goes.
    shelf.open()
    expect(shelf.found("requirements.txt")).to_contain_text("2 requirements")
    desk.picture("01-found")
    shelf.found("requirements.txt").click()
    expect(shelf.view.locator(".jpr-Log-line").first).to_be_visible()
    desk.picture("02-building")
    shelf.built("prices r1")
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("active: r1")
    shelf.view.get_by_label("Search the log").fill("six")
    expect(shelf.view.locator(".jpr-Log-line.jpr-mod-hit", has_text="six==1.16.0").first).to_be_visible()
    desk.picture("03-ready")

    # Chosen by the chip: the kernel is in the launcher, and the chip says so.
    desk.open_history()
    expect(shelf.chip).to_contain_text("Environment")
    shelf.chip.click()
    desk.page.locator(".lm-Menu-item", has_text="prices · r1").click()
    expect(desk.notification("“prices r1” is in the launcher")).to_be_visible()
    expect(shelf.chip).to_contain_text("prices · r1")
    desk.notification("“prices r1” is in the launcher").get_by_role("button", name="Open the launcher").click()
    card = desk.page.locator('.jp-LauncherCard[data-category="Console"]:visible', has_text="prices r1")
    expect(card).to_be_visible()
    desk.picture("04-launcher")

    # The kernel is the environment's.
    card.click()
    prompt = desk.page.locator(".jp-CodeConsole-input .cm-content")
    expect(desk.page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=SLOW)
    prompt.click()
    desk.page.keyboard.type("import six; print('six', six.__version__)")
    desk.page.keyboard.press("Shift+Enter")
    expect(desk.page.locator(".jp-OutputArea-output", has_text="six 1.16.0")).to_be_visible()
    desk.checkpoint("With six 1.16")

    # A changed requirement is the next revision; the workspace follows the active one.
    shelf.open()
    shelf.entry("prices").click()
    shelf.view.get_by_role("button", name="Edit → r2").click()
    shelf.write("six==1.17.0\nipykernel\ntabulate\n")
    shelf.view.get_by_label("Message of the revision").fill("Newer six")
    desk.picture("05-edit")
    shelf.view.get_by_role("button", name="Save and build r2").click()
    shelf.built("prices r2")
    first = shelf.view.locator('.jpr-Row[data-revision="2"]')
    expect(first).to_contain_text("six 1.16.0 → 1.17.0")
    expect(first).to_contain_text("active")
    desk.picture("06-revisions")
    shelf.tab("Compare")
    expect(shelf.changes()).to_have_count(2)
    expect(shelf.changes().first).to_contain_text("1.17.0 ↑")
    desk.picture("07-compare-revisions")
    shelf.view.get_by_role("button", name="1 added").click()
    expect(shelf.changes()).to_have_count(1)
    expect(shelf.changes()).to_contain_text("tabulate")
    shelf.tab("Packages")
    shelf.view.get_by_label("Filter packages").fill("tabul")
    expect(shelf.view.locator(".jpr-Table-row")).to_have_count(1)

    # The history shows where the software changed, and what of it.
    desk.open_history()
    expect(shelf.chip).to_contain_text("prices · r2")
    desk.checkpoint("With six 1.17")
    badge = desk.commit("With six 1.17").locator("button.jpr-mod-environment")
    expect(badge).to_have_attribute("title", "six 1.16.0 → 1.17.0, +1 package")
    desk.picture("08-badge")
    badge.click()
    expect(shelf.changes()).to_have_count(2)
    desk.picture("09-compare-checkpoints")

    # Recreate offers the software of then, and that of now.
    desk.act("With six 1.16", "Recreate")
    expect(desk.dialog).to_contain_text("prices r1, as it was then")
    expect(desk.dialog).to_contain_text("prices r2, the current one: 2 packages differ")
    desk.picture("10-recreate")
    desk.page.keyboard.press("Escape")

    # Only the software of a past checkpoint; the files stay.
    before = (lab.root / "requirements.txt").read_bytes()
    desk.choose(desk.commit("With six 1.16"), "Restore Environment of This Checkpoint…")
    expect(desk.dialog).to_contain_text("prices r1")
    desk.accept()
    expect(shelf.chip).to_contain_text("prices · r1")
    assert (lab.root / "requirements.txt").read_bytes() == before
    desk.picture("11-brought-back")
    assert desk.violations("#jupyter-repro-history") == []


def seen_by(user: str, lab: Lab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The environments that another user sees, over the API of a server of their own on the same data."""
    home = folder / user
    home.mkdir(exist_ok=True)
    (folder / "elsewhere").mkdir(exist_ok=True)
    if not (home / "data").exists():
        (home / "data").symlink_to(lab.home / "data")
    with monkeypatch.context() as changed:
        changed.setenv("JUPYTERHUB_USER", user)
        with running(folder / "elsewhere", home) as server:
            rows = server.ask("GET", "environments")["items"]
    assert not any(row["mine"] for row in rows)
    return {row["name"] for row in rows}


def test_environments_are_looked_after(
    stocked: Lab, make_desk: DeskMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(stocked)
    shelf = Shelf(desk)
    desk.open()
    shelf.open()

    # From scratch: what cannot be built says why, and nothing else is harmed.
    shelf.list.get_by_role("button", name="New", exact=True).click()
    view = shelf.view
    view.get_by_label("Name", exact=True).fill("broken")
    view.get_by_label("Description (optional)").fill("Asks for what is not there")
    shelf.write("six==0.0.0\n")
    desk.picture("20-new")
    assert desk.violations(".jpr-Env") == []
    view.get_by_role("button", name="Create and build").click()
    expect(desk.notification("The build of broken r1 failed")).to_be_visible(timeout=SLOW)
    expect(shelf.view.locator(".jpr-Env-title")).to_contain_text("no good build yet")
    desk.picture("21-failed")
    expect(shelf.entry("broken")).to_contain_text("failed")

    # Shared with named people, proposed to new workspaces, a copy made, put away and taken back.
    shelf.view.get_by_role("button", name="Share").click()
    desk.dialog.get_by_text("Named users and groups").click()
    desk.dialog.get_by_label("Users, with commas between").fill("bo, cy")
    desk.picture("22-share")
    assert desk.violations(".jpr-Form") == []
    desk.accept()
    expect(shelf.entry("broken")).to_contain_text("shared with bo, cy")
    assert seen_by("dan", stocked, tmp_path, monkeypatch) == set()
    shelf.view.get_by_role("button", name="Share").click()
    desk.dialog.get_by_text("Everyone", exact=True).click()
    expect(desk.dialog.get_by_label("Users, with commas between")).to_have_count(0)
    desk.accept()
    expect(shelf.entry("broken")).to_contain_text("shared with everyone")
    assert seen_by("dan", stocked, tmp_path, monkeypatch) == {"broken"}
    desk.choose(shelf.entry("broken"), "Propose to New Workspaces")
    expect(shelf.entry("broken")).to_contain_text("default")
    desk.choose(shelf.entry("broken"), "Duplicate…")
    desk.dialog.locator("input").fill("broken-too")
    desk.accept()
    expect(shelf.entry("broken-too")).to_contain_text("private")
    desk.choose(shelf.entry("broken"), "Archive")
    expect(shelf.entry("broken")).to_have_count(0)
    shelf.list.get_by_label("Archived ones too").check()
    expect(shelf.entry("broken")).to_be_visible()
    desk.choose(shelf.entry("broken"), "Take Back From the Archive")
    shelf.list.get_by_label("Archived ones too").uncheck()
    expect(shelf.entry("broken")).to_be_visible()
    shelf.list.get_by_label("Filter environments").fill("too")
    expect(shelf.entry("broken")).to_have_count(0)
    expect(shelf.entry("broken-too")).to_be_visible()

    # A project that wants its workspaces to use marked revisions only.
    shelf.list.get_by_label("Filter environments").fill("")
    shelf.entry("prices").click()
    shelf.view.get_by_role("button", name="Mark for this project").click()
    expect(shelf.view.get_by_role("button", name="Unmark")).to_be_visible()
    desk.run("Environments of This Project…")
    expect(desk.dialog).to_contain_text("Its workspaces may use these revisions only:")
    desk.dialog.get_by_label("New workspaces begin with").select_option(label="prices · r2")
    desk.picture("23-project")
    assert desk.violations(".jpr-Form") == []
    desk.dialog.get_by_role("button", name="Take away").click()
    desk.accept()
    expect(shelf.view.get_by_role("button", name="Mark for this project")).to_be_visible()
    assert desk.lab.get("jupyter-repro/api/projects/current/environments") == {
        "project": ANY,
        "environment": "prices",
        "revision": None,
        "marked": [],
    }


def test_what_is_written_comes_back_with_the_page_and_is_asked_about(stocked: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(stocked)
    shelf = Shelf(desk)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.page.on("dialog", leave)
    desk.open()
    shelf.open()
    shelf.list.get_by_role("button", name="New", exact=True).click()
    shelf.view.get_by_label("Name", exact=True).fill("half-written")
    shelf.write("idna\n")
    shelf.entry("prices").click()
    shelf.tab("Edit")
    shelf.write("tabulate\n")
    expect(desk.tab("prices")).to_have_class(re.compile("jp-mod-dirty"))

    # The browser asks, as for a document that is not saved; and what was written is there again.
    desk.keep_layout()
    desk.reload()
    assert asked == ["beforeunload"]
    expect(desk.tab("prices")).to_have_class(re.compile("jp-mod-dirty"))
    desk.tab("prices").click()
    expect(shelf.view.locator(".jpr-Edit .cm-content")).to_have_text("tabulate")
    desk.picture("25-back")
    shelf.view.get_by_role("button", name="Discard").click()
    expect(desk.tab("prices")).not_to_have_class(re.compile("jp-mod-dirty"))
    desk.tab("New environment").click()
    expect(shelf.view.get_by_label("Name", exact=True)).to_have_value("half-written")
    expect(shelf.view.locator(".jpr-Edit .cm-content")).to_have_text("idna")

    # Its tab asks before it closes.
    desk.tab("New environment").locator(".lm-TabBar-tabCloseIcon").click()
    desk.picture("26-asked")
    desk.dialog.get_by_role("button", name="Keep writing").click()
    expect(shelf.view.get_by_label("Name", exact=True)).to_have_value("half-written")
    desk.tab("New environment").locator(".lm-TabBar-tabCloseIcon").click()
    desk.dialog.get_by_role("button", name="Throw away").click()
    expect(desk.tab("New environment")).to_have_count(0)
    desk.keep_layout()
    desk.reload()
    assert asked == ["beforeunload"], "nothing is left to be asked about"
    expect(desk.tab("prices")).to_be_visible()
    expect(desk.tab("New environment")).to_have_count(0)


def test_each_view_fits_the_theme_and_has_no_serious_violation(stocked: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(stocked)
    shelf = Shelf(desk)
    desk.open()
    shelf.open()
    shelf.entry("prices").click()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        name = theme.rsplit(" ", 1)[-1].lower()
        desk.theme(theme)
        shelf.tab("Revisions")
        expect(shelf.view.locator(".jpr-Log-line").first).to_be_visible()
        assert desk.violations(f"#{PANEL}") == []
        waits = {
            "Revisions": ".jpr-Code .cm-content",
            "Packages": ".jpr-Table-row",
            "Compare": ".jpr-Table-row",
            "Edit": ".cm-content",
        }
        for tab, wait in waits.items():
            shelf.tab(tab)
            expect(shelf.view.locator(wait).first).to_be_visible()
            desk.picture(f"{tab.lower()}-{name}", "environments" if (tab, name) == ("Revisions", "light") else None)
            assert desk.violations(".jpr-Env") == []
    desk.run("What Is Installed Now")
    expect(shelf.view.locator(".jpr-Table-row").first).to_be_visible()
    desk.picture("installed-dark")
    assert desk.violations(".jpr-Env:not(.lm-mod-hidden)") == []


def test_the_keyboard_is_enough(stocked: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(stocked)
    shelf = Shelf(desk)
    desk.open()
    desk.run("Show Environments")
    shelf.list.get_by_label("Filter environments").fill("prices")
    expect(shelf.list.locator(".jpr-Row.jpr-mod-environment")).to_have_count(1)
    keys = desk.page.keyboard
    shelf.list.get_by_role("tree").focus()
    keys.press("Home")
    keys.press("ArrowDown")
    expect(shelf.entry("prices")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    shelf.view.get_by_role("tab", name="Revisions").focus()
    keys.press("ArrowRight")
    expect(shelf.view.get_by_role("tab", name="Edit")).to_be_focused()
    keys.press("ArrowRight")
    expect(shelf.view.get_by_role("tab", name="Packages")).to_have_attribute("aria-selected", "true")
    expect(shelf.view.locator(".jpr-Table-row").first).to_be_visible()
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    tree = shelf.view.get_by_role("tree", name="Revisions")
    tree.focus()
    keys.press("End")
    expect(shelf.view.locator(".jpr-Env-card").first).to_contain_text("Definition of r1")
    desk.theme("JupyterLab Light")
    desk.run("Environments of This Project…")
    expect(desk.dialog).to_contain_text("New workspaces begin with")
    desk.picture("30-project", "project-environments")
    keys.press("Escape")
    expect(desk.dialog).to_have_count(0)
    # Beside another tab there is half the room.
    desk.page.set_viewport_size({"width": 960, "height": 800})
    expect(shelf.view.locator(".jpr-Log-line").first).to_be_visible()
    desk.picture("31-narrow")
