"""What can be done about damage in a store: only what may help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jupyter_repro.cli.escape import quoted, shown_path, shown_text
from jupyter_repro.cli.words import count

if TYPE_CHECKING:
    from jupyter_repro.history.verify import Damage

_FEW = 3
_OF_FILES = ("blob", "recipe")
_OF_THE_STORE = ("pack", "log", "marker")


def advice(damaged: Sequence[Damage], store: str) -> Iterator[str]:
    """Sentences for whoever has the damage; ``store`` is the place of the project's store."""
    content = [one for one in damaged if one.kind not in _OF_THE_STORE]
    again = [one for one in content if one.workspaces]
    lost = [one for one in content if not one.workspaces]
    packs = [one.file for one in damaged if one.kind == "pack"]
    if again:
        yield from _store_again(again)
    if lost:
        yield from _bring_back(lost, packs, store)
    broken = {one.file for one in content}
    if "" not in broken and any(pack not in broken for pack in packs):
        yield "All that is in a damaged pack can still be read on this machine: 'jupyter-repro gc' writes it anew."
    if any(one.kind == "log" for one in damaged):
        yield "Of a damaged record of the log nothing is missing here: 'jupyter-repro rebuild' writes it anew."
    for one in damaged:
        if one.kind == "marker":
            yield f"{one.file} of any export of this project can take the place of that in {shown_text(store)}."


def _store_again(again: Sequence[Damage]) -> Iterator[str]:
    for root in dict.fromkeys(one.workspaces[0] for one in again):
        number = sum(one.workspaces[0] == root for one in again)
        it = "it" if number == 1 else "them"
        yield (
            f"Files of a workspace still hold {count(number, 'damaged object')}: 'jupyter-repro -C {quoted(root)} "
            f"checkpoint --full' stores {it} again."
        )


def _bring_back(lost: Sequence[Damage], damaged: Sequence[str], store: str) -> Iterator[str]:
    files = dict.fromkeys(path for one in lost if one.kind in _OF_FILES for path in one.paths)
    # What nobody knows the pack of is in one of those that are damaged.
    packs = dict.fromkeys(file for one in lost for file in ([one.file] if one.file else damaged))
    if files:
        yield (
            f"No file of a workspace on this machine has what {_named(list(files))} held any more, so no checkpoint "
            "stores it again. It comes back"
        )
        yield (
            "  with the file as it was then, wherever there is a copy: put it into a workspace of the project, under "
            "any name, and run 'jupyter-repro checkpoint --full' there;"
        )
    else:
        yield "No checkpoint stores again what describes a commit, its folders or its software. It comes back"
    if packs:
        yield (
            f"  with {_named(list(packs))} of a copy of the store, or of an export, which is a tar archive of such "
            f"files: put it in the place of that in {shown_text(store)}."
        )
    if files:
        first = quoted(next(iter(files)))
        yield (
            "Without either it is lost to the commits named above; all else of them can be read. 'jupyter-repro purge "
            f"{first}' says so for good, with every version of that path."
        )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return ", ".join(shown_path(name) for name in names[:_FEW]) + more
