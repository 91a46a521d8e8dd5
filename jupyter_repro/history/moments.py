"""Times as people say them: "2 hours ago", "yesterday 14:00", "2026-03-01"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from jupyter_repro.errors import InvalidRequest

_UNITS = {
    "second": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_AGO = re.compile(r"(\d+|an?|one)\s*([a-z]+?)s?\s+ago")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(text: str, now: datetime | None = None) -> int:
    """The moment that ``text`` means, in microseconds since the epoch.

    Understands "now", "N units ago", "today", "yesterday" and weekday names (each with an optional
    clock time, else its end), "last week", and ISO 8601 dates and times; without a zone they are local.
    ``now`` stands for the present in tests. Raises ``InvalidRequest`` for anything else.
    """
    here = (now or datetime.now(timezone.utc)).astimezone()
    words = text.strip().lower()
    found = _said(words, here) or _iso(text.strip(), here)
    if found is None:
        raise InvalidRequest(
            f"The time {text!r} is not understood. Say for example '2 hours ago', 'yesterday 14:00' or "
            "'2026-03-01T09:30'."
        )
    return round(found.timestamp() * 1_000_000)


def _said(words: str, here: datetime) -> datetime | None:
    if words == "now":
        return here
    if match := _AGO.fullmatch(words):
        unit = _UNITS.get(match[2])
        # Before all history is before all history, however many digits say so.
        count = 1 if not match[1].isdigit() else int(match[1]) if len(match[1]) < 10 else 10**9
        return None if unit is None else _minus(here, unit, count)
    if words.startswith("last ") and words[5:] in _UNITS:
        return here - _UNITS[words[5:]]
    day, _, clock = words.partition(" ")
    if _CLOCK.fullmatch(words):
        day, clock = "today", words
    if day == "today":
        back = 0
    elif day == "yesterday":
        back = 1
    elif day in _DAYS:
        back = (here.weekday() - _DAYS.index(day)) % 7 or 7
    else:
        return None
    date = here - timedelta(days=back)
    if not clock:
        return here if back == 0 else date.replace(hour=23, minute=59, second=59, microsecond=999_999)
    match = _CLOCK.fullmatch(clock)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return None
    return date.replace(hour=int(match[1]), minute=int(match[2]), second=int(match[3] or 0), microsecond=0)


def _minus(here: datetime, unit: timedelta, count: int) -> datetime:
    try:
        return here - unit * count
    except OverflowError:
        return datetime.fromtimestamp(0, timezone.utc)


def _iso(text: str, here: datetime) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        return None
    if found.tzinfo is None:
        if len(text) <= 10:
            found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
        found = found.replace(tzinfo=here.tzinfo)
    return found


def rfc3339(time: int) -> str:
    """Microseconds since the epoch as an RFC 3339 UTC string."""
    return datetime.fromtimestamp(time / 1_000_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
