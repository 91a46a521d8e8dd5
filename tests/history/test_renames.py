"""Renames: the pairs that git finds, the same whatever the order, and never more than the bounds allow."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_repro.history import renames
from jupyter_repro.history.renames import MOST_FILES, SIMILAR_BELOW, Side, find_renames


class Contents(dict[bytes, bytes]):
    """Contents by hash, and which of them were read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[bytes] = []

    def side(self, path: bytes, data: bytes) -> Side:
        name = hashlib.sha256(data).digest()
        self[name] = data
        return Side(path, len(data), name)

    def read(self, name: bytes) -> bytes:
        self.reads.append(name)
        return self[name]


def paths(pairs: list[tuple[Side, Side]]) -> list[tuple[bytes, bytes]]:
    return [(old.path, new.path) for old, new in pairs]


def text(rng: random.Random, lines: int = 60) -> list[bytes]:
    return [b"%016x some words to make a line\n" % rng.getrandbits(64) for _ in range(lines)]


sides = st.lists(
    st.tuples(st.sampled_from((b"", b"d/", b"e/f/")), st.integers(0, 9), st.integers(0, 3)),
    max_size=12,
    unique_by=lambda side: side[:2],
)


@given(gone=sides, came=sides, seed=st.integers(0, 99))
@settings(deadline=None)
def test_equal_content_is_paired_whatever_the_order(
    gone: list[tuple[bytes, int, int]], came: list[tuple[bytes, int, int]], seed: int
) -> None:
    contents = Contents()
    olds = [contents.side(b"old/%s%d" % (at, n), b"content %d" % c) for at, n, c in gone]
    news = [contents.side(b"new/%s%d" % (at, n), b"content %d" % c) for at, n, c in came]
    pairs = find_renames(olds, news)
    assert len({old.path for old, _ in pairs}) == len({new.path for _, new in pairs}) == len(pairs)
    assert all(old.hash == new.hash for old, new in pairs)
    for name in {side.hash for side in olds}:
        gone_here = [side for side in olds if side.hash == name]
        came_here = [side for side in news if side.hash == name]
        here = [pair for pair in pairs if pair[0].hash == name]
        assert len(here) == min(len(gone_here), len(came_here))
        same_name = sum(old.name == new.name for old, new in here)
        names = [side.name for side in came_here]
        most = sum(min(names.count(n), [s.name for s in gone_here].count(n)) for n in set(names))
        assert same_name >= min(most, len(here))
    rng = random.Random(seed)
    rng.shuffle(olds)
    rng.shuffle(news)
    assert find_renames(olds, news) == pairs
    assert find_renames(olds, news, contents.read) == find_renames(olds[::-1], news[::-1], contents.read)


def test_a_hundred_thousand_moved_files_are_paired_without_reading() -> None:
    olds = [Side(b"a/%d" % i, 10, hashlib.sha256(b"%d" % i).digest()) for i in range(100_000)]
    news = [Side(b"b/" + old.path, old.size, old.hash) for old in olds]

    def read(name: bytes) -> bytes:
        raise AssertionError(name)

    assert len(find_renames(olds, news, read)) == 100_000


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
@given(
    seed=st.integers(0, 2**32),
    files=st.lists(st.tuples(st.sampled_from((1.0, 0.95, 0.8, 0.7, 0.5, 0.3, 0.0)), st.booleans()), max_size=8),
)
@settings(deadline=None, max_examples=25)
def test_git_finds_the_same_renames(seed: int, files: list[tuple[float, bool]]) -> None:
    rng = random.Random(seed)
    contents = Contents()
    olds, news = [], []
    with tempfile.TemporaryDirectory() as directory:

        def run(*args: str) -> bytes:
            return subprocess.run(["git", *args], cwd=directory, check=True, capture_output=True).stdout

        run("init", "-q")
        run("config", "user.name", "t")
        run("config", "user.email", "t@localhost")
        for i, (share, crlf) in enumerate(files):
            old = text(rng)
            kept = round(len(old) * share)
            new = old[:kept] + text(rng, len(old) - kept)
            rng.shuffle(new)
            data = b"".join(new)
            olds.append(contents.side(b"old%d" % i, b"".join(old)))
            news.append(contents.side(b"new%d" % i, data.replace(b"\n", b"\r\n") if crlf else data))
        for name, before in (("one", olds), ("two", news)):
            for old_file in Path(directory).glob("*[0-9]"):
                old_file.unlink()
            for side in before:
                Path(directory, side.path.decode()).write_bytes(contents[side.hash])
            run("add", "-A")
            run("commit", "-q", "--allow-empty", "-m", name)
        listed = run("-c", "core.autocrlf=false", "diff", "-M60%", "--name-status", "-z", "HEAD~", "HEAD").split(b"\0")
    theirs = []
    fields = iter(listed[:-1])
    for status in fields:
        first = next(fields)
        if status.startswith(b"R"):
            theirs.append((first, next(fields)))
    assert paths(find_renames(olds, news, contents.read)) == sorted(theirs, key=lambda pair: pair[1])


def test_the_most_similar_wins_then_the_same_name_then_the_first_path() -> None:
    rng = random.Random(1)
    lines = text(rng, 100)
    contents = Contents()
    new = contents.side(b"new/x.py", b"".join(lines))
    near = contents.side(b"z", b"".join(lines[:-1]))
    far = contents.side(b"a/x.py", b"".join(lines[:-20]))
    assert paths(find_renames([far, near], [new], contents.read)) == [(b"z", b"new/x.py")]
    same_name = Side(b"zz/x.py", near.size, near.hash)
    assert paths(find_renames([near, same_name], [new], contents.read)) == [(b"zz/x.py", b"new/x.py")]
    other = Side(b"y", near.size, near.hash)
    assert paths(find_renames([near, other], [new], contents.read)) == [(b"y", b"new/x.py")]


@pytest.mark.parametrize(("kept", "found"), [(60, True), (59, False)])
def test_the_border_of_similarity(kept: int, found: bool) -> None:
    rng = random.Random(2)
    old = text(rng, 100)
    contents = Contents()
    a = contents.side(b"a", b"".join(old))
    b = contents.side(b"b", b"".join(old[:kept] + text(rng, 100 - kept)))
    assert bool(find_renames([a], [b], contents.read)) is found


def test_what_is_not_compared() -> None:
    rng = random.Random(3)
    lines = b"".join(text(rng, 200))
    contents = Contents()

    def pairs(old: bytes, new: bytes) -> list[tuple[Side, Side]]:
        contents.reads.clear()
        return find_renames([contents.side(b"a", old)], [contents.side(b"b", new)], contents.read)

    assert pairs(lines, lines + b"x\n")
    assert not pairs(b"\0" + lines, b"\0" + lines + b"x\n")  # binary
    big = lines * (SIMILAR_BELOW // len(lines) + 1)
    assert not pairs(big, big + b"x\n")
    assert not contents.reads  # too large: not even read
    assert not pairs(lines, lines[:100])
    assert not contents.reads  # no file of about its size came
    assert not pairs(b"", b"x")


def test_long_lines_compare_too() -> None:
    rng = random.Random(4)
    old = b"%x" % rng.getrandbits(400_000)
    contents = Contents()
    pair = [contents.side(b"a", old)], [contents.side(b"b", old[:70_000] + old[:30_000][::-1])]
    assert len(find_renames(*pair, contents.read)) == 1


def test_with_too_many_files_only_equal_ones_are_paired() -> None:
    rng = random.Random(5)
    contents = Contents()
    lines = [b"".join(text(rng, 5)) for _ in range(MOST_FILES + 1)]
    olds = [contents.side(b"old/%d" % i, data) for i, data in enumerate(lines)]
    news = [contents.side(b"new/%d" % i, data + b"x\n") for i, data in enumerate(lines)]
    assert find_renames(olds, news, contents.read) == []
    assert not contents.reads
    equal = [contents.side(b"equal", lines[0])]
    assert len(find_renames(olds, news[1:] + equal, contents.read)) == MOST_FILES + 1


def test_many_files_with_much_in_common_are_paired_by_what_they_have_alone() -> None:
    rng = random.Random(6)
    common = text(rng, 30)
    contents = Contents()
    olds, news, wanted = [], [], []
    for i in range(300):
        own = text(rng, 30)
        olds.append(contents.side(b"old/%03d" % i, b"".join(common + own)))
        news.append(contents.side(b"new/%03d" % (299 - i), b"".join(common + own[:-3] + text(rng, 3))))
        wanted.append((b"old/%03d" % i, b"new/%03d" % (299 - i)))
    assert paths(find_renames(olds, news, contents.read)) == sorted(wanted, key=lambda pair: pair[1])


def test_no_more_is_read_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(7)
    contents = Contents()
    small, large = b"".join(text(rng, 10)), b"".join(text(rng, 1000))
    monkeypatch.setattr(renames, "MOST_BYTES", 2 * len(small) + 10)
    olds = [contents.side(b"small", small), contents.side(b"large", large)]
    news = [contents.side(b"small2", small + b"x\n"), contents.side(b"large2", large + b"x\n")]
    assert paths(find_renames(olds, news, contents.read)) == [(b"small", b"small2")]
    assert sum(len(contents[name]) for name in contents.reads) <= renames.MOST_BYTES
