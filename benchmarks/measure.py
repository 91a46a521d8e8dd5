"""Measuring whole processes: seconds, processor time and peak memory of a child and all its descendants.

Contenders are interleaved, so that a noisy minute of the machine falls on all of them, and everything is
synced to disk before a run, so that none pays for the writes of the one before.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_TO_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Command:
    """A process to run: its arguments, directory, and what is added to the environment."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: wall-clock seconds, seconds of processor time, bytes of peak resident memory."""

    seconds: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One contender of a row. ``command`` gives what to run in repetition *n*; ``before`` and ``after``
    are not measured."""

    name: str
    command: Callable[[int], Command]
    before: Callable[[int], object] | None = None
    after: Callable[[int], object] | None = None


class CommandFailed(RuntimeError):
    """A measured process ended with another exit code than 0."""


def run(command: Command) -> Sample:
    """Run a process to its end.

    Peak memory is that of the largest process, of the child and the descendants it waited for. It cannot
    be less than the peak of this process, which is why data is made elsewhere.
    """
    with tempfile.TemporaryFile() as output:
        environment = {**os.environ, **command.env}
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read()[-2000:].decode(errors="replace")
            raise CommandFailed(f"{' '.join(command.argv)} ended with {process.returncode} in {command.cwd}:\n{said}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, float(usage.ru_maxrss * _TO_BYTES))


def interleave(
    trials: Sequence[Trial], repetitions: int, tell: Callable[[str, int, Sample], None]
) -> dict[str, list[Sample]]:
    """Run every trial ``repetitions`` times, in turns that begin with another one each time."""
    samples: dict[str, list[Sample]] = {trial.name: [] for trial in trials}
    for number in range(repetitions):
        first = number % len(trials)
        for trial in (*trials[first:], *trials[:first]):
            if trial.before is not None:
                trial.before(number)
            os.sync()
            sample = run(trial.command(number))
            samples[trial.name].append(sample)
            tell(trial.name, number, sample)
            if trial.after is not None:
                trial.after(number)
    return samples


def floor_of_memory() -> int:
    """The least peak, in bytes, that ``run`` can report: that of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _TO_BYTES


def bytes_below(directory: Path) -> int:
    """Apparent size of all files below a directory."""
    total = 0
    for folder, _, names in os.walk(directory):
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    return total


def middle(values: Sequence[float]) -> float:
    """The median."""
    return median(values)
