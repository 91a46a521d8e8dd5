"""The benchmark: ``python benchmarks/run.py``; ``--help`` tells the rest, README.md what it means."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType

from bench import Bench, Workload
from machine import describe, file_system
from measure import CommandFailed, floor_of_memory
from peers import CONTENDERS, Contender
from table import Result, merged, read, table, write
from targets import FULL, QUICK, ROWS
from workloads import WORKLOADS

_HERE = Path(__file__).resolve().parent
_README = _HERE / "README.md"
_KEPT = _HERE / "results.json"
_BEGIN, _END = "<!-- table: written by run.py --write-readme -->", "<!-- end of table -->"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure jupyter-repro beside git, restic and borg.")
    keys = [row.key for row in ROWS]
    parser.add_argument("--rows", nargs="+", default=[""], metavar="ROW", help=f"beginnings of: {', '.join(keys)}")
    parser.add_argument("--places", nargs="+", choices=("disk", "tmpfs"), default=["disk", "tmpfs"])
    parser.add_argument("--disk", type=Path, default=Path("/var/tmp"), help="a directory on a disk (%(default)s)")
    parser.add_argument("--tmpfs", type=Path, default=Path("/dev/shm"), help="a directory in memory (%(default)s)")
    names = [contender.name for contender in CONTENDERS]
    parser.add_argument("--contenders", nargs="+", choices=names, default=names)
    parser.add_argument("--repetitions", type=int, default=5, help="of every timed row (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="little data, once: does everything still work?")
    parser.add_argument(
        "--write-readme", action="store_true", help="keep the results, and put the table into README.md"
    )
    arguments = parser.parse_args()
    if arguments.quick and arguments.write_readme:
        parser.error("the numbers of --quick mean nothing: they do not go into the README")
    return arguments


def _places(arguments: argparse.Namespace) -> dict[str, Path]:
    """The places asked for that this machine has."""
    asked: dict[str, Path] = {"disk": arguments.disk, "tmpfs": arguments.tmpfs}
    found = {}
    for name in arguments.places:
        path = asked[name]
        in_memory = file_system(path) in ("tmpfs", "ramfs") if path.is_dir() else False
        if not path.is_dir() or not os.access(path, os.W_OK):
            print(f"Left out: {name}, because {path} is not a directory one may write to.")
        elif in_memory != (name == "tmpfs") and file_system(path) != "unknown":
            print(f"Left out: {name}, because {path} lies on {file_system(path)}. Name another with --{name}.")
        else:
            found[name] = path
    return found


def _contenders(names: list[str]) -> tuple[type[Contender], ...]:
    """The contenders asked for that are installed."""
    found = []
    for contender in CONTENDERS:
        if contender.name in names:
            if contender.executable():
                found.append(contender)
            else:
                print(f"Left out: {contender.name} is not installed.")
    return tuple(found)


def _belongs(workload: Workload, place: str, places: dict[str, Path]) -> bool:
    if workload.places == "disk":
        return place == "disk"
    # What does not depend on the place runs at the quieter one.
    return workload.places == "every" or place == list(places)[-1]


def _run_place(place: str, places: dict[str, Path], arguments: argparse.Namespace, rows: frozenset[str]) -> Bench:
    scratch = Path(tempfile.mkdtemp(prefix="jupyter-repro-bench-", dir=places[place]))
    contenders = _contenders(arguments.contenders)
    scale = QUICK if arguments.quick else FULL
    bench = Bench(place, scratch, scale, 1 if arguments.quick else arguments.repetitions, rows, contenders)
    try:
        for workload, function in WORKLOADS:
            if not _belongs(workload, place, places) or not bench.wants(*workload.rows):
                continue
            if not arguments.quick and shutil.disk_usage(scratch).free < workload.bytes_needed:
                need = workload.bytes_needed / 1024**3
                bench.failed.append(f"{workload.name} needs {need:.0f} GiB at {places[place]}")
                continue
            try:
                function(bench)
            except (CommandFailed, RuntimeError, OSError, ValueError) as error:
                if not isinstance(error, CommandFailed):
                    traceback.print_exc()
                bench.failed.append(f"{workload.name} at {place}: {error}")
            bench.clear()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return bench


def _write_readme(results: list[Result], arguments: argparse.Namespace, places: dict[str, Path]) -> None:
    kept = merged(read(_KEPT), results)
    write(_KEPT, kept)
    days = sorted({result.when[:10] for result in kept})
    machine = describe(_contenders(arguments.contenders), places)
    load = max(result.load for result in kept)
    told = (
        f"Measured on {' and '.join(dict.fromkeys((days[0], days[-1])))} (load average up to {load:g}) on: {machine}\n"
    )
    text = _README.read_text()
    head, tail = text.split(_BEGIN)[0], text.split(_END)[1]
    _README.write_text(f"{head}{_BEGIN}\n\n{table(kept)}\n\n{told}\n{_END}{tail}")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run what was asked for, print the table; 1 when something failed."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _stop)
    rows = frozenset(row.key for row in ROWS if row.key.startswith(tuple(arguments.rows)))
    if not rows:
        print("No row begins like that.", file=sys.stderr)
        return 2
    places = _places(arguments)
    if not places:
        print("No place to measure at.", file=sys.stderr)
        return 2
    print(describe(_contenders(arguments.contenders), places))
    results: list[Result] = []
    failed: list[str] = []
    for place in places:
        bench = _run_place(place, places, arguments, rows)
        results += bench.results
        failed += bench.failed
    print(f"\n{table(results)}\n\nNo peak below {floor_of_memory() / 1024**2:.0f} MiB can be seen.")
    if arguments.write_readme:
        _write_readme(results, arguments, places)
    for reason in failed:
        print(f"Failed: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
