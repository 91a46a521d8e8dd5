"""The pages of the documentation, and what stands under one heading of them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    """The text of a reference page."""
    return (DOCS / "reference" / name).read_text("utf-8")


def section(name: str, heading: str) -> str:
    """What a reference page has under a heading, up to the next of any level. Fails when there is no such heading."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/reference/{name} has nothing on {heading}: run `make reference`, or write it"
    return found[1]
