"""Byte ranges, entity tags and the headers that make a stored file harmless. Knows no web framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from jupyter_repro.api.calls import File
from jupyter_repro.api.problems import refuse

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Sent:
    """What to send of a file: ``length`` bytes from ``start`` under ``status`` and ``headers``."""

    status: int
    start: int
    length: int
    headers: dict[str, str]


def plan(file: File, headers: Mapping[str, str]) -> Sent:
    """What to send of ``file`` to a client that sent ``headers``. Raises ``RequestRefused`` with 416."""
    tag = f'"{file.etag}"' if file.etag else None
    told = {
        "Content-Type": file.media_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": _disposition(file),
        "Accept-Ranges": "bytes",
        # A purge must reach every browser, so even content that never changes is asked for again.
        "Cache-Control": "private, no-cache",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if tag:
        told["ETag"] = tag
        if _matches(headers.get("If-None-Match", ""), tag):
            return Sent(304, 0, 0, told)
    chosen = _range(headers.get("Range", ""), file.size)
    if chosen is not None and headers.get("If-Range", tag) == tag:
        start, end = chosen
        told["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
        told["Content-Length"] = str(end - start)
        return Sent(206, start, end - start, told)
    told["Content-Length"] = str(file.size)
    return Sent(200, 0, file.size, told)


def _matches(header: str, tag: str) -> bool:
    names = {name.strip().removeprefix("W/") for name in header.split(",")}
    return tag in names or "*" in names


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for the whole file. Several ranges are answered with all of it."""
    match = _RANGE.fullmatch(header.strip().replace(" ", ""))
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise refuse(416, f"The file has {size} bytes: the range {header!r} has none of them.")
    return start, end


def _disposition(file: File) -> str:
    # Old clients read the plain name, all others the encoded one.
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in file.name)
    encoded = quote(file.name.encode("utf-8", "surrogateescape"), safe="")
    return f"{'inline' if file.inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
