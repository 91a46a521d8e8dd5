"""The workloads: what is done to which data, row by row."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench import Bench, Workload
from data import LongHistory, Notebook
from measure import Command, Sample, Trial, run
from peers import Contender, Git, JupyterRepro, environment
from targets import BARE, BARE_PYTHON, CHANGED_BYTES, IN_USE, PACKED, UNCHANGED

_HERE = Path(__file__).resolve().parent
_OWN = frozenset((".repro", ".git"))


def _first(contender: Contender) -> Trial:
    """The first save into an empty store."""
    return Trial(contender.name, lambda _: contender.save(), before=lambda _: contender.start())


def _look(contender: Contender) -> Trial:
    return Trial(contender.name, lambda _: contender.look())


def _save(contender: Contender, before: Callable[[int], object]) -> Trial:
    return Trial(contender.name, lambda _: contender.save(), before=before)


def _do(contender: Contender, *arguments: str) -> Trial:
    return Trial(contender.name, lambda _: contender.do(*arguments))


def _entries(directory: Path) -> Iterator[tuple[str, int]]:
    """Relative path and size of everything below a directory, -1 for directories, parents first."""
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if name not in _OWN)
        prefix = os.path.relpath(folder, directory)
        for name in folders:
            yield os.path.normpath(os.path.join(prefix, name)), -1
        for name in sorted(names):
            yield os.path.normpath(os.path.join(prefix, name)), os.lstat(os.path.join(folder, name)).st_size


def small(bench: Bench) -> None:
    """100,000 small files."""
    work = bench.scratch / "work"
    bench.make("small", work, bench.scale.small_files, bench.scale.directories)
    contenders = bench.started(work)
    bench.time("small-first", [_first(contender) for contender in contenders])
    if bench.wants("small-stored"):
        stored = {name: [size] for name, size in _stored(contenders).items()}
        bench.keep("small-stored", stored)
    if bench.wants("small-unchanged", "small-changed"):
        _small_again(bench, work, contenders)
    if bench.wants("small-recreate"):
        _small_recreate(bench, work, contenders)


def _small_again(bench: Bench, work: Path, contenders: list[Contender]) -> None:
    bench.settle()
    for contender in contenders:
        run(contender.save())
        run(contender.look())
    if bench.wants("small-unchanged"):
        bench.time("small-unchanged", [_look(contender) for contender in contenders])
    if not bench.wants("small-changed"):
        return
    target = next(work.rglob("module_*.py"))
    edits = iter(range(10**6))

    def edit(_: int) -> None:
        target.write_text(f"# edit {next(edits)}\n")

    trials = [_save(contender, edit) for contender in contenders]
    for contender in contenders:
        if isinstance(contender, JupyterRepro):
            catch_up = partial(lambda each, _: run(each.save()), contender)
            trials.append(Trial(UNCHANGED, _look(contender).command, before=catch_up))
    bench.time("small-changed", trials)


def _small_recreate(bench: Bench, work: Path, contenders: list[Contender]) -> None:
    dest = bench.scratch / "recreated"
    entries = list(_entries(work))
    manifest = bench.scratch / "manifest"
    manifest.write_text("".join(f"{size} {path}\n" for path, size in entries))

    def check(_: int) -> None:
        if sorted(_entries(dest)) != sorted(entries):
            raise RuntimeError(f"{dest} is not what was saved")
        shutil.rmtree(dest)

    for contender in contenders:
        # What was edited by the row before must be part of what is recreated.
        run(contender.save())
    makers: list[tuple[str, Callable[[Path], Command]]] = [(each.name, each.recreate) for each in contenders]
    for contender in contenders:
        if isinstance(contender, Git):
            contender.pack()
            makers.append((PACKED, contender.recreate_packed))
    bare = (sys.executable, "-I", str(_HERE / "bare_files.py"), str(manifest), str(dest))
    makers.append((BARE, lambda _: Command(bare, bench.scratch)))
    trials = [Trial(name, partial(lambda make, _: make(dest), make), after=check) for name, make in makers]
    bench.time("small-recreate", trials)


def large(bench: Bench) -> None:
    """A CSV and a float32 array of 0.5 GiB each."""
    work = bench.scratch / "work"
    work.mkdir()
    bench.make("csv", work / "table.csv", bench.scale.large_bytes)
    bench.make("float32", work / "array.f32", bench.scale.large_bytes)
    contenders = bench.started(work)
    bench.time("large-first", [_first(contender) for contender in contenders])
    bench.keep("large-stored", {contender.name: [float(contender.stored())] for contender in contenders})


def insert(bench: Bench) -> None:
    """One row under the header of the CSV, three times."""
    work = bench.scratch / "work"
    work.mkdir()
    table = work / "table.csv"
    bench.make("csv", table, bench.scale.large_bytes)
    contenders = bench.started(work)
    for contender in contenders:
        run(contender.save())
    growth: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(1, 4):
        bench.make("insert", table, number)
        for contender in contenders:
            before = contender.stored()
            run(contender.save())
            growth[contender.name].append(float(contender.stored() - before))
    bench.keep("insert", growth)


def notebooks(bench: Bench) -> None:
    """Notebooks of which one output changes at a time."""
    for row, outputs, size in (("notebook-5mb", 50, 100_000), ("notebook-1mb", 45, 20_000)):
        if not bench.wants(row):
            continue
        work = bench.scratch / row
        work.mkdir()
        notebook = Notebook(work / "notebook.ipynb", outputs, size)
        contenders = bench.started(work)
        for contender in contenders:
            run(contender.save())
        before = _stored(contenders)
        for number in range(bench.scale.revisions):
            notebook.run_one_cell()
            for contender in contenders:
                run(contender.save())
            if number % 10 == 9:
                bench.tell(f"{row}: revision {number + 1}")
        growth = {name: [after - before[name]] for name, after in _stored(contenders).items()}
        bench.keep(row, {**growth, CHANGED_BYTES: [float(notebook.changed)]})


def _stored(contenders: list[Contender]) -> dict[str, float]:
    """Bytes of every store, of git's after packing, and of what is in use in ours."""
    sizes = {contender.name: float(contender.stored()) for contender in contenders}
    for contender in contenders:
        if isinstance(contender, Git):
            sizes[PACKED] = float(contender.pack())
        elif isinstance(contender, JupyterRepro):
            sizes[IN_USE] = float(contender.in_use())
    return sizes


def huge(bench: Bench) -> None:
    """One file of 10 GiB: memory only, so once."""
    work = bench.scratch / "work"
    work.mkdir()
    file, aside, dest = work / "huge.bin", bench.scratch / "aside.bin", bench.scratch / "restored"
    bench.make("huge", file, bench.scale.huge_bytes)
    saved: dict[str, list[Sample]] = {}
    restored: dict[str, list[Sample]] = {}
    for kind in bench.contenders:
        contender = kind(bench.scratch / "homes", work)
        contender.start()
        saved[kind.name] = [run(contender.save())]
        file.rename(aside)
        restored[kind.name] = [run(contender.restore(dest))]
        found = file if file.exists() else dest / file.name
        if found.stat().st_size != aside.stat().st_size:
            raise RuntimeError(f"{kind.name} did not bring back {file.name}")
        aside.replace(file)
        shutil.rmtree(dest, ignore_errors=True)
        contender.wipe()
        times = [found[kind.name][0].seconds for found in (saved, restored)]
        bench.tell(f"{kind.name}: saved in {times[0]:.0f} s, restored in {times[1]:.0f} s")
    bench.keep_peaks("huge-checkpoint", saved)
    bench.keep_peaks("huge-restore", restored)


def million(bench: Bench) -> None:
    """1,000,000 tiny files, nothing changed."""
    work = bench.scratch / "work"
    bench.make("many", work, bench.scale.many_files)
    contenders = bench.started(work)
    for contender in contenders:
        first = run(contender.save())
        bench.tell(f"first save by {contender.name}: {first.seconds:.1f} s, peak {first.peak / 1024**2:.0f} MiB")
    bench.settle()
    for contender in contenders:
        run(contender.save())
        run(contender.look())
    samples = bench.time("million-seconds", [_look(contender) for contender in contenders])
    bench.keep_peaks("million-memory", samples)


def history(bench: Bench) -> None:
    """A project of 10,000 commits. restic and borg have no log of one project to compare with."""
    work = bench.scratch / "work"
    work.mkdir()
    listing: list[Trial] = []
    reading: list[Trial] = []
    for kind in bench.contenders:
        contender = kind(bench.scratch / "homes", work)
        if isinstance(contender, JupyterRepro):
            contender.start()
            bench.tell(f"making {bench.scale.commits:,} checkpoints")
            maker = [sys.executable, str(_HERE / "build_history.py"), str(work), str(bench.scale.commits)]
            subprocess.run(maker, env={**os.environ, **environment(contender.home)}, cwd=work, check=True)
            reading.append(_do(contender, "cat", "@", LongHistory.TABLE))
        elif isinstance(contender, Git):
            contender.start()
            contender.import_stream(_fast_import(bench.scale.commits))
            reading.append(_do(contender, "show", f"HEAD:{LongHistory.TABLE}"))
        else:
            continue
        listing.append(_do(contender, "log", "-n", "50"))
    if bench.wants("log"):
        bench.time("log", listing)
    if bench.wants("cat"):
        bench.time("cat", reading)


def _fast_import(commits: int) -> Iterator[bytes]:
    made = LongHistory()
    for number in range(commits):
        files = list(made.first()) if number == 0 else [made.change()]
        yield b"commit refs/heads/main\ncommitter Bench <bench@localhost> %d +0000\n" % (1_700_000_000 + number)
        yield b"data 4\nsave\n"
        for path, content in files:
            yield b"M 644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


def startup(bench: Bench) -> None:
    """The shortest commands."""
    work = bench.scratch / "work"
    bench.make("tiny", work)
    contenders = bench.started(work)
    for contender in contenders:
        run(contender.save())
    bench.settle()
    bare = Trial(BARE_PYTHON, lambda _: Command((sys.executable, "-c", ""), work))
    if bench.wants("help"):
        bench.time("help", [*(_do(contender, "--help") for contender in contenders), bare])
    if bench.wants("status"):
        with_status = [contender for contender in contenders if isinstance(contender, (JupyterRepro, Git))]
        bench.time("status", [*(_do(contender, "status") for contender in with_status), bare])


_GIB = 1024**3
WORKLOADS: tuple[tuple[Workload, Callable[[Bench], None]], ...] = (
    (
        Workload(
            "small",
            ("small-first", "small-unchanged", "small-changed", "small-recreate", "small-stored"),
            "every",
            4 * _GIB,
        ),
        small,
    ),
    (Workload("large", ("large-first", "large-stored"), "every", 5 * _GIB), large),
    (Workload("insert", ("insert",), "one", 4 * _GIB), insert),
    (Workload("notebooks", ("notebook-5mb", "notebook-1mb"), "one", 1 * _GIB), notebooks),
    (Workload("startup", ("help", "status"), "every", _GIB // 4), startup),
    (Workload("history", ("log", "cat"), "every", 1 * _GIB), history),
    (Workload("million", ("million-seconds", "million-memory"), "disk", 16 * _GIB), million),
    (Workload("huge", ("huge-checkpoint", "huge-restore"), "disk", 32 * _GIB), huge),
)
