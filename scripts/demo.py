"""Shows what jupyter-repro does: protects a small example directory in a temporary place and works in it.

usage: python scripts/demo.py [--keep]

Every line that begins with a dollar sign is run as it stands, with the real executable. ``--keep`` leaves the
directory in place for trying more.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

CLEAN = '''"""Reads the measurements and writes the summary."""

import csv
import statistics

with open("data/measurements.csv", newline="") as file:
    rows = list(csv.DictReader(file))

values = [float(row["celsius"]) for row in rows{condition}]
with open("results/summary.txt", "w") as file:
    print(f"{{len(values)}} measurements, mean {{statistics.mean(values):.2f}} degrees", file=file)
'''


class Demo:
    """Runs command lines in ``place``, with a data directory that the demo has to itself."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.work = place / "weather"
        self.colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        scripts = Path(sysconfig.get_path("scripts"))
        self.environment = {
            **os.environ,
            "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
            "JUPYTER_DATA_DIR": str(place / "jupyter"),
            "JUPYTER_CONFIG_DIR": str(place / "config"),
            "JUPYTER_NO_CONFIG": "1",
        }
        if not (scripts / "jupyter-repro").exists():
            sys.exit(f"jupyter-repro is not installed in {sys.prefix}: run `make demo`, or `pip install .` first.")

    def tell(self, text: str) -> None:
        """Say what comes next."""
        print(f"\n\x1b[1;34m{text}\x1b[0m" if self.colour else f"\n{text}", flush=True)

    def run(self, *words: str, where: Path | None = None) -> str:
        """Run one command as a person would, show it and what it prints, and return that."""
        shown = shlex.join(words)
        print(f"\n  $ \x1b[1m{shown}\x1b[0m" if self.colour else f"\n  $ {shown}", flush=True)
        done = subprocess.run(
            words, cwd=where or self.work, env=self.environment, capture_output=True, text=True, check=False
        )
        for line in (done.stdout + done.stderr).splitlines():
            print(f"    {line}".rstrip())
        if done.returncode != 0:
            sys.exit(f"\nThe demo stops here: {shown} ended with {done.returncode}.")
        return done.stdout

    def repro(self, *words: str, where: Path | None = None) -> str:
        """The same for one of our own commands."""
        return self.run("jupyter-repro", *words, where=where)


def make_example(work: Path) -> None:
    """A small analysis: a notebook with an output, data, a script and a result."""
    chance = random.Random(20)
    for folder in ("data", "results"):
        (work / folder).mkdir(parents=True)
    rows = [f"{day},{chance.gauss(14, 4):.1f}" for day in range(1, 366)]
    rows[99] = "100,999.9"
    (work / "data" / "measurements.csv").write_text("day,celsius\n" + "\n".join(rows) + "\n")
    (work / "clean.py").write_text(CLEAN.format(condition=""))
    cell = {
        "cell_type": "code",
        "id": "mean",
        "metadata": {},
        "execution_count": 1,
        "source": ["print(open('results/summary.txt').read())"],
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["365 measurements\n"]}],
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (work / "analysis.ipynb").write_text(json.dumps(notebook, indent=1) + "\n")


def play(demo: Demo) -> None:
    """The story."""
    python = Path(sys.executable).name
    demo.environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{demo.environment['PATH']}"

    demo.tell("A directory as people have it: a notebook, a script, data, results. We protect it once.")
    demo.repro("init")
    demo.run(python, "clean.py")
    demo.repro("checkpoint", "-m", "first look")

    demo.tell("The mean is far too high: one sensor wrote 999.9. We leave such values out.")
    (demo.work / "clean.py").write_text(CLEAN.format(condition=' if float(row["celsius"]) < 100'))
    demo.run(python, "clean.py")
    demo.repro("status")
    demo.repro("checkpoint", "-m", "without the broken sensor")

    demo.tell("Any commit can have a name. '@' is the newest one, '@~1' the one before.")
    demo.repro("tag", "first-look", "@~1")
    demo.repro("tag", "clean", "@")
    demo.repro("log")

    demo.tell("Looking into the past touches nothing: one file as it was, and what has changed since.")
    demo.repro("cat", "@~1", "results/summary.txt")
    demo.repro("diff", "@~1", "@")

    demo.tell("Then something goes wrong: the data are overwritten and the script is gone.")
    (demo.work / "data" / "measurements.csv").write_text("day,celsius\n")
    (demo.work / "clean.py").unlink()
    demo.repro("status")

    demo.tell("One file back, or everything. What a restore replaces is saved first.")
    demo.repro("restore", "clean", "clean.py")
    demo.repro("restore", "clean")

    demo.tell("Now nothing differs from that commit, and the history has what was there in between.")
    demo.repro("diff", "clean")
    demo.repro("log", "-n", "3")

    demo.tell("And that first moment once more, as a directory of its own on a branch of its own.")
    demo.repro("recreate", "first-look", "../as-it-was")
    demo.run("cat", "results/summary.txt", where=demo.place / "as-it-was")
    demo.repro("branch")


def main(arguments: Sequence[str]) -> int:
    """Play the demo in a temporary directory."""
    place = Path(tempfile.mkdtemp(prefix="jupyter-repro-demo-"))
    try:
        demo = Demo(place)
        make_example(demo.work)
        play(demo)
        if "--keep" in arguments:
            demo.tell(f"To go on: cd {demo.work} && export JUPYTER_DATA_DIR={place / 'jupyter'}")
        else:
            demo.tell("That was all in a temporary directory, which is gone now. Yours: `jupyter-repro init`.")
    finally:
        if "--keep" not in arguments:
            shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
