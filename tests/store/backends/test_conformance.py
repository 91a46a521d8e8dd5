"""What every backend promises, asked of all of them in the same words."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_repro.errors import HostilePath
from jupyter_repro.store.backends import AlreadyExists, Backend, KeyNotFound, open_backend, probe_put_if_absent
from tests.store.backends.conftest import Place

ROOT = Path(__file__).parents[3]


def keys(backend: Backend, prefix: str = "", after: str = "") -> list[str]:
    return [listed.key for listed in backend.list(prefix, after)]


def test_it_is_a_backend_with_a_url(backend: Backend) -> None:
    assert isinstance(backend, Backend)
    assert "://" in backend.url


def test_what_is_put_is_got_by_every_client(place: Place) -> None:
    place.open().put("log/00000000000000000001", b"record")
    assert place.open().get("log/00000000000000000001") == b"record"


def test_the_second_put_of_a_key_fails_and_changes_nothing(place: Place) -> None:
    one, two = place.open(), place.open()
    one.put("packs/ab/cd", b"first")
    for client in (one, two):
        with pytest.raises(AlreadyExists):
            client.put("packs/ab/cd", b"second and longer")
    assert two.get("packs/ab/cd") == b"first"


@pytest.mark.parametrize(
    "data", [b"", bytearray(b"abc"), memoryview(b"xabcx")[1:4]], ids=["empty", "bytearray", "view"]
)
def test_any_buffer_is_stored(backend: Backend, data: bytes | bytearray | memoryview) -> None:
    backend.put("a", data)
    assert backend.get("a") == bytes(data)
    assert next(backend.list("")).size == len(data)


def test_a_value_of_40_mib_comes_back_whole_and_in_pieces(backend: Backend) -> None:
    data = random.Random(1).randbytes(40 * 1024 * 1024)
    backend.put("packs/big", data)
    assert hashlib.sha256(backend.get("packs/big")).digest() == hashlib.sha256(data).digest()
    assert backend.get("packs/big", 12_345_678, 3_000_000) == data[12_345_678:15_345_678]
    assert backend.get("packs/big", -100) == data[-100:]
    with pytest.raises(AlreadyExists):
        backend.put("packs/big", data)


EMPTY_TO_LARGE = {"empty": b"", "one": b"x", "some": bytes(range(200)), "large": random.Random(2).randbytes(2_500_000)}


def test_every_range_is_what_slicing_gives(place: Place) -> None:
    writer = place.open()
    for name, data in EMPTY_TO_LARGE.items():
        writer.put(name, data)
    readers = [writer, place.open()]
    offsets = st.integers(-260, 260) | st.integers(-2_600_000, 2_600_000)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(sorted(EMPTY_TO_LARGE)), offsets, st.none() | st.integers(0, 300) | st.integers(0, 3_000_000)
    )
    def check(name: str, start: int, length: int | None) -> None:
        data = EMPTY_TO_LARGE[name]
        expected = data[start if start >= -len(data) else 0 :][:length]
        for reader in readers:
            assert reader.get(name, start, length) == expected

    check()


@pytest.mark.parametrize("wanted", [(0, None), (0, 4), (3, 0), (5, None), (-4, None), (-4, 2)])
def test_a_missing_key_says_so_however_it_is_read(backend: Backend, wanted: tuple[int, int | None]) -> None:
    backend.put("there/is/this", b"data")
    for key in ("not/there", "there", "there/is", "there/is/this/below"):
        with pytest.raises(KeyNotFound):
            backend.get(key, *wanted)


def test_a_key_that_was_missing_is_found_once_it_is_there(place: Place) -> None:
    reader, writer = place.open(), place.open()
    for _ in range(2):
        with pytest.raises(KeyNotFound):
            reader.get("log/1")
    writer.put("log/1", b"now")
    assert reader.get("log/1") == b"now"
    assert reader.get("log/1", -3) == b"now"


def test_a_listing_is_sorted_as_text_whatever_the_folders(backend: Backend) -> None:
    # "-" and "!" sort before "/", "0" behind it: folder by folder would be another order.
    names = ["a/b", "a-b", "a!", "a/b-c/d", "a/bc", "b", "B", "a/b.d", "a/c", "Z/z", "a0/x-y"]
    for name in random.Random(3).sample(names, len(names)):
        backend.put(name, name.encode())
    assert keys(backend) == sorted(names)
    assert keys(backend, "a/") == sorted(name for name in names if name.startswith("a/"))


def test_a_listing_takes_a_prefix_and_where_to_go_on(backend: Backend) -> None:
    log = [f"log/{number:020d}" for number in range(30)]
    for name in [*log, "logs/x", "lo", "packs/aa/1", "snapshots/0"]:
        backend.put(name, b"x" * 3)
    assert keys(backend, "log/") == log
    assert keys(backend, "log/", log[10]) == log[11:]
    assert keys(backend, "log/", "log/00000000000000000010x") == log[11:]
    assert keys(backend, "log/", log[-1]) == []
    assert keys(backend, "log/", "a") == log
    assert keys(backend, "log/", "z") == []
    assert keys(backend, "log/0000000000000000002") == log[20:]
    assert keys(backend, "lo", "log/00000000000000000028") == [log[29], "logs/x"]
    assert keys(backend, "", "packs") == ["packs/aa/1", "snapshots/0"]
    assert keys(backend, "", "packs/aa/1") == ["snapshots/0"]
    assert keys(backend, "nothing/") == keys(backend, "lox") == []


def test_a_listing_tells_size_and_time(backend: Backend) -> None:
    before = time.time()
    backend.put("a/b", b"12345")
    (listed,) = backend.list("a/")
    assert listed.key == "a/b"
    assert listed.size == 5
    assert before - 60 < listed.modified < time.time() + 60  # another machine's clock, for some


def test_a_listing_of_more_than_one_page_is_complete(backend: Backend) -> None:
    names = [f"n/{number:05d}" for number in range(1200)]  # a page of S3 has 1000
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: backend.put(name, b""), names))
    assert keys(backend) == names
    assert keys(backend, "n/", names[1100]) == names[1101:]


def test_an_empty_store_lists_nothing(backend: Backend) -> None:
    assert keys(backend) == keys(backend, "log/") == keys(backend, "log/", "log/1") == []


def test_what_is_deleted_is_gone_and_its_key_free(place: Place) -> None:
    one, two = place.open(), place.open()
    one.put("a/b", b"old")
    one.put("a/c", b"stays")
    assert one.get("a/b", 0, 2) == b"ol"  # whoever keeps things open or in a cache has it now
    one.delete("a/b")
    one.delete("a/b")
    one.delete("a")
    one.delete("never/was")
    for client in (one, two):
        for wanted in ((0, None), (0, 2), (-2, None)):
            with pytest.raises(KeyNotFound):
                client.get("a/b", *wanted)
        assert keys(client) == ["a/c"]
    two.put("a/b", b"new")
    assert one.get("a/b") == b"new"


ODD = [
    *(f"odd/a{char}b" for char in map(chr, range(0x20, 0x7F)) if char not in "/\\"),
    "odd/a%2Fb",
    "odd/a%00",
    "odd/trailing.",
    "odd/ lead",
    "odd/trail ",
    "odd/ / /x",
    "odd/" + "l" * 255 + "/" + "m" * 255 + "/" + "n" * 200,
    "-",
    "CON/nul/aux",
    "tmpx/y",
    "x/tmp/y",
]


def test_odd_keys_are_stored_and_listed_as_they_are(backend: Backend) -> None:
    for name in ODD:
        backend.put(name, name.encode())
    assert keys(backend) == sorted(ODD)
    for name in ODD:
        assert backend.get(name) == name.encode()
        assert backend.get(name, 1, 3) == name.encode()[1:4]
        backend.delete(name)
    assert keys(backend) == []


HOSTILE = [
    "", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../x", "a/../b", "a/..", "a/./b", ".hidden", "a/.nfs01",
    "nul\0", "new\nline", "tab\t", "é", "\udc80", "back\\slash", "tmp", "tmp/x", "l" * 256, "a/" * 400 + "b", "del\x7f",
]  # fmt: skip


@pytest.mark.parametrize("key", HOSTILE, ids=ascii)
def test_a_key_that_could_leave_its_root_is_refused(backend: Backend, key: str) -> None:
    for call in (
        lambda: backend.put(key, b"x"),
        lambda: backend.get(key),
        lambda: backend.get(key, 1, 2),
        lambda: backend.get(key, -2),
        lambda: backend.delete(key),
    ):
        with pytest.raises(HostilePath):
            call()
    assert keys(backend) == []


@pytest.mark.parametrize("prefix", ["/", "../", "a//", "a/../", "\0", "tmp/", "."], ids=ascii)
def test_a_prefix_that_could_leave_its_root_is_refused(backend: Backend, prefix: str) -> None:
    with pytest.raises(HostilePath):
        list(backend.list(prefix))


def test_of_many_threads_one_gets_each_key(place: Place) -> None:
    contenders = 8
    clients = [place.open() for _ in range(contenders)]
    start = threading.Barrier(contenders)

    def race(number: int) -> list[int]:
        won = []
        for key in range(25):
            start.wait()
            try:
                clients[number].put(f"race/{key}", bytes([number]) * 5000)
            except AlreadyExists:
                continue
            won.append(key)
        return won

    with ThreadPoolExecutor(contenders) as pool:
        results = list(pool.map(race, range(contenders)))
    assert sorted(key for won in results for key in won) == list(range(25))
    for number, won in enumerate(results):
        for key in won:
            assert clients[0].get(f"race/{key}") == bytes([number]) * 5000


def test_threads_share_one_client(backend: Backend) -> None:
    data = {f"packs/{i:02d}": random.Random(i).randbytes(300_000) for i in range(12)}

    def work(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(60):
            name = rng.choice(sorted(data))
            start, length = rng.randrange(300_000), rng.randrange(5_000)
            assert backend.get(name, start, length) == data[name][start : start + length]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda item: backend.put(*item), data.items()))
        list(pool.map(work, range(6)))


@pytest.mark.parametrize("kind", ["directory", pytest.param("s3", marks=pytest.mark.s3)])
def test_of_many_processes_one_gets_each_key(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    where = request.getfixturevalue("s3_url") if kind == "s3" else str(tmp_path / "store")
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.backends.racer", where, f"racer{number}", "40"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
        )
        for number in range(5)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    outputs = [racer.communicate()[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 5
    won = [[int(key) for key in output.split()] for output in outputs]
    assert sorted(key for each in won for key in each) == list(range(40))
    backend = open_backend(where)
    for number, each in enumerate(won):
        for key in each:
            assert backend.get(f"race/{key:04d}") == f"racer{number}".encode() * 1000


def test_a_store_that_keeps_its_promise_passes_the_probe_and_keeps_no_trace(backend: Backend) -> None:
    probe_put_if_absent(backend)
    assert keys(backend) == []


def test_a_closed_backend_can_be_closed_again(backend: Backend) -> None:
    backend.put("a", b"x")
    backend.close()
    backend.close()
