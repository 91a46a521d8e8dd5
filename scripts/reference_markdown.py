"""What the reference pages share: Markdown out of docstrings and rows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

NOTE = "<!-- Written by scripts/reference.py from the code: change that, then run `make reference`. -->\n"


def prose(text: str) -> Iterator[str]:
    """A docstring or help as Markdown: double backticks are single ones, indented blocks are code."""
    for paragraph in inspect.cleandoc(text).replace("``", "`").split("\n\n"):
        if paragraph.startswith("    "):
            yield from ("```", inspect.cleandoc(paragraph), "```", "")
        elif paragraph.lstrip("\b\n"):
            yield paragraph.lstrip("\b\n")
            yield ""


def one_line(text: str | None) -> str:
    """A docstring as one line of Markdown."""
    return " ".join(inspect.cleandoc(text or "").replace("``", "`").split())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; nothing when there are no rows."""
    if not rows:
        return
    for row in (heads, ["---"] * len(heads), *rows):
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"
    yield ""


def page(lines: Sequence[str]) -> str:
    """The lines as the text of a page that says where it comes from."""
    return NOTE + "\n" + "\n".join(line.rstrip() for line in lines).rstrip() + "\n"
