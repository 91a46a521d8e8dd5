"""A directory store under a tracer: what reaches the disk in which order, and what a death at any call leaves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_repro.store.backends import AlreadyExists, DirectoryBackend, KeyNotFound
from tests.store.backends.putter import BEGIN, END, content

ROOT = Path(__file__).parents[3]
SIZE = 300_000

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


@dataclass(frozen=True)
class Call:
    """One system call: its name, its text as strace prints it (descriptors with their paths), its result."""

    name: str
    args: str
    result: str

    @property
    def ok(self) -> bool:
        return not self.result.startswith("-1")

    @property
    def paths(self) -> list[str]:
        """Paths among the arguments, in order: the quoted ones and those of descriptors."""
        return [a or b for a, b in re.findall(r'"((?:/)[^"]*)"|\d<(/[^>]*)>', self.args)]


def traced(log: Path, *args: str, strace: list[str]) -> subprocess.CompletedProcess[str]:
    tracer = ["strace", "-f", "-y", "-s", "300", "-o", str(log), *strace]
    return subprocess.run(
        [*tracer, sys.executable, "-m", "tests.store.backends.putter", *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        # The number of calls before the put must be the same each time.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    )


def calls_in(log: Path) -> list[Call]:
    found = []
    for line in log.read_text().splitlines():
        match = re.match(r"\d+ +(\w+)\((.*)\) += (.*)$", line)
        if match:
            found.append(Call(match[1], match[2], match[3]))
    return found


def the_put(calls: list[Call]) -> list[Call]:
    marks = [i for i, call in enumerate(calls) if BEGIN in call.args or END in call.args]
    assert len(marks) == 2
    return calls[marks[0] + 1 : marks[1]]


def traced_put(tmp_path: Path, folder: Path, key: str, *inject: str, outcome: str = "stored") -> list[Call]:
    log = tmp_path / "strace.log"
    done = traced(log, str(folder), key, str(SIZE), strace=[x for rule in inject for x in ("-e", f"inject={rule}")])
    assert done.stdout.startswith(outcome), done.stdout + done.stderr
    return the_put(calls_in(log))


def index(calls: list[Call], name: str, *paths: str, start: int = 0) -> int:
    """Where the first successful call of that name about these paths is."""
    names = {"link": ("link", "linkat"), "mkdir": ("mkdir", "mkdirat"), "unlink": ("unlink", "unlinkat")}
    for i in range(start, len(calls)):
        if calls[i].name in names.get(name, (name,)) and calls[i].ok and calls[i].paths[: len(paths)] == list(paths):
            return i
    raise AssertionError(f"no {name} of {paths} from {start} on in:\n" + "\n".join(map(str, calls)))


def temporary(calls: list[Call]) -> str:
    (path,) = {path for call in calls if call.name == "openat" and "O_EXCL" in call.args for path in call.paths[-1:]}
    return path


def test_the_file_is_flushed_before_it_has_its_name_and_the_folder_after(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    target = f"{folder}/packs/ab/pack"
    calls = traced_put(tmp_path, folder, "packs/ab/pack")
    temp = temporary(calls)
    assert Path(temp).parent == folder / "tmp"
    last_write = max(i for i, call in enumerate(calls) if call.name == "write" and call.paths == [temp])
    flushed = index(calls, "fsync", temp)
    named = index(calls, "link", temp, target)
    assert last_write < flushed < named < index(calls, "fsync", f"{folder}/packs/ab", start=named)
    index(calls, "unlink", temp)
    assert not any(call.name in ("rename", "renameat", "renameat2", "truncate", "ftruncate") for call in calls)
    # No descriptor of the finished file is ever opened for writing under its name.
    assert not any(call.name == "openat" and target in call.args for call in calls)


def test_every_new_folder_is_flushed_into_its_parent(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet" / "store"
    calls = traced_put(tmp_path, folder, "packs/ab/pack")
    for made in (tmp_path / "not", tmp_path / "not/yet", folder, folder / "packs", folder / "packs/ab"):
        index(calls, "fsync", str(made.parent), start=index(calls, "mkdir", str(made)))
    assert sum(call.name == "fsync" for call in calls) == 1 + 5 + 1  # the file, each parent, the file's name


def test_a_folder_that_is_there_is_flushed_too_because_its_maker_may_have_died(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    (folder / "packs/ab").mkdir(parents=True)
    calls = traced_put(tmp_path, folder, "packs/ab/pack")
    named = index(calls, "link", temporary(calls))
    for parent in (tmp_path, folder, folder / "packs"):
        assert index(calls, "fsync", str(parent)) < named


def test_already_exists_is_only_said_of_what_is_durable(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    DirectoryBackend(folder).put("log/1", b"x")
    calls = traced_put(tmp_path, folder, "log/1", outcome="taken")
    index(calls, "fsync", str(folder / "log"))
    assert not any(call.name == "write" and call.paths for call in calls)


def test_without_hard_links_a_rename_that_never_replaces_does_it(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    none = ["link:error=EPERM", "linkat:error=EPERM"]
    calls = traced_put(tmp_path, folder, "log/1", *none)
    flushed = index(calls, "fsync", temporary(calls))
    named = index(calls, "renameat2", temporary(calls), f"{folder}/log/1")
    assert "RENAME_NOREPLACE" in calls[named].args
    assert flushed < named < index(calls, "fsync", f"{folder}/log", start=named)
    traced_put(tmp_path, folder, "log/1", *none, outcome="taken")
    backend = DirectoryBackend(folder)
    assert backend.get("log/1") == content(SIZE)
    assert list((folder / "tmp").iterdir()) == []


def test_a_rename_finds_the_key_taken_by_a_faster_writer(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    DirectoryBackend(folder).put("log/1", b"theirs")
    log = tmp_path / "strace.log"
    # The look before writing finds nothing, as if the other had come a moment later.
    nothing_there = [
        "-P", str(folder / "log/1"),
        "-e", "inject=newfstatat,stat:error=ENOENT:when=1",
        "-e", "inject=link,linkat:error=EPERM",
    ]  # fmt: skip
    done = traced(log, str(folder), "log/1", str(SIZE), strace=nothing_there)
    assert done.stdout == "taken\n", done.stdout + done.stderr
    assert any(call.name == "renameat2" and "EEXIST" in call.result for call in calls_in(log))
    assert DirectoryBackend(folder).get("log/1") == b"theirs"
    assert list((folder / "tmp").iterdir()) == []


def test_a_file_system_that_can_do_neither_is_refused(tmp_path: Path) -> None:
    rules = ["link:error=EPERM", "linkat:error=EPERM", "renameat2:error=EINVAL"]
    traced_put(tmp_path, tmp_path / "store", "log/1", *rules, outcome="StoreUnsuitable")
    assert list(DirectoryBackend(tmp_path / "store").list("")) == []
    assert list((tmp_path / "store/tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("fsync:error=EIO:when=5", "StoreError: Could not write"),
        ("write:error=ENOSPC:when=1", "StoreFull: Could not write"),
        ("write:error=EDQUOT:when=1", "StoreFull: Could not write"),
        ("link,linkat:error=ENOSPC", "StoreFull: Could not write"),
        ("mkdir,mkdirat:error=EROFS", "StoreError: Could not write"),
        ("mkdir,mkdirat:error=EACCES", "StoreError: Could not write"),
        ("openat:error=ESTALE", "StoreUnreachable: Could not write"),
    ],
)
def test_a_failing_disk_leaves_no_key_and_no_leftover(tmp_path: Path, rule: str, outcome: str) -> None:
    folder = tmp_path / "store"
    backend = DirectoryBackend(folder)
    backend.put("before", b"whole")
    log = tmp_path / "strace.log"
    # Only calls about this store fail: the interpreter's own go through.
    within = ["-P", str(folder), "-P", str(folder / "tmp"), "-P", str(folder / "log"), "-P", str(folder / "log/1")]
    if rule.startswith(("fsync", "write")):
        # A temporary file has no name to filter by: let strace pass the calls before the put by counting them.
        dry = tmp_path / "dry"
        DirectoryBackend(dry).put("before", b"whole")
        done = traced(log, str(dry), "log/1", str(SIZE), strace=[])
        calls = calls_in(log)
        name = rule.partition(":")[0]
        wanted = next(
            i
            for i, call in enumerate(calls)
            if call.name == name and call.paths and call.paths[0].startswith(f"{dry}/tmp/")
        )
        when = sum(call.name == name for call in calls[: wanted + 1])
        rule, within = re.sub(r"when=\d+", f"when={when}", rule), []
    done = traced(log, str(folder), "log/1", str(SIZE), strace=[*within, "-e", f"inject={rule}"])
    assert done.stdout.startswith(outcome), done.stdout + done.stderr
    assert str(folder) in done.stdout
    if "EACCES" in rule:
        assert "writable for you" in done.stdout
    assert [listed.key for listed in backend.list("")] == ["before"]
    assert list((folder / "tmp").iterdir()) == []
    backend.put("log/1", b"and now it works")


@pytest.mark.slow
@pytest.mark.parametrize("links", [True, False], ids=["link", "rename"])
def test_a_death_at_any_system_call_leaves_nothing_or_the_whole(tmp_path: Path, links: bool) -> None:
    no_links = [] if links else ["-e", "inject=link,linkat:error=EPERM"]
    log = tmp_path / "strace.log"
    done = traced(log, str(tmp_path / "dry"), "packs/ab/pack", str(SIZE), strace=no_links)
    assert done.stdout == "stored\n"
    calls = calls_in(log)
    begin = next(i for i, call in enumerate(calls) if BEGIN in call.args)
    seen = Counter(call.name for call in calls[:begin])
    points = []
    for call in calls[begin : begin + 2 + len(the_put(calls))]:
        seen[call.name] += 1
        points.append((call.name, seen[call.name]))
    assert len(points) > 20
    outcomes = Counter(str(die_at(tmp_path / f"store{i}", log, *point, no_links)) for i, point in enumerate(points))
    # Both ends were really reached, so the deaths did fall inside the put.
    assert outcomes["nothing"] > 5
    assert outcomes["whole"] >= 2


def die_at(folder: Path, log: Path, name: str, when: int, no_links: list[str]) -> str:
    backend = DirectoryBackend(folder)
    kill = ["-e", f"inject={name}:signal=KILL:when={when}"]
    if no_links and name in ("link", "linkat"):
        no_links, kill = [], ["-e", f"inject=link,linkat:error=EPERM:signal=KILL:when={when}"]
    done = traced(log, str(folder), "packs/ab/pack", str(SIZE), strace=[*no_links, *kill])
    text = log.read_text()
    assert "+++ killed by SIGKILL +++" in text, f"{name} number {when} was not reached: {done.stdout}{done.stderr}"
    assert BEGIN in text, f"{name} number {when} came before the put"
    try:
        found = backend.get("packs/ab/pack")
    except KeyNotFound:
        assert list(backend.list("")) == []
        backend.put("packs/ab/pack", content(SIZE))
        outcome = "nothing"
    else:
        assert found == content(SIZE)
        with pytest.raises(AlreadyExists):
            backend.put("packs/ab/pack", b"another")
        outcome = "whole"
    assert [(listed.key, listed.size) for listed in backend.list("")] == [("packs/ab/pack", SIZE)]
    backend.collect_temporary(older_than_seconds=-1)
    assert list((folder / "tmp").iterdir()) == []
    assert backend.get("packs/ab/pack") == content(SIZE)
    return outcome
