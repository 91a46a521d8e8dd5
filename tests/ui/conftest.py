"""A browser, and servers for it to look at. All of these tests run in one process, one after the other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'jupyter-repro[test]'")
pytest.importorskip("playwright", reason="Playwright is not installed: pip install 'jupyter-repro[test]'")

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.ui.desk import Desk
from tests.ui.lab import ROOT, Lab, build_plugin
from tests.ui.project import write_changes, write_history

PICTURES = ROOT / "ui-screenshots"
PATIENCE = 60_000
"""Milliseconds that anything on the screen may take: two processors serve everybody."""

QUIET = ("--ReproApp.recover_at_start=False", "--ReproApp.auto_checkpoint=False")
"""Options of a server that makes no checkpoint unasked: what a test finds is what it wrote."""

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for all of them, and for those with a Docker engine: each Lab takes a processor of its own, and a
    browser drops its requests whenever an engine adds an interface to the machine's network."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("network"))
            item.add_marker(pytest.mark.slow)
            if os.environ.get("CI"):
                # Told as "R", and in the summary: what needed its second try is looked at, but holds up nobody.
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium: Playwright's own cannot be downloaded everywhere."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def plugin() -> None:
    """What users get: the production build."""
    build_plugin()


LabMaker = Callable[..., Lab]


@pytest.fixture(scope="module")
def make_lab(plugin: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabMaker]:
    """Makes servers that end with the module."""
    labs: list[Lab] = []

    def make(name: str = "churn-model", **given: object) -> Lab:
        home = tmp_path_factory.mktemp("home")
        lab = Lab(home=home, root=home / "work" / name, **given)  # type: ignore[arg-type]
        lab.root.mkdir(parents=True)
        labs.append(lab)
        return lab

    yield make
    for lab in labs:
        lab.stop()


@pytest.fixture(scope="session")
def lab(plugin: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server on a project with a history, for all tests that only look."""
    home = tmp_path_factory.mktemp("home")
    made = Lab(home=home, root=home / "work" / "churn-model", options=QUIET)
    made.root.mkdir(parents=True)
    write_history(made)
    write_changes(made.root)
    yield made.start()
    made.stop()


DeskMaker = Callable[[Lab], Desk]


@pytest.fixture
def make_desk(browser: Browser, request: pytest.FixtureRequest) -> Iterator[DeskMaker]:
    """Opens pages, each as a new user's browser; afterwards no page may have thrown an error."""
    contexts: list[BrowserContext] = []
    desks: list[Desk] = []
    pictures = PICTURES / request.node.path.stem.removeprefix("test_")

    def make(at: Lab) -> Desk:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        desks.append(Desk(page, at, pictures))
        return desks[-1]

    yield make
    if request.node.stash.get(FAILED, False):
        for number, desk in enumerate(desks):
            desk.picture(f"failed-{request.node.name}-{number}")
    errors = [error for desk in desks for error in desk.errors]
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def desk(make_desk: DeskMaker, lab: Lab) -> Desk:
    """A page on the server with a history."""
    return make_desk(lab)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember what failed, so that its last screen is kept."""
    report: pytest.TestReport = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
