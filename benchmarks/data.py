"""Seeded data for the benchmark: the same bytes on every machine and in every run.

Run as a script it makes one set in a process of its own (``python data.py small DEST 100000 2000``): the
process that measures has to stay small, because a child begins its life with the peak memory of its parent.
Modification times lie in the past, as those of most files do; change times cannot be set, so data is made
well before the unchanged case is measured.
"""

from __future__ import annotations

import base64
import json
import os
import random
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

SEED = 20_261_121
PAST = 1_700_000_000
"""Modification time of every file made here, seconds since the epoch."""
_MIB = 1024 * 1024
_BLOCK = 4 * _MIB


def backdate(path: Path) -> None:
    """Give a file a modification time that is long past."""
    os.utime(path, (PAST, PAST))


# -- many small files ---------------------------------------------------------------------------------


def _identifiers(rng: random.Random, count: int) -> list[str]:
    syllables = [a + b for a in "bcdfghklmnprstvw" for b in "aeiou"]
    return ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(count)]


class _Text:
    """Text as programs and notes have it: a skewed vocabulary with the marks of a language between."""

    def __init__(self, rng: random.Random, marks: list[str]) -> None:
        self._rng = rng
        words = _identifiers(rng, 6000)
        tokens = [word + mark for word, mark in zip(words, rng.choices(marks, k=len(words)), strict=True)]
        weights = [1 / (8 + rank) for rank in range(len(tokens))]
        self._tokens = tokens
        self._weights = list(accumulate(weights))

    def make(self, size: int) -> bytes:
        text = "".join(self._rng.choices(self._tokens, cum_weights=self._weights, k=size // 6 + 1))
        return text.encode()[:size]


def _records(rng: random.Random, size: int) -> bytes:
    row = '  {"id": %d, "kind": "%s", "score": %.6f, "seen": %d},\n'
    kinds = ("train", "test", "holdout")
    rows = (
        row % (rng.getrandbits(40), rng.choice(kinds), rng.random(), rng.randint(0, 99)) for _ in range(size // 62 + 1)
    )
    return ("[\n" + "".join(rows))[:size].encode()


def small_files(dest: Path, count: int, directories: int) -> None:
    """A project of many small files: about 3.2 kB each, source, JSON, notes and small binaries."""
    rng = random.Random(SEED)
    source = _Text(rng, [" ", " ", " ", "(", ")\n    ", " = ", ".", ", ", ":\n        ", "\n"])
    notes = _Text(rng, [" ", " ", " ", " ", ", ", ". ", ".\n\n"])
    folders = [dest]
    dest.mkdir(parents=True)
    while len(folders) < directories:
        parent = folders[rng.randrange(len(folders))]
        if len(parent.parts) - len(dest.parts) < 6:
            folder = parent / f"part_{len(folders):04d}"
            folder.mkdir()
            folders.append(folder)
    for number in range(count):
        size = min(120_000, 64 + int(rng.lognormvariate(7.40, 1.15)))
        kind = rng.random()
        if kind < 0.38:
            name, content = f"module_{number}.py", source.make(size)
        elif kind < 0.60:
            name, content = f"record_{number}.json", _records(rng, size)
        elif kind < 0.70:
            name, content = f"note_{number}.md", notes.make(size)
        else:
            name, content = f"array_{number}.npy", rng.randbytes(size)
        path = rng.choice(folders) / name
        path.write_bytes(content)
        backdate(path)


def many_files(dest: Path, count: int) -> None:
    """``count`` tiny files, a hundred in each directory."""
    rng = random.Random(SEED + 1)
    for start in range(0, count, 100):
        folder = dest / f"{start // 10_000:03d}" / f"{start // 100:05d}"
        folder.mkdir(parents=True)
        for number in range(start, min(start + 100, count)):
            path = folder / f"{number:07d}.txt"
            path.write_bytes(f"{number}:{rng.getrandbits(rng.randint(100, 900)):x}\n".encode())
            backdate(path)


# -- large files --------------------------------------------------------------------------------------


def _csv_rows(rng: random.Random) -> Iterator[str]:
    number = 0
    sites = _identifiers(rng, 40)
    while True:
        number += rng.randint(1, 9)
        day = f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        load, temperature = rng.random() * 100, rng.gauss(20, 5)
        yield f"{number},{day},{rng.choice(sites)},{load:.4f},{temperature:.4f},{rng.getrandbits(12)}\n"


def large_csv(path: Path, size: int) -> None:
    """A table of measurements, at least ``size`` bytes."""
    rng = random.Random(SEED + 2)
    rows = _csv_rows(rng)
    with path.open("w", encoding="ascii", newline="") as file:
        written = file.write("row,day,site,load,temperature,flags\n")
        while written < size:
            written += file.write("".join(next(rows) for _ in range(10_000)))
    backdate(path)


def large_float32(path: Path, size: int) -> None:
    """Noise as ``numpy.float32`` would be written: random mantissas, a few exponents."""
    rng = random.Random(SEED + 3)
    exponents = bytes(rng.choices((0x3E, 0x3F, 0xBE, 0xBF, 0x40, 0xC0, 0x3D), (20, 30, 20, 30, 8, 8, 4), k=256))
    with path.open("wb") as file:
        for start in range(0, size, _BLOCK):
            length = min(_BLOCK, size - start) // 4 * 4
            block = bytearray(rng.randbytes(length))
            block[3::4] = bytes(block[3::4]).translate(exponents)
            file.write(block)
    backdate(path)


def insert_row(path: Path, number: int) -> None:
    """Put one row under the header of a large table."""
    moved = path.with_suffix(".moved")
    with path.open("rb") as old, moved.open("wb") as new:
        new.write(old.readline())
        new.write(b"%d,2026-11-21,inserted,%d.5,20.25,7\n" % (-number, number))
        while block := old.read(_BLOCK):
            new.write(block)
    moved.replace(path)
    backdate(path)


def huge_file(path: Path, size: int) -> None:
    """One file without holes or repeated blocks, half of it compressible, made as fast as a disk writes.

    Each block is the same noise under another substitution of its bytes: no two blocks share a chunk.
    """
    rng = random.Random(SEED + 4)
    noise = rng.randbytes(_BLOCK)
    symbols = bytes(range(256))
    with path.open("wb") as file:
        for number, start in enumerate(range(0, size, _BLOCK)):
            if number % 2:
                table = bytes(rng.sample(symbols, 16)) * 16
            else:
                table = bytes(rng.sample(symbols, 256))
            file.write(noise.translate(table)[: size - start])
    backdate(path)


# -- notebooks ----------------------------------------------------------------------------------------


def _png(rng: random.Random, base64_bytes: int) -> str:
    """A valid grey PNG of noise whose base64 has about this many bytes."""
    width = 256
    height = max(1, base64_bytes * 3 // 4 // (width + 1))
    lines = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(lines, 1)) + part(b"IEND", b"")
    return base64.b64encode(png).decode()


class Notebook:
    """A notebook whose cells each show a picture, and of which one cell at a time is run again.

    ``output_bytes`` is the length of one picture in the file; ``changed`` counts the bytes of all
    pictures replaced so far.
    """

    def __init__(self, path: Path, outputs: int, output_bytes: int) -> None:
        self._path = path
        self._rng = random.Random(SEED + 5)
        self._output_bytes = output_bytes
        self.changed = 0
        self._runs = outputs
        text = _Text(self._rng, [" ", " = ", "(", ")\n", "."])
        self._cells: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "execution_count": number + 1,
                "id": f"{self._rng.getrandbits(32):08x}",
                "metadata": {},
                "outputs": [self._output(_png(self._rng, output_bytes))],
                "source": text.make(400).decode().splitlines(keepends=True),
            }
            for number in range(outputs)
        ]
        self._save()

    def run_one_cell(self) -> None:
        """Replace one picture and save, as running the cell again and saving does."""
        cell = self._rng.choice(self._cells)
        self._runs += 1
        picture = _png(self._rng, self._output_bytes)
        self.changed += len(picture)
        cell["execution_count"], cell["outputs"] = self._runs, [self._output(picture)]
        self._save()

    @staticmethod
    def _output(picture: str) -> dict[str, object]:
        data = {"image/png": picture, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
        return {"data": data, "metadata": {}, "output_type": "display_data"}

    def _save(self) -> None:
        language = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        notebook = {"cells": self._cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5}
        self._path.write_text(json.dumps(notebook, indent=1, sort_keys=True) + "\n")


# -- a project with a long history --------------------------------------------------------------------


class LongHistory:
    """Two hundred files in twenty directories and one table of 1 MB; every revision changes one file."""

    TABLE = "table.csv"

    def __init__(self) -> None:
        self._rng = random.Random(SEED + 6)
        self._text = _Text(self._rng, [" ", " = ", "(", ")\n    ", ".", "\n"])

    def first(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every file of the first revision."""
        yield self.TABLE, _records(self._rng, 1_000_000)
        for number in range(200):
            yield self._path(number), self._text.make(2000)

    def change(self) -> tuple[str, bytes]:
        """The file that the next revision changes."""
        return self._path(self._rng.randrange(200)), self._text.make(2000)

    @staticmethod
    def _path(number: int) -> str:
        return f"part_{number % 20:02d}/module_{number:03d}.py"


def tiny_workspace(dest: Path) -> None:
    """Twenty files, as a folder has them on its first day."""
    rng = random.Random(SEED + 7)
    text = _Text(rng, [" ", "\n"])
    for number in range(20):
        path = dest / f"part_{number % 3}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.make(1500))
        backdate(path)


def main(arguments: list[str]) -> None:
    """Make one set of data: ``data.py KIND DEST [NUMBER...]``."""
    makers: dict[str, Callable[..., None]] = {
        "small": small_files,
        "many": many_files,
        "csv": large_csv,
        "float32": large_float32,
        "huge": huge_file,
        "tiny": tiny_workspace,
        "insert": insert_row,
    }
    kind, dest, *numbers = arguments
    makers[kind](Path(dest), *(int(number) for number in numbers))


if __name__ == "__main__":
    main(sys.argv[1:])
