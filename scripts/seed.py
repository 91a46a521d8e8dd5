"""Makes an example project with a history worth looking at: for a demonstration, and for looking at the screens.

usage: python scripts/seed.py [--all-saved] DIRECTORY

DIRECTORY must not exist. It becomes a workspace with notebooks and their outputs, a table, pictures, three sessions,
two branches, tags, a restored file, and (without ``--all-saved``) changes that no checkpoint has yet. The numbers in
the outputs are what the code beside them computes; the times are those of now.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import math
import os
import random
import secrets
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from seed_picture import bars_png

from jupyter_repro import verbs
from jupyter_repro.errors import ReproError
from jupyter_repro.history import Session

PROJECT = "bike-rentals"
DAYS = 364
HOURS = range(0, 24, 3)
HIGHEST_ERROR = 12.0
"""At the upper edge of the figure, always the same, so that two figures can be compared."""

README = """\
# Bike rentals

How many bikes will be rented in the next three hours? One year of one station, made up by a random generator.

| file | what it is |
| --- | --- |
| `data/rentals.csv` | rentals in every three hours of the year |
| `model.py` | the forecast |
| `forecast.ipynb` | how good it is, with a figure |
| `results/` | what the notebook wrote |
"""

MODEL = '''\
"""The forecast of the rentals: what was rented at the same hour {of}."""


def forecast(rows):
    """Yield the number that is expected for each row."""
    for place, row in enumerate(rows):
{body}
'''

BASELINE = MODEL.format(
    of="of the day before",
    body="        yield rows[place - 8]['rentals'] if place >= 8 else row['rentals']",
)
WEEKLY = MODEL.format(
    of="a week before",
    body="        yield rows[place - 56]['rentals'] if place >= 56 else row['rentals']",
)
MIXED = MODEL.format(
    of="in the last three weeks",
    body="        past = [rows[place - 56 * week]['rentals'] for week in (1, 2, 3) if place >= 56 * week]\n"
    "        yield sum(past) / len(past) if past else row['rentals']",
)
WEEKENDS = MODEL.format(
    of="on days of the same kind, weekend or not",
    body="        days = [day for day in range(1, 22) if (row['day'] - day) % 7 in (5, 6)] if row['day'] % 7 in (5, 6) "
    "else [\n            day for day in range(1, 8) if (row['day'] - day) % 7 not in (5, 6)\n        ]\n"
    "        past = [rows[place - 8 * day]['rentals'] for day in days if place >= 8 * day]\n"
    "        yield sum(past) / len(past) if past else row['rentals']",
)

LOAD = """\
import csv

with open("data/rentals.csv", newline="") as file:
    rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
print(f"{len(rows)} rows, {sum(row['rentals'] for row in rows):,.0f} rentals")"""

SCORE = """\
import model

expected = list(model.forecast(rows))
errors = [abs(row["rentals"] - guess) for row, guess in zip(rows, expected)]
print(f"mean absolute error: {sum(errors) / len(errors):.2f} rentals")"""

BY_HOUR = """\
by_hour = {}
for row, error in zip(rows, errors):
    by_hour.setdefault(int(row["hour"]), []).append(error)
with open("results/errors.csv", "w") as file:
    print("hour,error", file=file)
    for hour, found in sorted(by_hour.items()):
        print(f"{hour},{sum(found) / len(found):.2f}", file=file)
        print(f"{hour:2} h  {sum(found) / len(found):6.2f}")"""

PICTURE = """\
from IPython.display import Image

Image("results/errors.png")  # the mean error by hour of the day, from 0 to 12 rentals"""


class Example:
    """The project in ``root``; its files are written one step after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> None:
        """Write a text file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def measure(self, broken: bool) -> None:
        """The table; with ``broken`` some days as a sensor without power wrote them."""
        chance = random.Random(7)
        lines = ["day,hour,celsius,rentals"]
        for day in range(DAYS):
            warmth = 11 - 9 * math.cos(2 * math.pi * day / DAYS) + chance.gauss(0, 2)
            for hour in HOURS:
                busy = 8 + 40 * math.exp(-((hour - 8) ** 2) / 8) + 55 * math.exp(-((hour - 17) ** 2) / 12)
                if day % 7 in (5, 6):
                    busy = 10 + 45 * math.exp(-((hour - 14) ** 2) / 20)
                rentals = max(0, round(busy * (0.4 + warmth / 20) + chance.gauss(0, 5)))
                if broken and 200 <= day < 206:
                    rentals = 9999
                lines.append(f"{day},{hour},{warmth:.1f},{rentals}")
        self.write("data/rentals.csv", "\n".join(lines) + "\n")

    def run_notebook(self, title: str, remark: str, *, picture: bool) -> None:
        """Write ``forecast.ipynb`` as it is after a run, with all that the run writes."""
        (self.root / "results").mkdir(exist_ok=True)
        names: dict[str, object] = {}
        cells = [_markdown("title", f"# {title}\n\n{remark}")]
        for number, source in enumerate((LOAD, SCORE, BY_HOUR), start=1):
            cells.append(_code(f"step-{number}", number, source, _text_output(self._execute(source, names))))
        if picture:
            image = self._draw(names)
            (self.root / "results" / "errors.png").write_bytes(image)
            cells.append(_code("figure", 4, PICTURE, _image_output(image, 4)))
        document = {
            "cells": cells,
            "metadata": {
                "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        self.write("forecast.ipynb", json.dumps(document, indent=1) + "\n")

    def _execute(self, source: str, names: dict[str, object]) -> str:
        """What a cell prints, run in the project's directory."""
        before, path = os.getcwd(), list(sys.path)
        printed = io.StringIO()
        os.chdir(self.root)
        sys.path.insert(0, str(self.root))
        sys.dont_write_bytecode = True
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, "<cell>", "exec"), names)  # the cells above
        finally:
            os.chdir(before)
            sys.path[:] = path
            sys.modules.pop("model", None)
        return printed.getvalue()

    def _draw(self, names: Mapping[str, object]) -> bytes:
        by_hour = names["by_hour"]
        assert isinstance(by_hour, dict)
        return bars_png([[sum(found) / len(found)] for _, found in sorted(by_hour.items())], HIGHEST_ERROR)


def _markdown(name: str, source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _code(name: str, count: int, source: str, output: Mapping[str, object]) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "execution_count": count,
        "source": source,
        "outputs": [output],
    }


def _text_output(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def _image_output(image: bytes, count: int) -> dict[str, object]:
    data = {"image/png": base64.b64encode(image).decode(), "text/plain": "<IPython.core.display.Image object>"}
    return {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data}


@contextmanager
def session(root: Path) -> Iterator[verbs.Opened]:
    """The workspace, opened in a session of its own, as a server has one from start to stop."""
    with verbs.open_workspace(root) as opened:
        author = opened.author
    life = Session(secrets.token_hex(8), time.time_ns() // 1000, socket.gethostname(), author)
    with verbs.open_workspace(root, session=life) as opened:
        yield opened


def seed(root: Path) -> None:
    """Make the example project. Raises ``ReproError`` when ``root`` cannot become a workspace."""
    example = Example(root)
    root.mkdir(parents=True)
    example.write("README.md", README)
    example.measure(broken=True)
    verbs.init(root, project=PROJECT)

    with session(root) as here:
        verbs.checkpoint(here, "Rentals of one year, as they came")
        example.write("model.py", BASELINE)
        example.run_notebook("Rentals, first look", "As yesterday at the same hour.", picture=False)
        verbs.checkpoint(here, "Baseline: the same hour of the day before")
        verbs.create_tag(here, "baseline")

    with session(root) as here:
        example.measure(broken=False)
        verbs.checkpoint(here, "Automatic, every 10 minutes", kind="auto")
        example.run_notebook("Rentals, first look", "Without the week of the broken sensor.", picture=False)
        verbs.checkpoint(here, "Leave out what the broken sensor wrote")
        example.write("model.py", WEEKLY)
        example.run_notebook("Forecast of the rentals", "As a week ago at the same hour.", picture=True)
        verbs.checkpoint(here, "Compare with the week before, not the day")
        verbs.create_tag(here, "submitted")

    with session(root) as here:
        verbs.create_branch(here, "weekends")
        verbs.switch(here, "weekends")
        example.write("model.py", WEEKENDS)
        example.run_notebook("Forecast of the rentals", "Weekends and weekdays apart.", picture=True)
        verbs.checkpoint(here, "Weekends and weekdays apart")
        verbs.switch(here, "main")
        example.write("model.py", MIXED)
        example.run_notebook("Forecast of the rentals", "The mean of the last three weeks.", picture=True)
        verbs.checkpoint(here, "The mean of three weeks is better than one")
        (root / "data" / "rentals.csv").write_text("day,hour,celsius,rentals\n")
        verbs.checkpoint(here, "Automatic, every 10 minutes", kind="auto")
        # The table was overwritten by mistake; the commit before has it.
        verbs.restore(here, "@~1", ["data/rentals.csv"])


def leave_changes(root: Path) -> None:
    """Change something in the example project that no checkpoint has."""
    example = Example(root)
    example.write("README.md", README + "\nNext: take the weather forecast into account.\n")
    example.write("ideas.txt", "holidays\nrain\n")


def main(arguments: Sequence[str]) -> int:
    """Make the example project in the directory that is named."""
    names = [argument for argument in arguments if argument != "--all-saved"]
    if len(names) != 1 or names[0].startswith("-"):
        print(__doc__)
        return 0 if names in (["-h"], ["--help"]) else 2
    root = Path(names[0]).absolute()
    if root.exists():
        print(f"{root} exists already: name a directory that does not.", file=sys.stderr)
        return 1
    try:
        seed(root)
        if "--all-saved" not in arguments:
            leave_changes(root)
    except ReproError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The example project is in {root}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
