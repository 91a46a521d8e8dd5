"""What the workloads share: a place, the contenders, and a list of results."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from measure import Sample, Trial, interleave, middle
from peers import Contender
from table import Result
from targets import Scale

_HERE = Path(__file__).resolve().parent


@dataclass(slots=True)
class Bench:
    """One run at one place. ``scratch`` is an empty directory there; ``rows`` are the keys asked for."""

    place: str
    scratch: Path
    scale: Scale
    repetitions: int
    rows: frozenset[str]
    contenders: tuple[type[Contender], ...]
    results: list[Result] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _made: float = 0.0

    def wants(self, *keys: str) -> bool:
        """Whether any of these rows was asked for."""
        return any(key in self.rows for key in keys)

    def tell(self, text: str) -> None:
        """One line about what is going on."""
        print(f"[{self.place}] {text}", flush=True)

    def make(self, kind: str, dest: Path, *numbers: int) -> None:
        """Make a set of data, in a process of its own."""
        self.tell(f"making {kind}")
        subprocess.run([sys.executable, _HERE / "data.py", kind, dest, *map(str, numbers)], check=True)
        self._made = time.monotonic()

    def settle(self) -> None:
        """Wait until the data made last is old enough to be trusted by its times."""
        wait = self._made + self.scale.settle_seconds - time.monotonic()
        if wait > 0:
            self.tell(f"waiting {wait:.0f} s: younger files are hashed again on purpose")
            time.sleep(wait)

    def started(self, work: Path) -> list[Contender]:
        """Every contender, with an empty store for this directory."""
        found = [contender(self.scratch / "homes", work) for contender in self.contenders]
        for contender in found:
            contender.start()
        return found

    def time(self, row: str, trials: Sequence[Trial], repetitions: int | None = None) -> dict[str, list[Sample]]:
        """Measure a row by its seconds, if it was asked for; else run each trial once."""
        count = (repetitions or self.repetitions) if self.wants(row) else 1
        samples = self._run(row, trials, count)
        if self.wants(row):
            self.keep(row, {name: [sample.seconds for sample in found] for name, found in samples.items()}, samples)
        return samples

    def keep_peaks(self, row: str, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Add a result that is a peak of memory."""
        self.keep(row, {name: [sample.peak for sample in found] for name, found in samples.items()}, samples)

    def keep(
        self, row: str, values: Mapping[str, Sequence[float]], samples: Mapping[str, Sequence[Sample]] | None = None
    ) -> None:
        """Add a result, where its row was asked for."""
        if not self.wants(row):
            return
        samples = samples or {}
        cpu = {name: [sample.cpu for sample in found] for name, found in samples.items()}
        peak = {name: [sample.peak for sample in found] for name, found in samples.items()}
        when = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self.results.append(Result(row, self.place, values, cpu, peak, when, round(os.getloadavg()[0], 1)))
        self.tell(f"{row}: " + ", ".join(f"{name} {middle(found):,.2f}" for name, found in values.items()))

    def clear(self) -> None:
        """Remove everything in the scratch directory, between workloads."""
        for entry in self.scratch.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    def _run(self, row: str, trials: Sequence[Trial], repetitions: int) -> dict[str, list[Sample]]:
        def tell(name: str, number: int, sample: Sample) -> None:
            self.tell(
                f"{row} {number + 1}/{repetitions} {name}: {sample.seconds:.2f} s, "
                f"processor {sample.cpu:.2f} s, peak {sample.peak / 1024**2:.0f} MiB"
            )

        return interleave(trials, repetitions, tell)


@dataclass(frozen=True, slots=True)
class Workload:
    """Rows that share their data. ``places``: everywhere, or only one place because the other adds nothing
    or lacks the room."""

    name: str
    rows: tuple[str, ...]
    places: Literal["every", "one", "disk"]
    bytes_needed: int
