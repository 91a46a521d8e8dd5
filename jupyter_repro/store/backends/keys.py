"""Which keys a backend takes: one rule for all, so that a store can move from any kind to any other.

Printable ASCII without the backslash, slash-separated; no segment is empty, longer than 255 bytes or
begins with a dot (so ``..`` cannot be said, and what file systems leave lying about, such as ``.nfs…``,
is never taken for a key); the first segment is not ``tmp``, where half-written files live.
"""

from __future__ import annotations

import re

from jupyter_repro.errors import HostilePath

LONGEST = 800
"""Bytes in a key: S3 takes 1024, the rest is left to the prefix in the URL."""

TEMPORARY = "tmp"
"""The folder of a directory store that no key can reach."""

_SEGMENT = r"(?!\.)[ -.0-\[\]-~]{1,255}"
_KEY = re.compile(rf"(?!{TEMPORARY}(?:/|\Z)){_SEGMENT}(?:/{_SEGMENT})*\Z")
_PREFIX = re.compile(rf"(?!{TEMPORARY}/)(?:{_SEGMENT}/)*(?:{_SEGMENT})?\Z")


def check_key(key: str) -> str:
    """``key`` itself, when it is one. Raises ``HostilePath`` for anything that is not."""
    if len(key) > LONGEST or _KEY.match(key) is None:
        raise HostilePath(f"{key[:200]!r} is no key of a store. Nothing was read or written.")
    return key


def check_prefix(prefix: str) -> str:
    """``prefix`` itself, when a key could begin so ("" included). Raises ``HostilePath`` otherwise."""
    if len(prefix) > LONGEST or _PREFIX.match(prefix) is None:
        raise HostilePath(f"{prefix[:200]!r} begins no key of a store. Nothing was read.")
    return prefix


def is_key(name: str) -> bool:
    """Whether ``name``, found in a listing, is a key; whatever else lies in a store is left alone."""
    return len(name) <= LONGEST and _KEY.match(name) is not None
