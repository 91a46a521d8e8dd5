"""Stored notebooks as Lab's notebook model wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat.sign import NotebookNotary


def read_notebook(data: bytes) -> dict[str, object] | None:
    """A notebook brought to nbformat 4; None when the bytes are none.

    Unlike a file that is opened to be edited it is not validated: what was saved is shown as it was.
    """
    import nbformat
    from nbformat import reader

    try:
        notebook = reader.reads(data.decode("utf-8"))  # type: ignore[no-untyped-call]  # nbformat is typed in part
        if notebook.get("nbformat") != 4:
            notebook = nbformat.convert(notebook, 4)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001
        # Whatever a hostile or broken file makes nbformat raise: it is shown as the text that it is.
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


def marker_of_trust(notary: NotebookNotary) -> Callable[[dict[str, object]], None]:
    """Marks cells as trusted where ``notary`` has signed the notebook, and only there."""

    def mark(notebook: dict[str, object]) -> None:
        try:
            trusted = notary.check_signature(notebook)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001
            trusted = False
        try:
            notary.mark_cells(notebook, trusted)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001
            _distrust(notebook)

    return mark


def _distrust(notebook: dict[str, object]) -> None:
    cells = notebook["cells"]
    for cell in cells if isinstance(cells, list) else ():
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("trusted", None)
