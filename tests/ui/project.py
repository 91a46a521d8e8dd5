"""A small project of a data scientist, and a history of it worth looking at."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.ui.lab import Lab

Cell = tuple[str, str, str]
"""Kind, source, and what it printed, or ``BARS``."""

BARS = "a picture of bars"

HEAD: Cell = ("markdown", "# Churn model", "")
LOAD: Cell = ("code", "import math\nrows = list(range(10))", "")


def fit(depth: int, auc: str) -> Cell:
    """The cell that changes from try to try."""
    return ("code", f'depth = {depth}\nprint("AUC", {auc})', f"AUC {auc}\n")


def write_notebook(path: Path, *cells: Cell) -> None:
    """A notebook that was run."""
    made: list[dict[str, object]] = []
    for number, (kind, source, printed) in enumerate(cells):
        cell: dict[str, object] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source}
        if kind == "code":
            cell |= {"execution_count": number, "outputs": [_output(printed)] if printed else []}
        made.append(cell)
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
    }
    path.write_text(json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1))


def _output(printed: str) -> dict[str, object]:
    if printed != BARS:
        return {"output_type": "stream", "name": "stdout", "text": printed}
    picture = base64.b64encode(_bars()).decode()
    data = {"image/png": picture, "text/plain": "<Axes: title={'center': 'Permutation importance'}>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _bars() -> bytes:
    """Eight bars, each a little higher than the one before."""
    blue, white, line = (66, 133, 200), (255, 255, 255), (140, 140, 140)

    def colour(x: int, y: int) -> tuple[int, int, int]:
        number, within = divmod(x, 60)
        if y > 236:
            return line
        return blue if 12 <= within < 48 and y > 200 - number * 24 else white

    return _png(480, 240, colour)


def source_of(path: Path, cell: int) -> str:
    """Source of a cell of a notebook on the disk; "" while there is no such cell, or the file is half written."""
    try:
        cells = json.loads(path.read_text())["cells"]
    except json.JSONDecodeError:
        return ""
    source = cells[cell]["source"] if cell < len(cells) else ""
    return source if isinstance(source, str) else "".join(source)


def write_picture(path: Path, slope: float) -> None:
    """A curve that a model might have."""
    blue, pale = (25, 118, 210), (240, 244, 250)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_png(320, 200, lambda x, y: blue if y > 200 - x * slope else pale))


def _png(width: int, height: int, colour: Callable[[int, int], tuple[int, int, int]]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(part for x in range(width) for part in colour(x, y)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_first(root: Path) -> None:
    """The project on its first day."""
    (root / "features").mkdir(parents=True)
    (root / "data").mkdir()
    write_notebook(root / "train.ipynb", HEAD, LOAD, fit(6, "0.8731"))
    (root / "features" / "build.py").write_text("def build(rows):\n    return [row * 2 for row in rows]\n")
    lines = "".join(f"{n},c{n},{n * 3}\n" for n in range(40))
    (root / "data" / "customers.csv").write_text("id,name,spend\n" + lines)
    (root / "notes.md").write_text(
        "# Notes\n\nSee [the code](features/build.py) and [the notebook](train.ipynb).\n\n![roc](results/roc.png)\n"
    )
    write_picture(root / "results" / "roc.png", 0.55)


def write_history(lab: Lab) -> None:
    """Four checkpoints on ``main``, a tag, and one on ``try-shap``."""
    root = lab.root
    write_first(root)
    lab.repro("init", ".", "--project", "churn-model")
    lab.repro("checkpoint", "-m", "Import raw data")
    (root / "features" / "build.py").write_text(
        "SCALE = 2\n\n\ndef build(rows):\n    return [row * SCALE for row in rows]\n"
    )
    (root / "features" / "names.py").write_text('NAMES = ["spend"]\n')
    lab.repro("checkpoint", "-m", "First features")
    write_notebook(
        root / "train.ipynb",
        HEAD,
        LOAD,
        fit(8, "0.8794"),
        ("code", 'importance.plot.bar(title="Permutation importance")', BARS),
    )
    (root / "model.bin").write_bytes(bytes(range(256)) * 300)
    lab.repro("checkpoint", "-m", "Baseline for the review")
    lab.repro("tag", "v1")
    write_picture(root / "results" / "roc.png", 0.75)
    table = (root / "data" / "customers.csv").read_text()
    (root / "data" / "customers.csv").write_text(
        table.replace("c7,21", "c7,99").replace("12,c12,36\n", "") + "40,c40,120\n"
    )
    lab.repro("checkpoint", "-m", "Tune depth and learning rate")
    lab.repro("branch", "try-shap")
    lab.repro("switch", "try-shap")
    (root / "shap.py").write_text("print(1)\n")
    lab.repro("checkpoint", "-m", "Try SHAP values")
    lab.repro("switch", "main")


def write_long_history(lab: Lab, commits: int) -> None:
    """As many checkpoints, "Step 0" first: taken over from git, which is the fastest way to make them."""
    origin = lab.home / "origin"
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "long", str(origin)], check=True)
    stream = b"".join(_step(number) for number in range(commits))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=origin, input=stream, check=True)
    lab.repro("init", ".", "--project", "long")
    lab.repro("import-git", str(origin))
    lab.repro("switch", "long")


def _step(number: int) -> bytes:
    message, text = f"Step {number}", f"value = {number}\n"
    at = 1_700_000_000 + number * 600
    return (
        f"commit refs/heads/long\ncommitter Ada <ada@example.org> {at} +0000\ndata {len(message)}\n{message}\n"
        f"M 100644 inline src/step{number % 50}.py\ndata {len(text)}\n{text}\n"
    ).encode()


def write_changes(root: Path) -> None:
    """What was done since the last checkpoint."""
    (root / "scratch.txt").write_text("x\n")
    (root / "notes.md").write_text((root / "notes.md").read_text() + "\nMore to say.\n")
