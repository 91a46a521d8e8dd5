"""What differs between two notebooks, cell by cell, in the diff format that nbdime's viewer shows.

Format: https://nbdime.readthedocs.io/en/latest/diffing.html#diff-format. Why not nbdime itself: docs/decisions/041.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import cast

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.verbs.sequencediff import ALIKE, Entry, likeness, list_diff, pairs, text_diff, words

Json = dict[str, object]
MOST_GUESSED = 2_500
"""Pairs of cells whose words are compared between two cells that are known to belong together."""


@dataclass(frozen=True, slots=True)
class NotebookDifference:
    """``base`` is the older notebook (nbformat 4) and ``diff`` the difference to the newer, both as JSON text;
    ``cells`` is how many cells were added, removed or changed."""

    base: str
    diff: str
    cells: int


def diff_notebooks(old: bytes | None, new: bytes | None) -> NotebookDifference:
    """Compare two notebooks; None stands for one that is not there. Raises ``InvalidRequest`` for what is none."""
    base, remote = _notebook(old), _notebook(new)
    cells = _cells_diff(cast("list[Json]", base["cells"]), cast("list[Json]", remote["cells"]))
    rest = ({key: value for key, value in side.items() if key != "cells"} for side in (base, remote))
    entries = _mapping_diff(*rest)
    if cells:
        entries.append({"op": "patch", "key": "cells", "diff": cells})
    try:
        texts = (json.dumps(base, allow_nan=False), json.dumps(entries, allow_nan=False))
    except ValueError as error:
        raise InvalidRequest(
            "One side holds numbers that JSON has no words for (NaN or Infinity), so no browser can read it. "
            "Compare it as text."
        ) from error
    return NotebookDifference(*texts, sum(map(_count, cells)))


def _notebook(data: bytes | None) -> Json:
    import nbformat

    if data is None:
        return cast("Json", nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]  # nbformat is typed in part
    broken = (nbformat.NBFormatError, nbformat.ValidationError)
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        if not isinstance(notebook.get("cells"), list) or not all(isinstance(cell, dict) for cell in notebook["cells"]):
            raise ValueError("it has no cells")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError, *broken) as error:
        raise InvalidRequest(f"One side is no notebook that can be read ({error}). Compare it as text.") from error
    return cast("Json", notebook)


def _count(entry: Entry) -> int:
    if entry["op"] == "addrange":
        return len(cast("list[object]", entry["valuelist"]))
    return cast("int", entry.get("length", 1))


def _cells_diff(old: list[Json], new: list[Json]) -> list[Entry]:
    known = pairs(old, new, (_identity, _content))
    together: list[tuple[int, int]] = []
    a = b = 0
    for i, j in [*known, (len(old), len(new))]:
        together += [(a + left, b + right) for left, right in _alike_cells(old[a:i], new[b:j])]
        together += [(i, j)] if i < len(old) else []
        a, b = i + 1, j + 1
    return list_diff(old, new, together, _mapping_diff)


def _identity(cell: Json) -> Hashable:
    # A cell that has none is like no other. The viewer cannot show that one changed its type.
    name = cell.get("id")
    return (name, str(cell.get("cell_type"))) if isinstance(name, str) else id(cell)


def _content(cell: Json) -> Hashable:
    return str(cell.get("cell_type")), str(cell.get("source"))


def _alike_cells(old: list[Json], new: list[Json]) -> list[tuple[int, int]]:
    """The pairs, in the order of both, whose likenesses are the most together."""
    if not old or not new or len(old) * len(new) > MOST_GUESSED:
        return []
    left, right = ([words(str(cell.get("source"))) for cell in side] for side in (old, new))
    like = [[likeness(a, b) for b in right] for a in left]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            fits = like[i][j] >= ALIKE and old[i].get("cell_type") == new[j].get("cell_type")
            like[i][j] = like[i][j] if fits else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], like[i][j] + best[i + 1][j + 1] if fits else 0.0)
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _outputs_diff(old: list[Json], new: list[Json]) -> list[Entry]:
    return list_diff(old, new, pairs(old, new, (_shown, _shape)), _mapping_diff)


def _shown(output: Json) -> Hashable:
    """What a person sees of an output: equal although the cell ran once more."""
    return json.dumps({key: value for key, value in output.items() if key != "execution_count"}, sort_keys=True)


def _shape(output: Json) -> Hashable:
    data = output.get("data")
    kinds = sorted(data) if isinstance(data, dict) else []
    return (str(output.get("output_type")), str(output.get("name")), *kinds)


def _mapping_diff(old: Mapping[str, object], new: Mapping[str, object]) -> list[Entry]:
    entries: list[Entry] = []
    for key in sorted({*old, *new}):
        if key not in new:
            entries.append({"op": "remove", "key": key})
        elif key not in old:
            entries.append({"op": "add", "key": key, "value": new[key]})
        elif not _equal(old[key], new[key]):
            entries.append(_changed(key, old[key], new[key]))
    return entries


def _equal(old: object, new: object) -> bool:
    """As JSON has it: 1, 1.0 and true are three values."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_equal(value, new[key]) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_equal, old, new))
    return type(old) is type(new) and old == new


def _changed(key: str, old: object, new: object) -> Entry:
    inside: list[Entry] = []
    if isinstance(old, str) and isinstance(new, str):
        inside = text_diff(old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        inside = _mapping_diff(old, new)
    elif isinstance(old, list) and isinstance(new, list):
        inside = _list_diff(key, old, new)
    return {"op": "patch", "key": key, "diff": inside} if inside else {"op": "replace", "key": key, "value": new}


def _list_diff(key: str, old: list[object], new: list[object]) -> list[Entry]:
    if key == "outputs" and all(isinstance(item, dict) for item in (*old, *new)):
        return _outputs_diff(cast("list[Json]", old), cast("list[Json]", new))
    return list_diff(old, new, pairs(old, new, (lambda item: json.dumps(item, sort_keys=True),)), lambda _a, _b: [])
