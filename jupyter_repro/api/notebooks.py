"""Stored notebooks as Lab's notebook model wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from nbformat.sign import NotebookNotary

Value = TypeVar("Value")


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
    except Exception:  # noqa: BLE001 - whatever a hostile file makes nbformat raise: it is shown as text
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


class OnLoop(Protocol):
    """How a thread asks the event loop's."""

    def __call__(self, function: Callable[[], Value], /) -> Value:
        """Have the event loop's thread call ``function``, and wait for its answer."""


class Trust:
    """Which stored notebooks this server signed. Asked from a thread: the signature is computed there, and looked up
    where the notary's database lives."""

    def __init__(self, notary: Callable[[], NotebookNotary], on_loop: OnLoop) -> None:
        self._notary = notary
        self._on_loop = on_loop

    def mark(self, notebook: dict[str, object]) -> None:
        """Mark the cells of a notebook (nbformat 4) as trusted where this server signed it, and only there."""
        notary = self._on_loop(self._with_store)
        signature = _signature_of(notary, notebook)
        known = signature is not None and self._on_loop(
            lambda: bool(notary.store.check_signature(signature, notary.algorithm))
        )
        _mark_cells(notary, notebook, known)

    def _with_store(self) -> NotebookNotary:
        notary = self._notary()
        # Made here and now: its database answers only to the thread that opened it.
        assert notary.store is not None
        return notary


def _signature_of(notary: NotebookNotary, notebook: dict[str, object]) -> str | None:
    """What ``notary`` would sign the notebook with; None for one that it cannot."""
    try:
        return str(notary.compute_signature(notebook))  # type: ignore[no-untyped-call]  # nbformat is typed in part
    except Exception:  # noqa: BLE001 - a stored notebook may be anything at all
        return None


def _mark_cells(notary: NotebookNotary, notebook: dict[str, object], trusted: bool) -> None:
    """Mark the code cells, whatever they say of themselves."""
    try:
        notary.mark_cells(notebook, trusted)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - as above: then nothing in it is trusted
        _distrust(notebook)


def _distrust(notebook: dict[str, object]) -> None:
    cells = notebook["cells"]
    for cell in cells if isinstance(cells, list) else ():
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("trusted", None)
