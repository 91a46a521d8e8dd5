"""Files of the past open in Lab's own viewers: read-only, without a kernel, and nothing of them runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import DeskMaker, LabMaker
from tests.ui.desk import Desk
from tests.ui.lab import Lab


def test_every_kind_of_file_opens_in_its_viewer(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("Baseline for the review", "Browse all files")
    browse = desk.page.locator(".jpr-Browse")
    expect(browse.locator(".jpr-Row")).to_have_count(6)
    expect(desk.page.locator(".jpr-Banner-in")).to_contain_text("“Baseline for the review”")
    desk.picture("browse")
    for folder in ("data", "features", "results"):
        browse.locator(f'.jpr-Row[data-path="{folder}"]').click()

    shown: dict[str, Callable[[], None]] = {
        "train.ipynb": lambda: expect(desk.page.locator(".jpr-Past:visible .jp-Cell")).to_have_count(4),
        "notes.md": lambda: expect(desk.page.locator(".jpr-Past:visible img")).to_have_js_property("naturalWidth", 320),
        "features/build.py": lambda: expect(desk.page.locator(".jpr-FileViewer:visible .cm-content")).to_contain_text(
            "SCALE = 2"
        ),
        "data/customers.csv": lambda: expect(desk.page.locator(".jpr-Past:visible .lm-DataGrid")).to_be_visible(),
        "results/roc.png": lambda: expect(desk.page.locator(".jpr-Past:visible .jp-ImageViewer img")).to_be_visible(),
        "model.bin": lambda: expect(desk.page.locator(".jpr-About:visible")).to_contain_text("76,800 bytes"),
    }
    for path, is_shown in shown.items():
        desk.tab("Files @ v1").click()
        browse.locator(f'.jpr-Row[data-path="{path}"]').click()
        banner = desk.page.locator(".jpr-Banner-in:visible")
        expect(banner).to_contain_text(path.rsplit("/", 1)[-1])
        expect(banner.locator(".jpr-Badge")).to_have_text("v1")
        is_shown()
        desk.picture(path.rsplit("/", 1)[-1].replace(".", "-"))


def test_a_search_finds_a_file_wherever_it_lies(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("First features", "Browse all files")
    desk.page.get_by_label("Find a file by its path").fill("NAMES")
    found = desk.page.locator(".jpr-Browse .jpr-Row")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("features/names.py")


def test_a_link_between_past_files_leads_to_the_past(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.act("Baseline for the review", "Browse all files")
    desk.page.locator('.jpr-Browse .jpr-Row[data-path="notes.md"]').click()
    desk.page.locator(".jpr-Past:visible a", has_text="the notebook").click()
    expect(desk.tab("train.ipynb @")).to_be_visible()
    expect(desk.page.locator(".jpr-Past:visible .jp-Notebook .jp-Cell")).to_have_count(4)
    assert desk.lab.kernels() == []


def test_no_kernel_starts_neither_when_a_notebook_opens_nor_after_a_reload(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.expand("Baseline for the review")
    desk.changed("train.ipynb").click()
    cells = desk.page.locator(".jpr-Past:visible .jp-Notebook .jp-Cell")
    expect(cells).to_have_count(4)
    assert desk.lab.kernels() == []

    desk.keep_layout()
    desk.reload()
    expect(desk.tab("train.ipynb @")).to_have_count(1)
    expect(desk.dialog).to_have_count(0)
    expect(cells).to_have_count(4)
    expect(desk.page.locator(".jpr-Banner-in:visible .jpr-AsOf")).to_be_visible()
    assert desk.lab.kernels() == []

    # Nor can it be edited, or run by the usual keys.
    cells.nth(2).locator(".cm-content").click()
    desk.page.keyboard.type("os.abort()")
    desk.page.keyboard.press("Shift+Enter")
    expect(cells).to_have_count(4)
    expect(cells.nth(2).locator(".cm-content")).not_to_contain_text("abort")
    assert desk.lab.kernels() == []


def address_of(desk: Desk, title: str, path: str) -> str:
    """Path on the drive, as it stands in the address of the page."""
    here = desk.lab.get("jupyter-repro/api/here")
    assert isinstance(here, dict)
    return f"repro:{here['state']['project']['id']}/{desk.commit(title).get_attribute('data-commit')}/{path}"


def test_lab_s_own_notebook_gets_nothing_from_the_drive(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    place = address_of(desk, "Baseline for the review", "train.ipynb")
    commit = place.split("/")[1]
    for path in (place, f"{place} @ {commit[:8]}"):
        desk.page.evaluate(
            "path => void window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' })", path
        )
        expect(desk.dialog).to_contain_text("open read-only")
        desk.page.keyboard.press("Escape")
        # Lab thinks that the empty notebook which it could not fill holds changes.
        desk.dialog.get_by_role("button", name="Discard").click()
        expect(desk.dialog).to_have_count(0)
    assert desk.lab.kernels() == []


def test_the_address_of_a_page_opens_a_past_file_in_its_viewer(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    place = address_of(desk, "Baseline for the review", "train.ipynb")
    desk.open(f"lab/tree/{place}", "factory=Notebook&reset")
    expect(desk.page.locator(".jpr-Past:visible .jp-Notebook .jp-Cell")).to_have_count(4)
    expect(desk.page.locator(".jpr-Banner-in:visible .jpr-AsOf")).to_be_visible()
    expect(desk.dialog).to_have_count(0)
    assert desk.lab.kernels() == []


HOSTILE = "window.top.PWNED = true; window.PWNED = true;"


def hostile_notebook(path: Path) -> None:
    """Every way an output could run something, and something harmless to wait for."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>{HOSTILE}</script></svg>'
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {kind: text}}
        for kind, text in (
            ("text/html", f'<b class="harmless">shown</b><script>{HOSTILE}</script><img src=x onerror="{HOSTILE}">'),
            ("application/javascript", HOSTILE),
            ("image/svg+xml", svg),
        )
    ]
    code = {"cell_type": "code", "id": "c1", "metadata": {}, "source": "1", "execution_count": 1, "outputs": outputs}
    text = {
        "cell_type": "markdown",
        "id": "c2",
        "metadata": {},
        "source": f'<script>{HOSTILE}</script><a href="javascript:{HOSTILE}">go</a> <i class="prose">prose</i>',
    }
    path.write_text(json.dumps({"cells": [code, text], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def report_pdf() -> bytes:
    """A page of one line."""
    text = b"BT /F1 24 Tf 20 60 Td (Report) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    made = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(made),
    )


@pytest.fixture(scope="module")
def hostile(make_lab: LabMaker) -> Lab:
    """A project of files that would like to run something; the notebook is even signed as trusted."""
    lab = make_lab("hostile")
    hostile_notebook(lab.root / "evil.ipynb")
    subprocess.run([sys.executable, "-m", "jupyter", "trust", "evil.ipynb"], cwd=lab.root, env=lab.env, check=True)
    page = f'<h1 id="shown">Report</h1><script>{HOSTILE}</script><img src=x onerror="{HOSTILE}">'
    (lab.root / "evil.html").write_text(page)
    (lab.root / "evil.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="{HOSTILE}">'
        f'<script>{HOSTILE}</script><circle r="20" cx="20" cy="20"/></svg>'
    )
    (lab.root / "evil.md").write_text(f"# Prose\n\n<script>{HOSTILE}</script><img src=x onerror='{HOSTILE}'>\n")
    (lab.root / "report.pdf").write_bytes(report_pdf())
    lab.repro("init", ".", "--project", "hostile")
    lab.repro("checkpoint", "-m", "Evil")
    return lab.start()


def test_nothing_of_a_past_file_runs(hostile: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(hostile)
    desk.open()
    desk.open_history()
    desk.expand("Evil")
    shown = {
        "evil.ipynb": ".jpr-Past:visible .prose",
        "evil.svg": ".jpr-Past:visible .jp-ImageViewer img",
        "evil.md": ".jpr-Past:visible h1",
    }
    for path, wait in shown.items():
        desk.changed(path).click()
        expect(desk.page.locator(wait)).to_be_visible()
    desk.changed("evil.html").click()
    expect(desk.page.frame_locator(".jpr-HTMLViewer:visible iframe").locator("#shown")).to_have_text("Report")
    desk.picture("hostile-html")
    desk.tab("evil.ipynb").click()
    expect(desk.page.locator(".jpr-Past:visible .harmless")).to_have_text("shown")
    desk.picture("hostile-notebook")
    assert desk.page.evaluate("window.PWNED") is None
    assert hostile.kernels() == []


def test_a_past_pdf_opens_in_lab_s_viewer_with_its_own_bytes(hostile: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(hostile)
    downloaded: list[str] = []

    def shown() -> str:
        """Where the viewer has it from; a Chromium that shows no PDFs would download it from there."""
        return next((url for url in [frame.url for frame in desk.page.frames] + downloaded if url[:5] == "blob:"), "")

    desk.page.on("download", lambda download: downloaded.append(download.url))
    desk.open()
    desk.open_history()
    desk.expand("Evil")
    for _ in range(2):
        desk.changed("report.pdf").click()
        viewer = desk.page.locator(".jpr-Past:visible .jp-PDFContainer")
        expect(viewer).to_be_visible()
        expect(desk.page.locator(".jpr-Banner-in:visible .jpr-AsOf")).to_contain_text("“Evil”")
        desk.until(lambda: shown() != "")
        bytes_of = "address => fetch(address).then(answer => answer.text())"
        assert desk.page.evaluate(bytes_of, shown()) == report_pdf().decode()
        desk.picture("report-pdf")
        # The same after a reload of the page. The keyboard may be with the viewer, which is a page of its own.
        desk.state.click()
        desk.keep_layout()
        downloaded.clear()
        desk.reload()
    assert hostile.kernels() == []


def test_the_address_of_a_past_file_runs_nothing_either(hostile: Lab, make_desk: DeskMaker) -> None:
    desk = make_desk(hostile)
    desk.open()
    desk.open_history()
    commit = desk.commit("Evil").get_attribute("data-commit")
    for path in ("evil.html", "evil.svg"):
        answer = desk.page.request.get(
            f"{hostile.url}/jupyter-repro/api/projects/current/commits/{commit}/content?path={path}"
        )
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")


def test_a_past_file_is_copied_and_downloaded(desk: Desk) -> None:
    desk.open()
    desk.open_history()
    desk.expand("First features")
    desk.changed("features/build.py").click()
    past = desk.page.locator(".jpr-Past:visible")
    with desk.page.expect_download() as download:
        past.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "build.py"
    past.get_by_role("button", name="Copy into workspace").click()
    expect(desk.notification("Copied to features/")).to_be_visible()
    versions = [path.read_text() for path in (desk.lab.root / "features").glob("build*")]
    assert len([text for text in versions if "SCALE = 2" in text]) == 2
