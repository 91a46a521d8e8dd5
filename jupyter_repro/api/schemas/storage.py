"""What takes the space."""

from __future__ import annotations

from pydantic import Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Path, Time


class LargePath(Answer):
    """A path that takes much of the store."""

    path: Path
    logical_bytes: Count = Field(description="Of all its versions together.")
    stored_bytes: Count = Field(description="What they take in the store, beyond what older paths held.")
    versions: Count
    since: CommitId = Field(description="The commit it came with.")
    since_time: Time


class StorageUse(Answer):
    """The store of a project."""

    logical_bytes: Count = Field(description="All versions as if each were a copy.")
    stored_bytes: Count = Field(description="What the store really takes.")
    packs: Count
    objects: Count
    largest: list[LargePath]
