"""Content-defined chunks: where a file is cut depends on its bytes, so an insertion moves few cuts.

Everything here is part of the store format: the extensions, the sizes, and the cut itself (FastCDC as of
2020 with 64-bit gear hash, normalization level 1, no seed). A change makes new chunks of old content: nothing
breaks, but what is stored already is stored again. A test holds the cuts to recorded ones.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyfastcdc import FastCDC

Block = bytes | bytearray | memoryview

_KIB = 1024
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChunkSizes:
    """Bounds of the chunks of one file, in bytes. Only the last chunk may be smaller than ``min``; the
    mean of the others lies near ``min + avg``."""

    min: int
    avg: int
    max: int


def _around(avg: int) -> ChunkSizes:
    return ChunkSizes(avg // 4, avg, avg * 4)


_8K, _16K, _64K, _256K = (_around(n * _KIB) for n in (8, 16, 64, 256))

TEXT_CHUNKED_FROM = 64 * _KIB
"""Text-like files smaller than this, in bytes, are one chunk."""

BINARY_CHUNKED_FROM = _MIB
"""Other files smaller than this, in bytes, are one chunk."""

TEXT_SIZES: tuple[tuple[int, ChunkSizes], ...] = ((2 * _MIB, _8K), (16 * _MIB, _16K), (256 * _MIB, _64K))
"""Text-like files below so many bytes are cut so; larger ones as binary files are."""

BINARY_SIZES = _256K
"""How files that are not text-like are cut."""

TEXT_EXTENSIONS = frozenset(
    (
        # notebooks, and what describes data or settings
        b"ipynb json jsonl ndjson geojson topojson yaml yml toml xml ini cfg conf properties "
        # tables, lists and logs
        b"csv tsv psv tab txt text log out err dat sql "
        # documents and pages
        b"md markdown rst adoc org tex bib html htm xhtml css scss less svg qmd rmd "
        # programs
        b"py pyi pyx ipy r jl m scala java kt c h cc cpp cxx hpp cu go rs js jsx mjs cjs ts tsx vue sh bash zsh "
        b"ps1 bat pl rb php lua swift f f90 for do sas stan dot gv ino cs fs hs ml lisp clj ex exs erl "
        # sciences whose files are lines of text
        b"fasta fa fna faa fastq fq sam vcf bed gff gff3 gtf pdb mol sdf xyz cif mtx arff libsvm svmlight obj ply ttl "
        # differences and lists of packages
        b"diff patch lock"
    ).split()
)
"""Lower-case extensions of files that are edited in place, line by line: small chunks pay for them."""


def chunk_sizes(name: bytes, size: int) -> ChunkSizes | None:
    """How a file is cut, from its name (or path) and its ``size`` in bytes; None means one chunk."""
    if size < TEXT_CHUNKED_FROM:
        return None
    stem, dot, extension = name.rpartition(b".")
    if dot and stem and extension.lower() in TEXT_EXTENSIONS:
        for below, sizes in TEXT_SIZES:
            if size < below:
                return sizes
        return BINARY_SIZES
    return BINARY_SIZES if size >= BINARY_CHUNKED_FROM else None


def split(blocks: Iterable[Block], sizes: ChunkSizes) -> Iterator[memoryview]:
    """The chunks of a stream that arrives in ``blocks`` of any lengths.

    The cuts depend on the stream and on ``sizes`` alone, never on how it came in blocks. At most two blocks
    and two chunks are held here. A chunk is a read-only view, mostly of the block it lies in, and keeps that
    block in memory: copy what must live long. A block that could still change (a ``bytearray``) is copied.
    An empty stream has no chunks.
    """
    from pyfastcdc import FastCDC

    cutter = FastCDC(sizes.avg, min_size=sizes.min, max_size=sizes.max, normalized_chunking=1)
    tail: list[memoryview] = []  # received and not cut yet: always less than a largest chunk
    tail_length = 0
    for block in blocks:
        view = memoryview(block) if isinstance(block, bytes) else _frozen(block)
        if tail_length + len(view) < sizes.max:
            tail.append(view)
            tail_length += len(view)
            continue
        begin = 0
        if tail_length:
            # Each chunk that begins in the tail is decided by the tail and one largest chunk more.
            seam = memoryview(b"".join((*tail, view[: sizes.max])))
            end = yield from _cut(cutter, seam, sizes.max, tail_length)
            if end < tail_length:  # the block was shorter than that: the rest of the seam is the new tail
                tail, tail_length = [seam[end:]], len(seam) - end
                continue
            begin = end - tail_length
        end = yield from _cut(cutter, view[begin:], sizes.max, len(view))
        rest = view[begin + end :]
        tail, tail_length = [rest], len(rest)
    last = tail[0] if len(tail) == 1 else memoryview(b"".join(tail))
    yield from _cut(cutter, last, 0, len(last))


def _frozen(block: bytearray | memoryview) -> memoryview:
    view = memoryview(block)
    return view.cast("B") if view.readonly and view.contiguous else memoryview(bytes(view))


def _cut(cutter: FastCDC, data: memoryview, ahead: int, until: int) -> Generator[memoryview, None, int]:
    """Yield the chunks that begin before ``until`` and have ``ahead`` bytes to look at; returns where the last ends."""
    begin, total = 0, len(data)
    cuts = cutter.cut_buf(data)
    while begin < until and begin < total and total - begin >= ahead:
        length = next(cuts).length
        yield data[begin : begin + length]
        begin += length
    return begin
