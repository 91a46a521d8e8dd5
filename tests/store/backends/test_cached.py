"""The cache: fewer requests, never a wrong byte, never more than its bound, whoever shares it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_repro.errors import StoreUnreachable
from jupyter_repro.store.backends import CachedBackend, DirectoryBackend, KeyNotFound

ROOT = Path(__file__).parents[3]
BLOCK = 1000
PACK = random.Random(7).randbytes(10_500)


class Counting(DirectoryBackend):
    """A folder that notes what is asked of it; ``gate`` holds reads up, ``away`` makes them fail."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads: list[tuple[str, int, int | None]] = []
        self.gate: threading.Event | None = None
        self.asked = threading.Event()
        self.away = False

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self.reads.append((key, start, length))
        self.asked.set()
        if self.gate is not None:
            self.gate.wait()
        if self.away:
            raise StoreUnreachable("away")
        return super().get(key, start, length)


@pytest.fixture
def inner(tmp_path: Path) -> Counting:
    store = Counting(tmp_path / "store")
    store.put("packs/1", PACK)
    return store


def cached(inner: Counting, tmp_path: Path, limit: int = 1 << 24) -> CachedBackend:
    return CachedBackend(inner, tmp_path / "cache", limit, block=BLOCK)


def entries(tmp_path: Path) -> list[Path]:
    """The files of the cache that hold content."""
    return sorted(path for path in (tmp_path / "cache").glob("??/*/*") if path.is_file())


def used(tmp_path: Path) -> int:
    return sum(path.stat().st_size for path in entries(tmp_path))


def test_many_small_pieces_of_one_pack_take_one_request_a_block(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    for start in range(0, 3000, 50):
        assert backend.get("packs/1", start, 50) == PACK[start : start + 50]
    assert inner.reads == [("packs/1", 0, 1000), ("packs/1", 1000, 1000), ("packs/1", 2000, 1000)]


def test_a_long_piece_takes_one_request_for_the_blocks_that_are_missing(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    backend.get("packs/1", 4500, 10)
    inner.reads.clear()
    assert backend.get("packs/1", 1500, 7000) == PACK[1500:8500]
    assert inner.reads == [("packs/1", 1000, 3000), ("packs/1", 5000, 4000)]


def test_what_was_read_is_there_for_the_next_process(inner: Counting, tmp_path: Path) -> None:
    cached(inner, tmp_path).get("packs/1", 0, 20_000)
    inner.reads.clear()
    later = cached(inner, tmp_path)
    assert later.get("packs/1", 10_400, 500) == PACK[10_400:]
    assert later.get("packs/1") == PACK
    assert inner.reads == []


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2000])
def test_a_small_object_is_read_once_however_it_is_read(inner: Counting, tmp_path: Path, size: int) -> None:
    inner.put("log/1", PACK[:size])
    backend = cached(inner, tmp_path)
    assert backend.get("log/1") == PACK[:size]
    inner.reads.clear()
    for reader in (backend, cached(inner, tmp_path)):
        assert reader.get("log/1") == PACK[:size]
        assert reader.get("log/1", 0, 5000) == PACK[:size]
        assert reader.get("log/1", 300, 50) == PACK[:size][300:350]
    assert inner.reads == []


def test_the_end_of_a_small_object_brings_all_of_it(inner: Counting, tmp_path: Path) -> None:
    inner.put("log/1", b"record" + b"digest" * 5)
    backend = cached(inner, tmp_path)
    assert backend.get("log/1", -30) == b"digest" * 5
    assert backend.get("log/1") == b"record" + b"digest" * 5
    assert backend.get("log/1", -6, 3) == b"dig"
    assert len(inner.reads) == 1


def test_the_end_of_a_large_object_is_kept_as_a_piece(inner: Counting, tmp_path: Path) -> None:
    data = random.Random(8).randbytes(200_000)
    inner.put("packs/2", data)
    backend = cached(inner, tmp_path)
    assert backend.get("packs/2", -64) == data[-64:]
    assert cached(inner, tmp_path).get("packs/2", -5000, 100) == data[-5000:-4900]
    assert len(inner.reads) == 1
    assert backend.get("packs/2", -150_000) == data[-150_000:]
    assert backend.get("packs/2", -1, 1) == data[-1:]
    assert len(inner.reads) == 2


def test_what_was_put_is_not_fetched_back(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    backend.put("log/2", b"record")
    assert backend.get("log/2") == b"record"
    assert backend.get("log/2", -3) == b"ord"
    assert inner.reads == []


@pytest.mark.faults
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "swap"])
def test_a_damaged_entry_is_fetched_again(inner: Counting, tmp_path: Path, damage: str) -> None:
    cached(inner, tmp_path).get("packs/1", 0, 10_500)
    files = entries(tmp_path)
    assert len(files) == 11
    contents = [file.read_bytes() for file in files]
    for i, file in enumerate(files):
        if damage == "flip":
            middle = len(contents[i]) // 2
            file.write_bytes(contents[i][:middle] + bytes([contents[i][middle] ^ 1]) + contents[i][middle + 1 :])
        elif damage == "swap":  # whole, but another block's
            file.write_bytes(contents[i - 1])
        else:
            file.write_bytes(b"" if damage == "empty" else contents[i][:-1])
    inner.reads.clear()
    assert cached(inner, tmp_path).get("packs/1", 0, 10_500) == PACK
    assert inner.reads
    inner.reads.clear()
    assert cached(inner, tmp_path).get("packs/1", 0, 10_500) == PACK  # mended
    assert inner.reads == []


def test_dropping_forgets_every_piece_and_asks_again(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    inner.put("packs/2", b"stays" * 10)
    for start, length in ((0, 10_500), (-50, None)):
        backend.get("packs/1", start, length)
    backend.get("packs/2")
    inner.delete("packs/1")
    assert backend.get("packs/1", 0, 10) == PACK[:10]
    backend.drop("packs/1")
    for start, length in ((0, None), (0, 10), (-50, None)):
        with pytest.raises(KeyNotFound):
            backend.get("packs/1", start, length)
    assert not any(PACK[:100] in path.read_bytes() for path in entries(tmp_path))
    inner.reads.clear()
    assert backend.get("packs/2") == b"stays" * 10
    assert inner.reads == []


def test_the_cache_stays_within_its_bound(inner: Counting, tmp_path: Path) -> None:
    limit = 40 * (BLOCK + 32)
    backend = cached(inner, tmp_path, limit)
    for number in range(2, 30):
        inner.put(f"packs/{number}", PACK)
        for start in range(0, 10_500, 500):
            backend.get(f"packs/{number}", start, 10)
        assert used(tmp_path) <= limit
    assert used(tmp_path) > limit // 2


def test_what_was_read_longest_ago_goes_first(inner: Counting, tmp_path: Path) -> None:
    limit = 40 * (BLOCK + 32)
    backend = cached(inner, tmp_path, limit)
    for number in range(2, 22):
        inner.put(f"packs/{number}", bytes([number]) * BLOCK * 2)
        backend.get(f"packs/{number}", 0, 1)
    old = {path: path.stat().st_mtime for path in entries(tmp_path)}
    for path, modified in old.items():  # all of it was read an hour ago
        os.utime(path, (modified - 3600,) * 2)
    kept = cached(inner, tmp_path, limit)
    assert kept.get("packs/5", 0, 1) == b"\x05"  # but this one just now
    for number in range(12, 22):
        kept.get(f"packs/{number}", 1000, 1)
    inner.put("packs/more", PACK * 2)
    kept.get("packs/more", 0, 15_000)  # with the others read since, fewer than what is kept
    inner.reads.clear()
    fresh = cached(inner, tmp_path, limit)
    assert fresh.get("packs/5", 0, 1) == b"\x05"
    assert inner.reads == []
    fresh.get("packs/2", 0, 1)
    assert inner.reads == [("packs/2", 0, 1000)]


def test_one_large_read_does_not_push_out_everything(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path, 30 * BLOCK)
    backend.get("packs/1", 0, 10)
    inner.put("packs/huge", PACK * 3)
    assert backend.get("packs/huge") == PACK * 3
    inner.reads.clear()
    assert cached(inner, tmp_path, 30 * BLOCK).get("packs/1", 0, 10) == PACK[:10]
    assert inner.reads == []


def test_leftovers_of_killed_writers_are_collected(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path, 20 * BLOCK)
    backend.get("packs/1", 0, 10)
    old, young = tmp_path / "cache/tmp/old", tmp_path / "cache/tmp/young"
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (0, 0))
    backend.get("packs/1", 0, 10_500)
    assert not old.exists()
    assert young.exists()


def test_a_cache_that_cannot_be_written_is_done_without(inner: Counting, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file is in the way")
    backend = cached(inner, tmp_path)
    assert backend.get("packs/1", 500, 1000) == PACK[500:1500]
    assert backend.get("packs/1") == PACK
    backend.put("a", b"x")
    backend.drop("a")
    assert backend.get("a") == b"x"


def test_stores_and_block_sizes_do_not_mix_in_one_folder(inner: Counting, tmp_path: Path) -> None:
    other = Counting(tmp_path / "other")
    other.put("packs/1", PACK[::-1])
    cached(inner, tmp_path).get("packs/1", 0, 10_500)
    assert cached(other, tmp_path).get("packs/1", 0, 10_500) == PACK[::-1]
    assert CachedBackend(inner, tmp_path / "cache", 1 << 24, block=300).get("packs/1", 250, 5000) == PACK[250:5250]


def waiting(backend: CachedBackend, pool: ThreadPoolExecutor, inner: Counting, count: int) -> list[bytes | Exception]:
    """Let ``count`` threads want the same block while the first of them is still being answered."""
    inner.gate, arrived = threading.Event(), threading.Barrier(count + 1)

    def want() -> bytes | Exception:
        arrived.wait()
        try:
            return backend.get("packs/1", 2100, 50)
        except (StoreUnreachable, KeyNotFound) as error:
            return error

    futures = [pool.submit(want) for _ in range(count)]
    arrived.wait()
    inner.asked.wait()
    inner.gate.set()
    return [future.result() for future in futures]


def test_threads_that_want_the_same_block_take_one_request(inner: Counting, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert waiting(cached(inner, tmp_path), pool, inner, 8) == [PACK[2100:2150]] * 8
    assert inner.reads == [("packs/1", 2000, 1000)]


def test_a_failure_reaches_every_thread_and_the_next_try_is_free(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    inner.away = True
    with ThreadPoolExecutor(8) as pool:
        results = waiting(backend, pool, inner, 8)
    assert [type(result) for result in results] == [StoreUnreachable] * 8
    inner.away = False
    assert backend.get("packs/1", 2100, 50) == PACK[2100:2150]


def test_a_missing_key_is_missing_for_every_thread(inner: Counting, tmp_path: Path) -> None:
    inner.delete("packs/1")
    with ThreadPoolExecutor(6) as pool:
        results = waiting(cached(inner, tmp_path), pool, inner, 6)
    assert [type(result) for result in results] == [KeyNotFound] * 6


def test_threads_read_right_while_entries_are_evicted_and_dropped(inner: Counting, tmp_path: Path) -> None:
    data = {f"packs/{number}": random.Random(number).randbytes(8_000) for number in range(10, 18)}
    for name, content in data.items():
        inner.put(name, content)
    backend = cached(inner, tmp_path, 16 * BLOCK)

    def work(seed: int) -> None:
        rng = random.Random(seed)
        for step in range(150):
            name = rng.choice(sorted(data))
            start, length = rng.randrange(8_000), rng.randrange(1, 3_000)
            assert backend.get(name, start, length) == data[name][start : start + length]
            if step % 40 == 0:
                backend.drop(name)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))


READER = """
import random, sys
from jupyter_repro.store.backends import CachedBackend, DirectoryBackend
store, cache, seed = sys.argv[1:]
backend = CachedBackend(DirectoryBackend(store), cache, 16_000, block=1000)
rng = random.Random(int(seed))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(400):
    number = rng.randrange(10, 18)
    start, length = rng.randrange(8_000), rng.randrange(1, 3_000)
    content = random.Random(number).randbytes(8_000)
    assert backend.get(f"packs/{number}", start, length) == content[start : start + length]
print("right", flush=True)
"""


def test_processes_share_a_folder_that_is_too_small_for_them(inner: Counting, tmp_path: Path) -> None:
    for number in range(10, 18):
        inner.put(f"packs/{number}", random.Random(number).randbytes(8_000))
    command = [sys.executable, "-c", READER, str(tmp_path / "store"), str(tmp_path / "cache")]
    readers = [
        subprocess.Popen([*command, str(seed)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for seed in range(4)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for reader in readers:
        assert reader.stdin is not None
        reader.stdin.write("go\n")
        reader.stdin.flush()
    assert [reader.communicate()[0] for reader in readers] == ["right\n"] * 4
    # Each process beside the first may exceed the limit by the eighth between two looks.
    assert used(tmp_path) <= 16_000 + 3 * 2_000 + 4 * 1_032


def test_listings_are_never_remembered(inner: Counting, tmp_path: Path) -> None:
    backend = cached(inner, tmp_path)
    assert [listed.key for listed in backend.list("")] == ["packs/1"]
    inner.put("packs/2", b"")
    assert [listed.key for listed in backend.list("")] == ["packs/1", "packs/2"]
