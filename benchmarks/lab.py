"""What a person waits for in JupyterLab: ``python benchmarks/lab.py``; needs Chromium and the packages of the tests.

Measures in a real server and a real browser: the first page of a long history, the panel of many environments, a past
notebook beside the same file opened by Lab from the disk, and how long the event loop is ever silent while a large
checkpoint runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

_HERE = Path(__file__).resolve().parent
# The servers and pages of the browser tests serve here as well.
sys.path.insert(0, str(_HERE.parent))

from data import Notebook, large_csv, large_float32  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from tests.ui.desk import HISTORY, Desk  # noqa: E402
from tests.ui.lab import TOKEN, Lab, build_plugin  # noqa: E402
from tests.ui.project import write_long_history  # noqa: E402
from tests.ui.shelf import PANEL  # noqa: E402

QUIET = ("--ReproApp.auto_checkpoint=False", "--ReproApp.recover_at_start=False", "--ReproApp.checkpoint_at_stop=False")
BEGIN, END = "<!-- table: written by lab.py --write-readme -->", "<!-- end of the table of lab.py -->"
PATIENCE_MS = 180_000
PARTS = ("history", "environments", "preview", "heartbeat")

SEEN = """async ({ trigger, shown, event }) => {
    // From the event until two frames after what is waited for is in sight: then it is on the screen.
    const frame = () => new Promise(requestAnimationFrame);
    const target = document.querySelector(trigger);
    const begun = performance.now();
    if (event === 'click') {
        target.click();
    } else {
        target.dispatchEvent(new MouseEvent('dblclick', { bubbles: true, cancelable: true }));
    }
    const inSight = () => [...document.querySelectorAll(shown)].some(node => {
        const box = node.getBoundingClientRect();
        const drawn = node.tagName !== 'IMG' || (node.complete && node.naturalWidth > 0);
        return drawn && box.width > 0 && box.height > 0 && box.top < innerHeight;
    });
    while (!inSight()) {
        await frame();
    }
    await frame();
    await frame();
    return performance.now() - begun;
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; all numbers in milliseconds, or a ratio."""

    what: str
    measured: str
    must: str
    reached: bool


def spread(values: list[float]) -> str:
    """Median, least and most."""
    return f"{median(values):.0f} ms ({min(values):.0f}-{max(values):.0f})"


@contextmanager
def served(home: Path, fill: Callable[[Lab], None], **given: object) -> Iterator[Lab]:
    """A server on a directory that ``fill`` makes."""
    lab = Lab(home=home, root=home / "work", options=QUIET, **given)  # type: ignore[arg-type]
    lab.root.mkdir(parents=True)
    fill(lab)
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()


@contextmanager
def page_of(browser: Browser) -> Iterator[Page]:
    """A new user's browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def get(lab: Lab, path: str) -> bytes:
    with urlopen(Request(f"{lab.url}/{path}", headers={"Authorization": f"token {TOKEN}"}), timeout=120) as answer:
        body: bytes = answer.read()
        return body


def post(lab: Lab, path: str, body: object) -> dict[str, object]:
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    request = Request(f"{lab.url}/{path}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=120) as answer:
        said: dict[str, object] = json.load(answer)
        return said


def history(browser: Browser, home: Path, commits: int, times: int) -> Iterator[Row]:
    """The first page of a long history: at the server, and from the click to the screen."""
    with served(home, lambda lab: write_long_history(lab, commits)) as lab:
        first = f"jupyter-repro/api/projects/{project_of(lab)}/commits?limit=100"
        asked: list[float] = []
        for _ in range(4 * times + 1):
            begun = time.perf_counter()
            get(lab, first)
            asked.append((time.perf_counter() - begun) * 1000)
        # The first opens the index; from then on it is open, as it is for a person who opens the sidebar.
        asked = asked[1:]
        what = f"first page of the history, {commits:,} commits"
        yield Row(f"{what}: request to answer", spread(asked), "100 ms", median(asked) <= 100)
        seen: list[float] = []
        for _ in range(times):
            with page_of(browser) as page:
                Desk(page, lab, home).open()
                trigger = f'.lm-TabBar-tab[data-id="{HISTORY}"]'
                shown = f"#{HISTORY} .jpr-Row.jpr-mod-commit"
                seen.append(click(page, trigger, shown))
        yield Row(f"{what}: click on the sidebar to pixels", spread(seen), "500 ms", median(seen) <= 500)


def environments(browser: Browser, home: Path, count: int, revisions: int, times: int) -> Iterator[Row]:
    """The panel of so many environments, each with so many revisions."""

    def fill(lab: Lab) -> None:
        lab.repro("init", ".", "--project", "shelf")
        command = [sys.executable, "-c", STOCK, str(count), str(revisions)]
        subprocess.run(command, env=lab.env, cwd=lab.root, check=True)

    with served(home, fill) as lab:
        asked: list[float] = []
        for _ in range(4 * times):
            begun = time.perf_counter()
            get(lab, f"jupyter-repro/api/environments?limit={count}")
            asked.append((time.perf_counter() - begun) * 1000)
        what = f"{count} environments, {count * revisions:,} revisions"
        yield Row(f"{what}: request to answer", spread(asked), "", True)
        seen: list[float] = []
        for _ in range(times):
            with page_of(browser) as page:
                Desk(page, lab, home).open()
                trigger = f'.lm-TabBar-tab[data-id="{PANEL}"]'
                seen.append(click(page, trigger, f"#{PANEL} .jpr-Row[data-environment]"))
        yield Row(f"{what}: click on the panel to pixels", spread(seen), "300 ms", median(seen) <= 300)


STOCK = """
import sys
from jupyter_repro.verbs import environments

count, revisions = map(int, sys.argv[1:])
with environments.Library() as library:
    for number in range(count):
        name = f"env-{number:03}"
        for revision in range(revisions):
            wanted = environments.Definition(engine="uv", requirements=f"six\\nidna>={revision}\\n")
            if revision == 0:
                environments.create(library, name, wanted, description=f"The software of study {number}")
            else:
                environments.edit(library, name, wanted, message=f"Change {revision}")
"""


def click(page: Page, trigger: str, shown: str, event: str = "click") -> float:
    """Milliseconds from an event on ``trigger`` until ``shown`` is on the screen; Lumino's tabs want a real press."""
    if event == "click" and "TabBar" in trigger:
        # The press itself counts: its time is taken in the page.
        page.evaluate(
            """trigger => document.querySelector(trigger).addEventListener(
            'pointerdown', () => { window.pressed = performance.now(); }, { once: true, capture: true })""",
            trigger,
        )
        page.locator(trigger).click(no_wait_after=True)
        ended: float = page.evaluate(
            """async shown => {
                const frame = () => new Promise(requestAnimationFrame);
                const inSight = () => document.querySelector(shown)?.getBoundingClientRect().height > 0;
                while (!inSight()) { await frame(); }
                await frame(); await frame();
                return performance.now() - window.pressed;
            }""",
            shown,
        )
        return ended
    took: float = page.evaluate(SEEN, {"trigger": trigger, "shown": shown, "event": event})
    return took


def preview(browser: Browser, home: Path, times: int) -> Iterator[Row]:
    """A notebook of 5 MB as it was, beside the same bytes opened by Lab from the disk; in turns."""

    def fill(lab: Lab) -> None:
        Notebook(lab.root / "large.ipynb", 50, 100_000)
        lab.repro("init", ".", "--project", "large")
        lab.repro("checkpoint", "-m", "Large")

    past: list[float] = []
    disk: list[float] = []
    with served(home, fill) as lab:
        for number in range(2 * times):
            # Each in a fresh page, so that none finds what another loaded; which comes first changes.
            with page_of(browser) as page:
                desk = Desk(page, lab, home)
                desk.open()
                if number % 2 == 0:
                    desk.open_history()
                    desk.expand("Large")
                    expect(desk.changed("large.ipynb")).to_be_visible()
                    trigger = '.jpr-Row.jpr-mod-file[data-path="large.ipynb"]'
                    past.append(click(page, trigger, ".jpr-Past .jp-OutputArea-output img"))
                else:
                    desk.file_browser()
                    item = page.locator(".jp-DirListing-item", has_text="large.ipynb")
                    item.click()
                    disk.append(click(page, ".jp-DirListing-item.jp-mod-selected", OPENED, "dblclick"))
                    kernels_end(lab)
    ratio = median(past) / median(disk)
    yield Row("a 5 MB notebook, click to rendered: opened by Lab from the disk", spread(disk), "", True)
    yield Row("the same as it was at a commit: preview", spread(past), "1.5 x the line above", ratio <= 1.5)
    yield Row("the second over the first", f"{ratio:.2f} x", "1.5 x", ratio <= 1.5)


OPENED = ".jp-NotebookPanel:not(.jpr-Past) .jp-OutputArea-output img"


def kernels_end(lab: Lab) -> None:
    """What Lab started for the file on the disk is not to slow down the next."""
    for kernel in lab.kernels():
        assert isinstance(kernel, dict)
        request = Request(
            f"{lab.url}/api/kernels/{kernel['id']}", headers={"Authorization": f"token {TOKEN}"}, method="DELETE"
        )
        urlopen(request, timeout=60).close()


def heartbeat(home: Path, size: int) -> Iterator[Row]:
    """The longest silence of the server's event loop while one checkpoint takes in ``size`` bytes."""

    def fill(lab: Lab) -> None:
        lab.repro("init", ".", "--project", "heavy")

    environment = {"PYTHONPATH": os.pathsep.join(filter(None, (str(_HERE), os.environ.get("PYTHONPATH"))))}
    with served(home, fill, environment=environment, extensions=("heartbeat",)) as lab:
        large_csv(lab.root / "table.csv", size // 2)
        large_float32(lab.root / "numbers.bin", size // 2)
        idle = quiet_for(lab, 5.0)
        begun = time.perf_counter()
        task = post(lab, f"jupyter-repro/api/workspaces/{workspace_of(lab)}/checkpoints", {"message": "Heavy"})
        longest = 0.0, 0.0
        while True:
            state = json.loads(get(lab, f"jupyter-repro/api/tasks/{task['id']}"))
            longest = max(longest, silence(lab))
            if state["state"] not in ("queued", "running"):
                break
            time.sleep(0.05)
        took = time.perf_counter() - begun
        if state["state"] != "done":
            raise SystemExit(f"The checkpoint ended as {state['state']}: {state.get('error')}")
    gib = f"{size / 1024**3:.2g} GiB"
    yield Row("longest silence of the event loop, nothing to do (5 s)", told(idle), "", True)
    what = f"the same during a checkpoint of {gib} ({took:.0f} s)"
    yield Row(what, told(longest), "100 ms", longest[0] <= 100)


def told(silent: tuple[float, float]) -> str:
    return f"{silent[0]:.0f} ms (the server itself at work in it: {silent[1]:.0f} ms)"


def quiet_for(lab: Lab, seconds: float) -> tuple[float, float]:
    silence(lab)
    time.sleep(seconds)
    return silence(lab)


def silence(lab: Lab) -> tuple[float, float]:
    """The longest silence since the last call, and how much of it was work; in milliseconds."""
    said = json.loads(get(lab, "heartbeat"))
    return float(said["longest_ms"]), float(said["working_ms"])


def project_of(lab: Lab) -> str:
    return str(json.loads(get(lab, "jupyter-repro/api/here"))["state"]["project"]["id"])


def workspace_of(lab: Lab) -> str:
    return str(json.loads(get(lab, "jupyter-repro/api/here"))["state"]["workspace"]["id"])


def table(rows: list[Row], load: float) -> str:
    lines = ["| what | measured | must | result |", "|---|---|---|---|"]
    for row in rows:
        result = "" if row.must == "" else "reached" if row.reached else "**missed**"
        lines.append(f"| {row.what} | {row.measured} | {row.must} | {result} |")
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return "\n".join([*lines, "", f"Measured on {day}, {os.cpu_count()} processors, load average up to {load:.1f}."])


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="Measure what a person waits for in JupyterLab.")
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--times", type=int, default=5, help="repetitions (%(default)s)")
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=1024**3, help="bytes of the large checkpoint (%(default)s)")
    parser.add_argument("--place", type=Path, default=Path("/var/tmp"), help="a directory on a disk (%(default)s)")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args()
    only = chosen.only or PARTS
    build_plugin()
    rows: list[Row] = []
    loads: list[float] = []

    def note(more: Iterator[Row]) -> None:
        for row in more:
            rows.append(row)
            loads.append(os.getloadavg()[0])
            print(f"{row.what}: {row.measured}" + (f" (must: {row.must})" if row.must else ""), flush=True)

    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory(dir=chosen.place, prefix="lab-") as scratch, sync_playwright() as playwright:
        home = Path(scratch)
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        if "history" in only:
            note(history(browser, home / "history", chosen.commits, chosen.times))
        if "environments" in only:
            note(environments(browser, home / "environments", 200, 10, chosen.times))
        if "preview" in only:
            note(preview(browser, home / "preview", chosen.times))
        if "heartbeat" in only:
            note(heartbeat(home / "heartbeat", chosen.size))
        browser.close()
    if chosen.write_readme:
        readme = _HERE / "README.md"
        before, _, rest = readme.read_text().partition(BEGIN)
        readme.write_text(f"{before}{BEGIN}\n\n{table(rows, max(loads))}\n\n{END}{rest.partition(END)[2]}")
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
