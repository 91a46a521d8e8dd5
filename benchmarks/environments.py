"""How long environments take: built cold, brought back, and recorded. Needs a package index.

python benchmarks/environments.py [--repetitions N] [--rows WORD...] [--write-readme]

Whole processes of jupyter-repro, each row with the seconds of the wall and of the processor; snapshots are timed
inside a process of their own, without its start.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from measure import Command, Sample, run

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- environments: written by environments.py --write-readme -->", "<!-- end of environments -->"
PACKAGES = 300
FILES = 60
"""Files of each of the 300 packages: a package of the index has a few hundred at most, half of them under twenty."""

_TIMED = """
import json, os, sys, time
from pathlib import Path
from jupyter_repro.environments.snapshots import SnapshotCache, software_of
from jupyter_repro.environments.snapshots.hosts import host_now
begun, used = time.perf_counter(), time.process_time()
text = software_of(sys.argv[1], SnapshotCache(Path(sys.argv[2])))
host_now().encode()
print(json.dumps([time.perf_counter() - begun, time.process_time() - used, text.count(b"\\tpython\\t"),
    sum(line.startswith(b"python\\t") for line in text.splitlines())]))
"""


@dataclass(frozen=True)
class Row:
    """What is measured, its target in seconds, and how to measure it once."""

    key: str
    name: str
    must: float | None
    once: Callable[[int], Sample]


class Desk:
    """A workspace with an environment of pandas and ipykernel, in a directory of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / "work"
        self.work.mkdir()
        self.data = root / "data"
        self.data.mkdir()
        os.environ["JUPYTER_DATA_DIR"] = str(self.data)
        self.asks = root / "requirements.txt"
        self.asks.write_text("pandas\nipykernel\n")

    @property
    def venvs(self) -> Path:
        """Where installed environments lie."""
        return self.data / "repro" / "environments" / "uv"

    def command(self, *args: str, **env: str) -> Command:
        """A call of the program in the workspace, with byte code as an installed package has it."""
        program = str(Path(sys.executable).with_name("jupyter-repro"))
        return Command([program, *args], self.work, {"PYTHONDONTWRITEBYTECODE": "", **env})

    def prepare(self) -> None:
        """Make the environment and two commits, one in it and one not."""
        for args in (
            ["init"],
            ["checkpoint", "--allow-empty", "-m", "before"],
            ["env", "create", "pandas", "--requirements", str(self.asks)],
            ["env", "use", "pandas"],
        ):
            run(self.command(*args))
        (self.work / "notes.txt").write_text("one")
        run(self.command("checkpoint", "-m", "in pandas"))

    def cold(self, number: int) -> Sample:
        """Build with nothing kept, neither by uv nor by us."""
        cache = self.root / f"cache-{number}"
        try:
            return run(
                self.command(
                    "env", "create", f"cold-{number}", "--requirements", str(self.asks), UV_CACHE_DIR=str(cache)
                )
            )
        finally:
            shutil.rmtree(cache, ignore_errors=True)
            if self.work.joinpath(".repro").is_dir():
                run(self.command("env", "archive", f"cold-{number}"))
            for place in self.venvs.iterdir():
                if place.is_dir() and number >= 0:
                    shutil.rmtree(place)

    def recreate(self, number: int, *, installed: bool) -> Sample:
        """Recreate the commit, with the environment there or gone from the disk (and kept by uv)."""
        if installed:
            run(self.command("restore", "@", "--environment"))
        else:
            for place in self.venvs.iterdir():
                if place.is_dir():
                    shutil.rmtree(place)
        destination = self.root / f"recreated-{installed}-{number}"
        return run(self.command("recreate", "@", str(destination)))

    def use(self, number: int) -> Sample:
        """Choose an environment that is there."""
        return run(self.command("env", "use", "pandas"))


def big(root: Path) -> str:
    """A virtual environment with 300 packages, as installers leave them; returns its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    (site,) = root.glob("lib/python*/site-packages")
    for number in range(PACKAGES):
        metadata = site / f"package_{number}-1.{number}.dist-info"
        metadata.mkdir()
        lines = [f"package_{number}/module_{one}.py,sha256={'x' * 43},{one}" for one in range(FILES)]
        (metadata / "RECORD").write_text("\n".join([*lines, f"{metadata.name}/METADATA,sha256=y,1"]))
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: package-{number}\nVersion: 1.{number}\n")
    os.utime(site, (1_700_000_000, 1_700_000_000))
    for metadata in site.iterdir():
        os.utime(metadata, (1_700_000_000, 1_700_000_000))
    return str(root / "bin" / "python")


def snapshot(interpreter: str, folder: Path, *, cached: bool) -> Sample:
    """One snapshot of software and machine in a fresh process; Debian's packages are among them where there are any."""
    if not cached:
        shutil.rmtree(folder, ignore_errors=True)
    said = subprocess.run(
        [sys.executable, "-c", _TIMED, interpreter, str(folder)], capture_output=True, text=True, check=True
    )
    seconds, cpu, _, packages = json.loads(said.stdout)
    assert packages >= PACKAGES, "the snapshot is not of what was made"
    return Sample(seconds, cpu, 0.0)


def rows(root: Path) -> Iterator[Row]:
    """The rows, in the order in which they are measured."""
    desk = Desk(root)
    python, kept = big(root / "big"), root / "snapshots"
    # An interpreter is settled once it is older than two seconds; then the first reading may be kept.
    for file in (root / "big" / "pyvenv.cfg", root / "big" / "bin" / "python"):
        os.utime(file, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
    yield Row(
        "snapshot-cold", f"snapshot of {PACKAGES} packages, cold", 1.5, lambda n: snapshot(python, kept, cached=False)
    )
    yield Row("snapshot-cached", "the same, cached", 0.15, lambda n: snapshot(python, kept, cached=True))
    desk.prepare()
    yield Row("recreate-there", "recreate, environment installed", 1.0, lambda n: desk.recreate(n, installed=True))
    yield Row(
        "recreate-gone",
        "recreate, environment gone, files kept by uv",
        None,
        lambda n: desk.recreate(n, installed=False),
    )
    yield Row("use", "use an environment that is installed", None, desk.use)
    yield Row("cold", "build pandas and ipykernel with nothing kept", 15.0, desk.cold)


def table(measured: list[tuple[Row, list[Sample]]]) -> str:
    """The results as they stand in the README."""
    lines = ["| work | seconds | processor | must | result |", "|---|---|---|---|---|"]
    for row, samples in measured:
        wall, cpu = ([getattr(one, name) for one in samples] for name in ("seconds", "cpu"))
        middle = median(wall)
        reached = (
            "" if row.must is None else "reached" if middle <= row.must else f"missed by {middle / row.must:.2f} x"
        )
        lines.append(
            f"| {row.name} | {middle:.3f} ({min(wall):.3f}-{max(wall):.3f}) | {median(cpu):.3f} | "
            f"{row.must or ''} | {reached} |"
        )
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    load = os.getloadavg()[0]
    return "\n".join([*lines, "", f"Measured on {day}, {os.cpu_count()} cores, load average {load:.1f} at the end."])


def main() -> None:
    """Measure, print, and write the README when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--rows", nargs="*", default=[])
    parser.add_argument("--write-readme", action="store_true")
    options = parser.parse_args()
    measured = []
    with tempfile.TemporaryDirectory(prefix="jupyter-repro-environments-") as folder:
        for row in rows(Path(folder)):
            if options.rows and not any(row.key.startswith(word) for word in options.rows):
                continue
            row.once(-1)  # once unmeasured: byte code, page cache
            samples = [row.once(number) for number in range(options.repetitions)]
            measured.append((row, samples))
            print(f"{row.name}: {median(one.seconds for one in samples):.3f} s", flush=True)
    text = table(measured)
    print(text)
    if options.write_readme:
        before, _, rest = README.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
