"""Results, and the table made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from measure import middle
from targets import ROWS, Bound, Row, Unit

OURS = "jupyter-repro"
PEERS = ("git", "restic", "borg")


@dataclass(frozen=True, slots=True)
class Result:
    """What one row gave at one place: values by contender, in seconds or bytes; where processes were
    timed, their processor time and peak memory too."""

    row: str
    place: str
    values: Mapping[str, Sequence[float]]
    cpu: Mapping[str, Sequence[float]]
    peak: Mapping[str, Sequence[float]]
    when: str
    load: float


def read(path: Path) -> list[Result]:
    """The results kept from earlier runs, none when there is no such file."""
    if not path.exists():
        return []
    return [Result(**item) for item in json.loads(path.read_text())]


def write(path: Path, results: Iterable[Result]) -> None:
    """Keep results, in the order of the table."""
    order = [row.key for row in ROWS]
    kept = sorted(results, key=lambda result: (order.index(result.row), result.place))
    rounded = [asdict(result) for result in kept]
    for item in rounded:
        for column in ("values", "cpu", "peak"):
            item[column] = {name: [round(value, 3) for value in values] for name, values in item[column].items()}
    path.write_text(json.dumps(rounded, indent=1) + "\n")


def merged(old: Iterable[Result], new: Iterable[Result]) -> list[Result]:
    """Old results with those rows replaced that were measured again at the same place."""
    by_key = {(result.row, result.place): result for result in (*old, *new)}
    return list(by_key.values())


def amount(value: float, unit: Unit) -> str:
    """A number as people read it."""
    if unit == "seconds":
        digits = 3 if value < 1 else 2 if value < 10 else 1
        return f"{value:.{digits}f} s"
    mib = value / 1024**2
    return f"{mib:.2f} MiB" if mib < 10 else f"{mib:,.0f} MiB"


def cell(values: Sequence[float] | None, unit: Unit) -> str:
    """Median, and the spread where there is one."""
    if not values:
        return "-"
    text = amount(middle(values), unit)
    if len(values) > 1 and max(values) > min(values):
        low, high = (amount(value, unit).split(" ")[0] for value in (min(values), max(values)))
        text += f" ({low}-{high})"
    return text


def limit_of(bound: Bound, result: Result) -> float | None:
    """The bound as a number of seconds or bytes, None when what it is held against was not measured."""
    if bound.against is None:
        return bound.limit
    against = result.values.get(bound.against)
    return bound.limit * middle(against) if against else None


def verdict(row: Row, result: Result) -> str:
    """Whether our median is within the bounds, and by how much it is not."""
    ours = result.values.get(OURS)
    if not ours:
        return "-"
    if row.place is not None and row.place != result.place:
        return f"counts on {row.place}"
    limits = [(bound, limit_of(bound, result)) for bound in row.bounds]
    over: dict[str, float] = {}
    for bound, limit in limits:
        if limit is None:
            return f"{bound.against} not measured"
        over[bound.level] = max(over.get(bound.level, -1.0), middle(ours) / limit - 1)
    if over["must"] > 0:
        return f"**missed by {over['must']:.0%}**"
    if "aim" not in over:
        return "reached"
    return f"reached, aim missed by {over['aim']:.0%}" if over["aim"] > 0 else "aim reached"


def _bounds(row: Row, level: str) -> str:
    texts = []
    for bound in row.bounds:
        if bound.level == level:
            texts.append(f"{bound.limit:g} x {bound.against}" if bound.against else amount(bound.limit, row.unit))
    return ", ".join(texts)


def _compared(row: Row, result: Result) -> str:
    """Our median over that of every contender with a bound; in brackets the same for processor time, which
    a busy machine disturbs less."""
    ours = result.values.get(OURS)
    if not ours:
        return "-"
    texts = []
    for name in dict.fromkeys(bound.against for bound in row.bounds if bound.against):
        theirs = result.values.get(name)
        if not theirs:
            continue
        text = f"{middle(ours) / middle(theirs):.2f} x {name}"
        if row.unit == "seconds" and result.cpu.get(name):
            text += f" (processor {middle(result.cpu[OURS]) / middle(result.cpu[name]):.2f})"
        texts.append(text)
    return ", ".join(texts)


def table(results: Iterable[Result]) -> str:
    """The table in Markdown."""
    head = ("work", "place", OURS, *PEERS, "beside", "compared", "must", "aim", "result")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    found = list(results)
    for row in ROWS:
        for result in sorted((item for item in found if item.row == row.key), key=lambda item: item.place):
            beside = [
                f"{name} {cell(values, row.unit)}"
                for name, values in result.values.items()
                if name not in (OURS, *PEERS)
            ]
            cells = (
                row.title,
                result.place,
                *(cell(result.values.get(name), row.unit) for name in (OURS, *PEERS)),
                ", ".join(beside),
                _compared(row, result),
                _bounds(row, "must"),
                _bounds(row, "aim"),
                verdict(row, result),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
