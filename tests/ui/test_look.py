"""Light and dark, for every eye and for none: pictures of each view, and what axe finds in it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.desk import HISTORY, Desk

# The server remembers the last one, for the pictures of others.
THEMES = ("JupyterLab Dark", "JupyterLab Light")


@pytest.mark.parametrize("theme", THEMES)
def test_each_view_fits_the_theme_and_has_no_serious_violation(desk: Desk, theme: str) -> None:
    name = theme.rsplit(" ", 1)[-1].lower()
    desk.open()
    desk.theme(theme)
    desk.open_history()
    expect(desk.commit("Import raw data")).to_be_visible()
    desk.expand("Baseline for the review")
    desk.commit("Baseline for the review").hover()
    desk.picture(f"history-{name}")
    assert desk.violations(f"#{HISTORY}") == []

    desk.changed("train.ipynb").click()
    expect(desk.page.locator(".jpr-Banner-in:visible .jpr-AsOf")).to_be_visible()
    expect(desk.page.locator(".jpr-Past:visible .jp-Cell")).to_have_count(4)
    desk.page.mouse.move(0, 0)
    desk.picture(f"preview-{name}", "history-and-preview" if name == "light" else None)
    assert desk.violations(".jpr-Banner-in") == []

    desk.act("First features", "Compare with current")
    files = desk.page.locator(".jpr-Compare-files .jpr-Row")
    expect(files.first).to_be_visible()
    ready = {
        "train.ipynb": ".jpr-NotebookDiff .jp-Notebook-diff",
        "notes.md": ".jpr-TextDiff .cm-editor",
        "data/customers.csv": ".jpr-TableDiff td",
        "results/roc.png": ".jpr-Pictures img",
        "model.bin": ".jpr-AboutSides dl",
    }
    for path, wait in ready.items():
        desk.page.locator(f'.jpr-Compare-files .jpr-Row[data-path="{path}"]').click()
        expect(desk.page.locator(wait).first).to_be_visible()
        desk.picture(
            f"compare-{path.rsplit('/', 1)[-1].split('.')[0]}-{name}",
            f"compare-{name}" if path == "train.ipynb" else None,
        )
        if path not in {"train.ipynb", "notes.md"}:
            # nbdime and CodeMirror draw those two; the frame around them is ours, and looked at with the others.
            assert desk.violations(".jpr-Compare") == []
    desk.page.locator('.jpr-Compare-files .jpr-Row[data-path="notes.md"]').click()
    desk.page.get_by_role("button", name="Inline").click()
    inline = desk.page.locator(".jpr-TextDiff.jpr-mod-inline")
    expect(inline.locator(".cm-insertedLine, .cm-changedLine").first).to_be_visible()
    desk.picture(f"compare-inline-{name}")

    desk.act("First features", "Browse all files")
    expect(desk.page.locator(".jpr-Browse .jpr-Row").first).to_be_visible()
    desk.picture(f"browse-{name}")
    assert desk.violations(".jpr-Browse") == []

    desk.act("Baseline for the review", "Recreate")
    expect(desk.dialog).to_contain_text("will be written")
    desk.picture(f"recreate-{name}")
    assert desk.violations(".jpr-Form") == []
    # The guide shows a directory as people have it, and not that of a test.
    desk.dialog.get_by_label("Directory").fill("/home/ada/work/churn-model-from-v1")
    desk.picture(f"recreate-elsewhere-{name}", "recreate" if name == "light" else None)
    desk.page.keyboard.press("Escape")

    desk.run("What Takes the Space")
    expect(desk.dialog.locator("td").first).to_be_visible()
    desk.picture(f"storage-{name}")
    assert desk.violations(".jpr-Form") == []
    desk.page.keyboard.press("Escape")
    desk.run("Automatic Checkpoints…")
    expect(desk.dialog.locator("input").first).to_be_visible()
    desk.picture(f"automatic-{name}")
    assert desk.violations(".jpr-Form") == []
    desk.page.keyboard.press("Escape")


def test_two_checkpoints_are_compared_by_choosing_both(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.commit("First features").locator(".jpr-Commit-message").click(modifiers=["ControlOrMeta"])
    expect(desk.sidebar).to_contain_text("Choose what to compare it with")
    desk.commit("Baseline for the review").locator(".jpr-Commit-message").click(modifiers=["ControlOrMeta"])
    summary = desk.page.locator(".jpr-Summary")
    expect(summary).to_contain_text("First features")
    expect(summary).to_contain_text("v1 Baseline for the review")
    expect(desk.page.locator(".jpr-Compare-files .jpr-Row")).to_have_count(2)
    desk.picture("two-checkpoints")


def test_the_keyboard_is_enough(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    tree = desk.sidebar.get_by_role("tree")
    expect(desk.commit("Import raw data")).to_be_visible()
    tree.focus()
    keys = desk.page.keyboard
    keys.press("End")
    expect(desk.commit("Import raw data")).to_have_attribute("aria-selected", "true")
    keys.press("ArrowUp")
    expect(desk.commit("First features")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(desk.changed("features/names.py").or_(desk.changed("features/build.py")).first).to_be_visible()
    desk.picture("keyboard")
    keys.press("c")
    expect(desk.page.locator(".jpr-Summary")).to_contain_text("First features")
    tree.focus()
    keys.press("p")
    expect(desk.page.locator(".jpr-Browse .jpr-Row").first).to_be_visible()
    tree.focus()
    keys.press("ArrowLeft")
    expect(desk.commit("First features")).to_have_attribute("aria-expanded", "false")
    keys.press("ContextMenu")
    expect(desk.page.locator(".lm-Menu-item", has_text="Recreate Workspace From Here…")).to_be_visible()
    keys.press("Escape")


def test_the_palette_has_what_the_menu_of_a_row_has(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.expand("First features")
    desk.run("Compare With Current (Chosen Checkpoint)")
    expect(desk.page.locator(".jpr-Summary")).to_contain_text("First features")
    desk.run("Browse All Files (Chosen Checkpoint)")
    expect(desk.page.locator(".jpr-Browse .jpr-Row").first).to_be_visible()
    desk.run("Recreate Workspace From Here… (Chosen Checkpoint)")
    expect(desk.dialog).to_contain_text("“First features”")
    desk.page.keyboard.press("Escape")


def test_the_filter_narrows_the_list(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    rows = desk.sidebar.locator(".jpr-Row.jpr-mod-commit")
    box = desk.sidebar.get_by_label("Filter the history")
    expect(desk.commit("Import raw data")).to_be_visible()
    box.fill("baseline")
    expect(rows).to_have_count(1)
    box.fill("path:data/customers.csv")
    expect(desk.commit("Tune depth and learning rate")).to_be_visible()
    expect(desk.commit("First features")).to_have_count(0)
    box.fill("nothing like this")
    expect(desk.sidebar).to_contain_text("No checkpoint fits the filter")
    desk.picture("nothing-fits")
    desk.sidebar.get_by_role("button", name="Show everything").click()
    expect(desk.commit("Import raw data")).to_be_visible()
    desk.sidebar.get_by_role("button", name="Runs", exact=True).click()
    expect(rows).to_have_count(0)
    desk.sidebar.get_by_role("button", name="All", exact=True).click()
    expect(desk.commit("Import raw data")).to_be_visible()


def test_one_file_s_history_from_the_file_browser(desk: Desk) -> None:
    desk.open()
    desk.file_browser()
    desk.page.locator(".jp-DirListing-item", has_text="train.ipynb").click(button="right")
    desk.page.locator(".lm-Menu-item", has_text="History of This File").click()
    expect(desk.sidebar).to_contain_text("Only train.ipynb")
    expect(desk.commit("Baseline for the review")).to_be_visible()
    expect(desk.commit("First features")).to_have_count(0)
    desk.picture("one-file")


def test_one_file_s_history_from_the_tab_of_a_document(desk: Desk) -> None:
    desk.open()
    desk.open_file("notes.md")
    desk.tab("notes.md").click(button="right")
    desk.page.locator(".lm-Menu-item", has_text="History of This File").click()
    expect(desk.sidebar).to_contain_text("Only notes.md")
    expect(desk.sidebar.locator(".jpr-Row.jpr-mod-commit")).to_have_count(1)


def test_what_a_comparison_shows_is_switched(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("Import raw data", "Compare with current")
    compare = desk.page.locator(".jpr-Compare")
    compare.locator('.jpr-Row[data-path="train.ipynb"]').click()
    source, outputs = compare.locator(".jp-Cellrow-source:visible"), compare.locator(".jp-Cellrow-outputs:visible")
    expect(source.first).to_be_visible()
    expect(outputs.first).to_be_visible()
    expect(compare.locator(".jp-Cellrow-metadata:visible")).to_have_count(0)
    compare.get_by_role("button", name="Outputs").click()
    expect(outputs).to_have_count(0)
    compare.get_by_role("button", name="Metadata").click()
    compare.get_by_role("button", name="Sources").click()
    expect(source).to_have_count(0)
    compare.get_by_role("button", name="Text").click()
    expect(compare.locator(".jpr-TextDiff .cm-editor").first).to_be_visible()
    desk.picture("notebook-as-text")

    compare.locator('.jpr-Row[data-path="results/roc.png"]').click()
    expect(compare.locator(".jpr-Pictures img")).to_have_count(2)
    compare.get_by_role("button", name="Swipe").click()
    slider = compare.get_by_label("How much of the older image is shown")
    expect(compare.locator(".jpr-Swipe-images img").last).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    slider.press("Home")
    expect(compare.locator(".jpr-Swipe-images img").last).to_have_css("clip-path", "inset(0px 100% 0px 0px)")
    slider.press("PageUp")
    desk.picture("swipe")
    assert desk.violations(".jpr-Compare") == []


def test_a_reload_brings_back_what_was_open(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("First features", "Browse all files")
    desk.act("Import raw data", "Compare with current")
    desk.page.locator('.jpr-Compare-files .jpr-Row[data-path="notes.md"]').click()
    expect(desk.page.locator(".jpr-TextDiff")).to_be_visible()
    desk.expand("Baseline for the review")
    desk.changed("train.ipynb").click()
    expect(desk.tab("train.ipynb @")).to_be_visible()
    desk.tab("… now").click()
    desk.keep_layout()
    desk.reload()
    expect(desk.sidebar).to_be_visible()
    expect(desk.commit("Import raw data")).to_be_visible()
    expect(desk.tab("train.ipynb @")).to_be_visible()
    expect(desk.page.locator(".jpr-TextDiff")).to_be_visible()
    expect(desk.page.locator('.jpr-Compare-files .jpr-Row[data-path="notes.md"]')).to_have_class(
        re.compile("jpr-mod-open")
    )
    features = desk.page.locator('.jpr-Browse .jpr-Row[data-path="features"]')

    def files_are_in_front() -> bool:
        # Whatever Lab still brings to the front after its own start comes before this.
        desk.tab("Files @").click()
        return features.is_visible()

    desk.until(files_are_in_front)
    desk.picture("after-a-reload")


def test_lab_s_own_places_lead_to_the_history(desk: Desk) -> None:
    desk.open()
    status = desk.page.locator(".jpr-Status")
    expect(status).to_contain_text("main")
    expect(status).to_contain_text("changed")
    desk.page.locator(".jp-LauncherCard", has_text="History").click()
    expect(desk.sidebar).to_be_visible()
    desk.page.locator(".lm-MenuBar-item", has_text="File").click()
    expect(desk.page.locator('.lm-Menu-item[data-command="jupyter-repro:checkpoint"]')).to_be_visible()
    desk.picture("file-menu")
    desk.page.keyboard.press("Escape")
    desk.run("Settings Editor")
    desk.page.locator(".jp-PluginList-entry", has_text="History").first.click()
    expect(desk.page.locator(".jp-SettingsPanel")).to_contain_text("Unsaved documents")
    desk.picture("settings")


def test_little_javascript_comes_before_the_sidebar_opens(desk: Desk) -> None:
    fetched: dict[str, int] = {}
    desk.page.on(
        "response",
        lambda response: (
            fetched.update({response.url: len(response.body())})
            if "/extensions/jupyter-repro/static/" in response.url and ".js" in response.url
            else None
        ),
    )
    desk.open()
    expect(desk.page.locator(".jpr-Status")).to_be_visible()
    before = sum(fetched.values())
    assert 0 < before <= 250_000
    desk.open_history()
    expect(desk.commit("Import raw data")).to_be_visible()
    assert sum(fetched.values()) > before
