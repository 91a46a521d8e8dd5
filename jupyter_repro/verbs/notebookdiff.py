"""What differs between two notebooks, by cell, as nbdime sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from jupyter_repro.errors import InvalidRequest, MissingTool


@dataclass(frozen=True, slots=True)
class NotebookDifference:
    """``base`` is the older notebook (nbformat 4) and ``diff`` nbdime's difference, both as JSON text; ``cells``
    is how many cells were added, removed or changed."""

    base: str
    diff: str
    cells: int


def diff_notebooks(old: bytes | None, new: bytes | None) -> NotebookDifference:
    """Compare two notebooks; None stands for one that is not there.

    Raises ``InvalidRequest`` for what is no notebook, ``MissingTool`` when nbdime is not installed.
    """
    try:
        from nbdime import diff_notebooks as nbdime_diff  # type: ignore[import-untyped]  # nbdime has no types
    except ImportError as error:
        raise MissingTool("Comparing notebooks needs nbdime. Install it with 'pip install nbdime'.") from error
    base, remote = _notebook(old), _notebook(new)
    difference = nbdime_diff(base, remote)
    return NotebookDifference(json.dumps(base), json.dumps(difference), _cells(difference))


def _notebook(data: bytes | None) -> object:
    import nbformat

    if data is None:
        return nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]  # nbformat is typed in part
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        if not isinstance(notebook.get("cells"), list):
            raise ValueError("it has no cells")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError, nbformat.NBFormatError) as error:
        raise InvalidRequest(f"One side is no notebook that can be read ({error}). Compare it as text.") from error
    return notebook


def _cells(difference: object) -> int:
    count = 0
    for entry in difference if isinstance(difference, list) else ():
        if entry.get("key") != "cells":
            continue
        for change in entry.get("diff", ()):
            if change["op"] == "addrange":
                count += len(change["valuelist"])
            elif change["op"] == "removerange":
                count += int(change["length"])
            else:
                count += 1
    return count
