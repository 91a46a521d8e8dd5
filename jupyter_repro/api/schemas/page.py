"""Cursor pagination, the same for every list."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from jupyter_repro.api.schemas.base import Answer, Query

MAX_LIMIT = 1000

Item = TypeVar("Item")


class Page(Answer, Generic[Item]):
    """Some items of a list, and how to ask for the ones after them."""

    items: list[Item]
    next: str | None = Field(description="Give this as `cursor` to get the items that follow; null at the end.")


class PageQuery(Query):
    """Which part of a list."""

    cursor: Annotated[str | None, Field(max_length=4096, pattern="^[A-Za-z0-9_=-]*$")] = Field(
        default=None, description="The `next` of the previous page, as it came. Absent: from the start."
    )
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT, description="At most so many items.")
