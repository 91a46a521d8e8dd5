"""Chunk boundaries: the same however a stream arrives, stable around an edit, and the same for ever."""

from __future__ import annotations

import hashlib
import importlib.util
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_repro.store.chunks import TEXT_EXTENSIONS, ChunkSizes, chunk_sizes, split

KIB, MIB = 1024, 1024 * 1024
SMALL = ChunkSizes(256, 1024, 4096)


def stream_of(seed: int, size: int, alphabet: int = 256) -> bytes:
    data = hashlib.shake_256(seed.to_bytes(8, "big")).digest(size)
    return data if alphabet == 256 else data.translate(bytes(i % alphabet for i in range(256)))


def lengths(data: bytes, sizes: ChunkSizes) -> list[int]:
    return [len(chunk) for chunk in split([data], sizes)]


streams = st.builds(stream_of, st.integers(0, 2**32), st.integers(0, 60_000), st.sampled_from((256, 256, 2, 1)))


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    ends = [*sorted({min(cut, len(data)) for cut in cuts}), len(data)]
    begin = 0
    for end in ends:
        yield data[begin:end]
        begin = end


@given(data=streams, cuts=st.lists(st.integers(0, 60_000), max_size=60), mutable=st.booleans())
@settings(deadline=None)
def test_the_cuts_are_the_same_however_the_stream_comes_in_blocks(data: bytes, cuts: list[int], mutable: bool) -> None:
    blocks = pieces(data, cuts)
    chunks = [bytes(c) for c in split((bytearray(b) for b in blocks) if mutable else blocks, SMALL)]
    assert b"".join(chunks) == data
    assert [len(c) for c in chunks] == lengths(data, SMALL)


@pytest.mark.parametrize("block", [1, 7, 255, 4095, 4096, 4097, 5000, 100_000])
def test_every_block_size_cuts_the_same(block: int) -> None:
    data = stream_of(1, 50_000)
    cut = [len(c) for c in split((data[i : i + block] for i in range(0, len(data), block)), SMALL)]
    assert cut == lengths(data, SMALL)


@given(data=streams)
@settings(deadline=None)
def test_chunks_keep_to_their_bounds(data: bytes) -> None:
    cut = lengths(data, SMALL)
    assert sum(cut) == len(data)
    assert all(0 < length <= SMALL.max for length in cut)
    assert all(length >= SMALL.min for length in cut[:-1])


@pytest.mark.parametrize("size", [MIB, 9 * MIB, 99 * MIB, 999 * MIB])
def test_the_mean_is_near_minimum_plus_average(size: int) -> None:
    sizes = chunk_sizes(b"a.csv", size)
    assert sizes is not None
    cut = lengths(stream_of(2, 400 * sizes.avg), sizes)
    assert 0.8 <= (sum(cut) / len(cut)) / (sizes.min + sizes.avg) <= 1.2


@given(
    seed=st.integers(0, 2**32),
    at=st.integers(0, 200_000),
    remove=st.integers(0, 5_000),
    insert=st.binary(max_size=5_000),
)
@settings(deadline=None)
def test_an_edit_changes_only_chunks_nearby(seed: int, at: int, remove: int, insert: bytes) -> None:
    data = stream_of(seed, 200_000)
    edited = data[:at] + insert + data[at + remove :]
    old, new = set(split([data], SMALL)), list(split([edited], SMALL))
    fresh = sum(len(chunk) for chunk in new if chunk not in old)
    # The edit itself, what lies in the two chunks it touches, and some chunks until the cuts meet again.
    assert fresh <= len(insert) + 16 * SMALL.max
    touched = len(data[:at]) - SMALL.max
    begin = 0
    for chunk in new:
        if begin + len(chunk) < touched:
            assert chunk in old  # nothing before the edit moves
        begin += len(chunk)


def test_an_insertion_at_the_top_keeps_nearly_every_chunk_of_a_large_table() -> None:
    row = "%d,%.6f,%s\n"
    rng = random.Random(3)
    table = "".join(row % (i, rng.random(), "abc"[i % 3]) for i in range(400_000)).encode()
    sizes = chunk_sizes(b"table.csv", len(table))
    assert sizes is not None
    old = set(split([table], sizes))
    fresh = [chunk for chunk in split([b"0,0.5,z\n" + table], sizes) if chunk not in old]
    assert sum(map(len, fresh)) <= 4 * sizes.max


def test_changing_a_block_afterwards_does_not_reach_the_chunks() -> None:
    data = stream_of(4, 20_000)
    block = bytearray(data)
    chunks = []
    for chunk in split([block], SMALL):
        chunks.append(chunk)
        block[:] = bytes(len(block))
    assert b"".join(chunks) == data
    with pytest.raises(TypeError):
        chunks[0][0] = 1


def test_views_of_other_item_sizes_are_read_as_bytes() -> None:
    data = stream_of(5, 20_000)
    assert b"".join(split([memoryview(data).cast("I")], SMALL)) == data


def test_an_empty_stream_has_no_chunks() -> None:
    assert list(split([], SMALL)) == []
    assert list(split([b"", b""], SMALL)) == []


def test_memory_stays_bounded_by_blocks_not_by_the_stream() -> None:
    block = 4 * MIB
    sizes = chunk_sizes(b"x.bin", 10**10)
    assert sizes is not None
    assert list(split([b"first use imports the library"], sizes))
    base = stream_of(6, block)
    tracemalloc.start()
    assert sum(map(len, split((base[i:] + base[:i] for i in range(25)), sizes))) == 25 * block
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * block + 2 * sizes.max


@pytest.mark.parametrize(
    ("name", "size", "avg"),
    [
        (b"a.ipynb", 64 * KIB - 1, None),
        (b"a.ipynb", 64 * KIB, 8 * KIB),
        (b"deep/er/A.IPYNB", 2 * MIB - 1, 8 * KIB),
        (b"a.csv", 2 * MIB, 16 * KIB),
        (b"a.csv", 16 * MIB, 64 * KIB),
        (b"a.csv", 256 * MIB, 256 * KIB),
        (b"a.parquet", MIB - 1, None),
        (b"a.parquet", MIB, 256 * KIB),
        (b"README", MIB - 1, None),
        (b"README", MIB, 256 * KIB),
        (b"csv", 100 * KIB, None),
        (b".csv", 100 * KIB, None),
        (b"a.csv.gz", 100 * KIB, None),
        (b"dir.csv/data", 100 * KIB, None),
        (b"\xff\xfe.csv", 100 * KIB, 8 * KIB),
        (b"empty.csv", 0, None),
    ],
)
def test_sizes_by_name_and_length(name: bytes, size: int, avg: int | None) -> None:
    sizes = chunk_sizes(name, size)
    assert (sizes and sizes.avg) == avg
    if sizes is not None:
        assert (sizes.min, sizes.max) == (sizes.avg // 4, sizes.avg * 4)


# What follows was recorded once. It must never be recorded again for a format that is in use: an upgrade
# of the library that cuts elsewhere would store again what every store holds already.
GOLDEN = {
    8 * KIB: "fe93ff70324da26be270402e13468b7de331c0a13369c50f16067701d8e3720b",
    16 * KIB: "d2993f805f322d94d7b03083f65ce57687d7703378c10ee9f1422d2026506ee6",
    64 * KIB: "4fce6caf0a57058ebd943b9c5cb73bf00d728051a9a765db4249fd7b942e9abb",
    256 * KIB: "6881686496146a4127775ec7200e8ec54fb87a7c6c54c4a74d189caf0f85c6fc",
}
GOLDEN_TEXT = "64106ac6f515e2cd7d06b017d37245d3832d3d75006d7a0ae0bbf8be468c98e7"
GOLDEN_EXTENSIONS = "71a1978a8ad61dc8b007bf8491a8bd3131304f332ae1ac97047c59798315970c"


def digest_of(cut: list[int]) -> str:
    return hashlib.sha256(b"".join(n.to_bytes(4, "big") for n in cut)).hexdigest()


@pytest.mark.parametrize("avg", GOLDEN)
def test_the_cuts_are_those_of_the_format(avg: int) -> None:
    assert digest_of(lengths(stream_of(2026, 12 * MIB), ChunkSizes(avg // 4, avg, avg * 4))) == GOLDEN[avg]


def test_the_cuts_of_repetitive_text_are_those_of_the_format() -> None:
    text = b"".join(b"%d,%d,%x\n" % (i, i * i % 997, i * 2654435761 % 2**32) for i in range(100_000))
    assert digest_of(lengths(text, ChunkSizes(2 * KIB, 8 * KIB, 32 * KIB))) == GOLDEN_TEXT


def test_the_table_of_extensions_is_that_of_the_format() -> None:
    assert hashlib.sha256(b" ".join(sorted(TEXT_EXTENSIONS))).hexdigest() == GOLDEN_EXTENSIONS


def test_the_cuts_are_those_of_the_published_algorithm() -> None:
    # The library's own pure Python twin, straight from the paper: what "FastCDC 2020" means for a reader.
    assert importlib.util.find_spec("pyfastcdc.py") is not None
    from pyfastcdc.py import FastCDC

    data = stream_of(7, 200_000)
    plain = FastCDC(SMALL.avg, min_size=SMALL.min, max_size=SMALL.max, normalized_chunking=1)
    assert [chunk.length for chunk in plain.cut_buf(data)] == lengths(data, SMALL)
