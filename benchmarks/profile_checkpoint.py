"""Where the time of one row goes: ``python benchmarks/profile_checkpoint.py ROW [--scratch DIR]``.

Runs the command of a row once under cProfile, in this process, after an unprofiled preparation in processes
of its own. cProfile sees the main thread only and slows calls of Python down: read shares, not seconds. The
seconds of an unprofiled run stand above the profile.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import Bench
from measure import Command, run
from peers import JupyterRepro
from targets import FULL

ROWS = ("small-first", "small-unchanged", "small-changed", "small-recreate", "large-first", "million", "help", "status")


def _prepared(bench: Bench, row: str) -> Callable[[], Command]:
    """Make what the row needs; gives a maker of its command, called once for each run."""
    work = bench.scratch / "work"
    if row == "large-first":
        work.mkdir()
        bench.make("csv", work / "table.csv", bench.scale.large_bytes)
        bench.make("float32", work / "array.f32", bench.scale.large_bytes)
    elif row == "million":
        bench.make("many", work, bench.scale.many_files)
    elif row.startswith("small"):
        bench.make("small", work, bench.scale.small_files, bench.scale.directories)
    else:
        bench.make("tiny", work)
    contender = JupyterRepro(bench.scratch / "homes", work)
    if row.endswith("first"):

        def afresh() -> Command:
            contender.start()
            return contender.save()

        return afresh
    contender.start()
    run(contender.save())
    if row not in ("small-recreate", "help"):
        bench.settle()
        run(contender.save())
    numbers = iter(range(100))

    def again() -> Command:
        if row == "small-recreate":
            return contender.recreate(bench.scratch / f"recreated_{next(numbers)}")
        if row == "small-changed":
            next(work.rglob("module_*.py")).write_text(f"# edit {next(numbers)}\n")
        if row in ("help", "status"):
            return contender.do("--help" if row == "help" else "status")
        return contender.save()

    return again


def _profile(command: Command, lines: int) -> None:
    os.environ.update(command.env)
    os.chdir(command.cwd)
    sys.argv = ["jupyter-repro", *command.argv[1:]]
    profile = cProfile.Profile()
    profile.enable()
    try:
        from jupyter_repro.cli.main import main

        main()
    except SystemExit as stopped:
        if stopped.code:
            raise
    finally:
        profile.disable()
    statistics = pstats.Stats(profile).strip_dirs()
    for order in ("tottime", "cumulative"):
        statistics.sort_stats(order).print_stats(lines)


def main() -> None:
    """Prepare, run once unprofiled, run once profiled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row", choices=ROWS)
    parser.add_argument("--scratch", type=Path, default=Path("/var/tmp"), help="where to work (%(default)s)")
    parser.add_argument("--lines", type=int, default=30, help="of each listing (%(default)s)")
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="jupyter-repro-profile-", dir=arguments.scratch))
    try:
        bench = Bench("profile", scratch, FULL, 1, frozenset(), (JupyterRepro,))
        command = _prepared(bench, arguments.row)
        for _ in range(3):
            sample = run(command())
            bench.tell(f"{arguments.row}: {sample.seconds:.2f} s, processor {sample.cpu:.2f} s")
        _profile(command(), arguments.lines)
    finally:
        os.chdir("/")
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
