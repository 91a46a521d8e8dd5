"""The roots of all schemas, and the few types that every noun uses."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

MOST_LISTED = 1000
"""Items of a list that comes without pages: the first of them, beside how many there are."""

MAX_PATH = 1500
"""Characters of a path. Two of them and three names, percent-encoded, must fit into the 64 KiB that a request may have
before its body."""


class Answer(BaseModel):
    """Root of what the server sends. Immutable, no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Request(BaseModel):
    """Root of what a client sends as a JSON body: strict types, unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Query(BaseModel):
    """Root of query strings. Unknown parameters are ignored: Lab adds a time stamp against caches."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _any_text(value: object) -> str:
    # pydantic refuses lone surrogates, which is how Python spells the bytes of a name that is no UTF-8.
    if not isinstance(value, str):
        raise ValueError("Input should be a string")
    return value


def _given_path(value: object) -> str:
    text = _any_text(value)
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ValueError("A path holds characters, and bytes as U+DC80 to U+DCFF") from error
    if len(text) > MAX_PATH:
        raise ValueError(f"A path may have at most {MAX_PATH} characters")
    return text


Text = Annotated[str, PlainValidator(_any_text), WithJsonSchema({"type": "string"})]
"""Text that people or file systems made: it may hold lone surrogates."""

Path = Annotated[
    str,
    PlainValidator(_given_path),
    WithJsonSchema({"type": "string", "maxLength": MAX_PATH, "examples": ["features/build.py"]}),
]
"""A path relative to the workspace root, '/' between names, '' for the root itself. Bytes that are no UTF-8
appear as lone surrogates U+DC80 to U+DCFF; in a query string such a byte is written ``%80`` to ``%FF``."""

Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""RFC 3339, UTC, microseconds: ``2026-11-21T09:12:33.123456Z``."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _moment(value: object) -> object:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("Write a moment as RFC 3339 has it: 2026-11-21T09:12:33Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A moment that a client gives: RFC 3339 with its offset."""

CommitId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["3f9a2c71" + "0" * 56])]
"""The full id of a commit."""


def _revision(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Revision = Annotated[
    str,
    BeforeValidator(_revision),
    Field(min_length=1, max_length=255, examples=["@", "3f9a2c71", "main", "v1", "@~2"]),
]
"""Any name of a commit: an id or a unique prefix of 4 or more hex digits, a branch, a tag, ``@`` (the newest of
this branch), ``@~N``, or a time ``@{2 hours ago}``."""

Name = Annotated[str, Field(min_length=1, max_length=255, examples=["main-from-v1"])]
"""The name of a branch, tag or project."""

Count = Annotated[int, Field(ge=0)]
"""How many; never negative."""
