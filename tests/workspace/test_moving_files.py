"""Files that change, appear and vanish while a checkpoint reads them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.errors import UnreadableFile
from jupyter_repro.verbs import Opened
from tests.support import scratch
from tests.support.scratch import Scratch
from tests.support.trees import File, Folder, Link, Tree, commit_tree, read_tree, tree_of, write_tree


@pytest.fixture
def opened() -> Iterator[tuple[Scratch, Opened]]:
    with scratch.workspace() as (place, ws):
        tree = tree_of([(b"a", File(b"1")), (b"d/victim", File(b"victim " * 50)), (b"d/z", File(b"2"))])
        write_tree(os.fsencode(place.work), tree)
        yield place, ws


@contextlib.contextmanager
def when_opened(monkeypatch: pytest.MonkeyPatch, path: Path, then: Callable[[], None]) -> Iterator[None]:
    """Call ``then`` just before the file (or the listing of the directory) is opened for the first time."""
    real_open, real_scandir, waiting = os.open, os.scandir, [True]

    def fire(at: object) -> None:
        if waiting and isinstance(at, bytes) and at == os.fsencode(path):
            waiting.clear()
            then()

    def watched_open(at: object, *args: object, **options: object) -> int:
        fire(at)
        return real_open(at, *args, **options)  # type: ignore[arg-type]

    def watched_scandir(at: object) -> object:
        fire(at)
        return real_scandir(at)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watched_open)
        patch.setattr(os, "scandir", watched_scandir)
        yield
    assert not waiting, "it happened"


@contextlib.contextmanager
def while_read(monkeypatch: pytest.MonkeyPatch, then: Callable[[int], None]) -> Iterator[None]:
    """Call ``then`` with a number after every reading of bytes of the victim."""
    real_read, count = os.read, iter(range(10**6))

    def read(fd: int, size: int) -> bytes:
        data = real_read(fd, size)
        if b"victim" in data:
            then(next(count))
        return data

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", read)
        yield
    assert next(count) > 0, "it happened"


def replaced_by(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def replace(victim: Path) -> None:
        victim.unlink()
        make(victim)

    return replace


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):
        server.bind(path.name)


BECOMES: dict[str, tuple[Callable[[Path], None], File | Link | None]] = {
    "gone": (lambda victim: victim.unlink(), None),
    "another file": (replaced_by(lambda victim: victim.write_bytes(b"another") and None), File(b"another")),
    "a link": (replaced_by(lambda victim: victim.symlink_to("../a")), Link(b"../a")),
    "a link to a secret": (replaced_by(lambda victim: victim.symlink_to("/etc/passwd")), Link(b"/etc/passwd")),
    "a directory": (replaced_by(lambda victim: victim.mkdir()), None),
    "a pipe": (replaced_by(os.mkfifo), None),
    "a socket": (replaced_by(bind), None),
}


@pytest.mark.parametrize(("change", "expected"), BECOMES.values(), ids=BECOMES.keys())
def test_a_file_that_became_something_else_after_it_was_listed(
    opened: tuple[Scratch, Opened],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    expected: File | Link | None,
) -> None:
    if change is BECOMES["a socket"][0] and not hasattr(contextlib, "chdir"):
        pytest.skip("a socket in a deep folder needs contextlib.chdir")
    place, ws = opened
    victim = place.work / "d" / "victim"
    with when_opened(monkeypatch, victim, lambda: change(victim)):
        done = verbs.checkpoint(ws, full=True)
    found = commit_tree(ws, done.commit.id)
    assert found.get(b"d/victim") == expected
    assert {found[b"a"], found[b"d/z"]} == {File(b"1"), File(b"2")}
    after = verbs.checkpoint(ws)
    assert commit_tree(ws, after.commit.id) == {
        **tree_of([(b"a", File(b"1")), (b"d/z", File(b"2"))]),
        **({b"d/victim": expected} if expected else {b"d/victim": Folder()} if victim.is_dir() else {}),
    }
    if victim.is_fifo() or victim.is_socket():
        assert [skipped.path for skipped in after.skipped] == ["d/victim"]


def test_a_directory_that_vanished_or_became_a_file_after_it_was_listed(
    opened: tuple[Scratch, Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, ws = opened

    def vanish() -> None:
        scratch.remove(place.work / "d")

    with when_opened(monkeypatch, place.work / "d", vanish):
        done = verbs.checkpoint(ws)
    assert commit_tree(ws, done.commit.id) == {b"a": File(b"1")}

    (place.work / "d").mkdir()

    def become() -> None:
        (place.work / "d").rmdir()
        (place.work / "d").write_bytes(b"a file now")

    with when_opened(monkeypatch, place.work / "d", become):
        verbs.checkpoint(ws)
    assert commit_tree(ws, verbs.checkpoint(ws).commit.id) == {b"a": File(b"1"), b"d": File(b"a file now")}


def test_a_file_that_changes_once_while_it_is_read_is_read_again(
    opened: tuple[Scratch, Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, ws = opened
    victim = place.work / "d" / "victim"

    def change(number: int) -> None:
        if number == 0:
            victim.write_bytes(b"the victim, all new")

    with while_read(monkeypatch, change):
        done = verbs.checkpoint(ws)
    assert commit_tree(ws, done.commit.id)[b"d/victim"] == File(b"the victim, all new")
    assert done.commit.notes == ()


@pytest.mark.parametrize("grow", [1, 100_000, 3_000_000])
def test_a_file_that_never_holds_still_is_stored_as_last_read_and_the_commit_says_so(
    opened: tuple[Scratch, Opened], monkeypatch: pytest.MonkeyPatch, grow: int
) -> None:
    place, ws = opened
    victim = place.work / "d" / "victim"

    def change(number: int) -> None:
        with open(victim, "ab") as file:
            file.write(b"%03d" % number + b"victim" * (grow // 6))

    with while_read(monkeypatch, change):
        done = verbs.checkpoint(ws)
    assert [path for path, _ in done.commit.notes] == ["d/victim"]
    stored = commit_tree(ws, done.commit.id)[b"d/victim"]
    assert isinstance(stored, File)
    assert victim.read_bytes().startswith(stored.data), "it is what the file was at a moment"
    assert verbs.checkpoint(ws).created, "what came later is found though the times look settled"
    assert commit_tree(ws, "@") == read_tree(os.fsencode(place.work))


def test_a_file_that_shrinks_while_it_is_read(opened: tuple[Scratch, Opened], monkeypatch: pytest.MonkeyPatch) -> None:
    place, ws = opened
    victim = place.work / "d" / "victim"
    victim.write_bytes(b"victim" * 500_000)
    with while_read(monkeypatch, lambda number: os.truncate(victim, 10) if number == 0 else None):
        done = verbs.checkpoint(ws)
    assert commit_tree(ws, done.commit.id)[b"d/victim"] == File(b"victimvict")


def test_a_change_within_one_tick_of_the_clock_is_found(opened: tuple[Scratch, Opened]) -> None:
    """Same size, same times, same inode: only reading it again tells."""
    place, ws = opened
    victim = place.work / "d" / "victim"
    for number in range(20):
        before = victim.stat()
        with open(victim, "r+b") as file:
            file.write(b"%06d" % number)
        os.utime(victim, ns=(before.st_atime_ns, before.st_mtime_ns))
        done = verbs.checkpoint(ws)
        assert commit_tree(ws, done.commit.id) == read_tree(os.fsencode(place.work)), f"change {number}"


WRITER = """
import os, sys
root, stop = sys.argv[1:]
number = 0
while not os.path.exists(stop):
    number += 1
    name = b"f%d" % (number % 7)
    body = b"%08d" % number * (1 + number % 5000)
    with open(os.path.join(os.fsencode(root), b".next-" + name), "wb") as file:
        file.write(body)
    os.replace(os.path.join(os.fsencode(root), b".next-" + name), os.path.join(os.fsencode(root), name))
    path = os.path.join(os.fsencode(root), b"comes-and-goes-%d" % (number % 3))
    if os.path.isdir(path):
        for child in os.listdir(path):
            os.unlink(os.path.join(path, child))
        os.rmdir(path)
    elif os.path.exists(path):
        os.unlink(path)
        os.mkdir(path)
        with open(os.path.join(path, b"child"), "wb") as file:
            file.write(b"child")
    else:
        with open(path, "wb") as file:
            file.write(b"file")
"""


def test_checkpoints_beside_a_busy_writer_hold_whole_files(tmp_path: Path) -> None:
    with scratch.workspace() as (place, ws):
        (place.work / ".reproignore").write_text(".next-*\n")
        stop = place.base / "stop"
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(place.work), str(stop)])
        commits = set()
        try:
            while len(commits) < 25:
                assert writer.poll() is None
                with contextlib.suppress(UnreadableFile):
                    commits.add(verbs.checkpoint(ws).commit.id)
        finally:
            stop.touch()
            assert writer.wait() == 0
        for commit in commits:
            tree: Tree = commit_tree(ws, commit)
            for path, node in tree.items():
                if path.startswith(b"f") and isinstance(node, File):
                    number = node.data[:8]
                    assert node.data == number * (1 + int(number) % 5000), f"{path!r} is torn"
        final = verbs.checkpoint(ws)
        assert commit_tree(ws, final.commit.id) == read_tree(os.fsencode(place.work))


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="the file systems of a disk keep no such times")
def test_files_of_a_far_future_and_a_far_past_are_kept_like_any_other() -> None:
    with scratch.workspace(Path("/dev/shm")) as (place, ws):
        tree = tree_of((name, File(name)) for name in (b"a", b"b", b"c", b"d", b"e"))
        write_tree(os.fsencode(place.work), tree)
        for name, seconds in (("a", 2**40), ("b", 2**34), ("c", -(2**31)), ("d", -(2**40))):
            os.utime(place.work / name, (seconds, seconds))
        assert (place.work / "a").stat().st_mtime_ns > 2**64, "it would not fit"
        first = verbs.checkpoint(ws)
        assert commit_tree(ws, first.commit.id) == tree
        assert not verbs.checkpoint(ws).created
        assert verbs.status(ws).clean
        for name in ("a", "d"):
            seconds = (place.work / name).stat().st_mtime
            (place.work / name).write_bytes(b"z")
            os.utime(place.work / name, (seconds, seconds))
        assert verbs.status(ws).modified == ("a", "d")
        verbs.restore(ws, first.commit.id)
        assert read_tree(os.fsencode(place.work)) == tree
