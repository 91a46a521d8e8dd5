"""What takes the space."""

from __future__ import annotations

from pydantic import Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Path


class LargePath(Answer):
    """A path that takes much of the store."""

    path: Path
    bytes: Count = Field(description="Of all its versions together.")
    since: CommitId | None = Field(description="The commit it came with.")


class StorageUse(Answer):
    """The store of a project."""

    logical_bytes: Count = Field(description="All versions as if each were a copy.")
    stored_bytes: Count = Field(description="What the store really takes.")
    packs: Count
    objects: Count
    largest: list[LargePath]
