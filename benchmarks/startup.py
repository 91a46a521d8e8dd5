"""What the extension adds to the start of JupyterLab: ``python benchmarks/startup.py [--repetitions 7]``.

Measures whole processes of ``python -m jupyterlab`` from their start until the server answers, in turns: without the
extension, with it in a directory that is no workspace, and with it in the example project. Every other extension of
this environment is off. The processor time is that of the server until it answered,
with the children that it has waited for; a busy machine disturbs it less.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
OURS = "jupyter_repro"
ALWAYS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim")
MOST = 0.150
"""Seconds that the extension may add."""
PATIENCE = 120.0
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to start: whether ``OURS`` is on, and where."""

    name: str
    enabled: bool
    directory: str


CONTENDERS = (
    Contender("without", False, "plain"),
    Contender("with, no workspace", True, "plain"),
    Contender("with, in a workspace", True, "bike-rentals"),
)


def start(contender: Contender, scratch: Path, port: int) -> tuple[float, float]:
    """Start a server, and stop it once it answers. Returns seconds until then, and seconds of processor time."""
    config = scratch / "config"
    config.mkdir(exist_ok=True)
    found = {file.stem for file in (Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d").glob("*.json")}
    names = {"jupyter_server_ydoc", "jupyter_server_fileid", "notebook", *found, OURS, *ALWAYS}
    switched = {name: name in ALWAYS or (name == OURS and contender.enabled) for name in names}
    (config / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": {"jpserver_extensions": switched}}))
    directory = scratch / contender.directory
    directory.mkdir(exist_ok=True)
    began = time.perf_counter()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.token=", "--ServerApp.password="),
            *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={directory}"),
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ],
        cwd=directory,
        env=environment(scratch),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise SystemExit(f"JupyterLab did not start: {contender.name}")
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return seconds, sum(int(number) for number in numbers[11:15]) / TICK
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    """Whether the server answers a request."""
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=30):
        return True
    return False


def environment(scratch: Path) -> dict[str, str]:
    """Nothing of the user's own Jupyter, and byte code as everybody has it: compiled once, in the first round."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    return {**kept, **{f"JUPYTER_{name}_DIR": str(scratch / place) for name, place in places.items()}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table; fails when the extension adds too much."""
    parser = argparse.ArgumentParser(description="What the extension adds to the start of JupyterLab")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--port", type=int, default=18765)
    options = parser.parse_args(arguments)
    samples: dict[str, list[tuple[float, float]]] = {contender.name: [] for contender in CONTENDERS}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        seed = [sys.executable, str(ROOT / "scripts" / "seed.py"), str(scratch / "bike-rentals")]
        subprocess.run(seed, env=environment(scratch), check=True, stdout=subprocess.DEVNULL)
        for number in range(options.repetitions + 1):
            for place in range(len(CONTENDERS)):
                contender = CONTENDERS[(number + place) % len(CONTENDERS)]
                sample = start(contender, scratch, options.port)
                if number:  # the first round warms the page cache and compiles
                    samples[contender.name].append(sample)
    base, base_cpu = (median(column) for column in zip(*samples["without"], strict=True))
    print("| start of JupyterLab | seconds | added | processor | added |\n| --- | --- | --- | --- | --- |")
    for name, taken in samples.items():
        seconds, cpu = (sorted(column) for column in zip(*taken, strict=True))
        print(
            f"| {name} | {median(seconds):.3f} ({seconds[0]:.3f}-{seconds[-1]:.3f}) | {median(seconds) - base:+.3f} "
            f"| {median(cpu):.2f} ({cpu[0]:.2f}-{cpu[-1]:.2f}) | {median(cpu) - base_cpu:+.2f} |"
        )
    worst = max(median(seconds for seconds, _ in samples[c.name]) for c in CONTENDERS if c.enabled) - base
    print(f"\nThe extension adds {worst * 1000:.0f} ms; at most {MOST * 1000:.0f} ms are allowed.")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
