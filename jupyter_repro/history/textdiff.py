"""Unified diffs of text, in the form that git prints and ``git apply`` reads, in bounded time.

Content is text when it decodes: UTF-8, or UTF-16 and UTF-32 with their mark, or, without any control
character, one byte a character. What holds a NUL byte near its beginning otherwise is binary.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from jupyter_repro.history.linematch import Change, changes

CONTEXT = 3
"""Unchanged lines shown around a change."""

_LOOK_AT = 8192
_MARKS = (  # the longer mark first: it begins as the shorter one does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_QUOTED = re.compile(r'[\x00-\x1f"\\\x7f\ud800-\udfff]')
_ESCAPES = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}


def is_binary(data: bytes) -> bool:
    """Whether ``data`` looks like no text: a NUL byte near its beginning, and no mark of UTF-16 or UTF-32."""
    return b"\0" in data[:_LOOK_AT] and not any(data.startswith(mark) for mark, _ in _MARKS)


def decode_text(data: bytes) -> tuple[str, str] | None:
    """The text of ``data`` and the name of its encoding, or None when it is binary."""
    if is_binary(data):
        return None
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                return None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return None if _CONTROL.search(data) else (data.decode("latin-1"), "latin-1")


def unified_diff(
    old: bytes | None, new: bytes | None, old_path: str = "old", new_path: str = "new", *, context: int = CONTEXT
) -> str | None:
    """The unified diff from ``old`` to ``new``: empty when they are equal, None when one of them is binary.

    None for a side says that there is no such file there. The paths are relative, and shown after "a/" and
    "b/". ``context`` lines are shown around a change. Lines end with the newline character alone, as for
    git. Where only the encoding differs, one remark stands for it.
    """
    before, after = decode_text(old or b""), decode_text(new or b"")
    if before is None or after is None:
        return None
    if old == new:
        return ""
    head = (
        f"--- {_shown('a/' + old_path) if old is not None else '/dev/null'}\n"
        f"+++ {_shown('b/' + new_path) if new is not None else '/dev/null'}\n"
    )
    olds, news = _lines(before[0]), _lines(after[0])
    found = changes(olds, news)
    if not found:
        if before[1] == after[1]:
            return head if old is None or new is None else f"{head}\\ Only the byte order differs\n"
        return f"{head}\\ Only the encoding differs: {before[1]} before, {after[1]} now\n"
    return head + "".join(_hunks(olds, news, found, context))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    lines = [line + "\n" for line in lines]
    return [*lines, last] if last else lines


def _hunks(olds: Sequence[str], news: Sequence[str], found: Sequence[Change], context: int) -> Iterator[str]:
    group: list[Change] = []
    for change in found:
        if group and change.old_begin - group[-1].old_end > 2 * context:
            yield from _hunk(olds, news, group, context)
            group = []
        group.append(change)
    yield from _hunk(olds, news, group, context)


def _hunk(olds: Sequence[str], news: Sequence[str], group: Sequence[Change], context: int) -> Iterator[str]:
    before = min(context, group[0].old_begin)
    after = min(context, len(olds) - group[-1].old_end)
    old = group[0].old_begin - before, group[-1].old_end + after
    new = group[0].new_begin - before, group[-1].new_end + after
    yield f"@@ -{_range(*old)} +{_range(*new)} @@\n"
    at = old[0]
    for change in group:
        yield from _marked(" ", olds[at : change.old_begin])
        yield from _marked("-", olds[change.old_begin : change.old_end])
        yield from _marked("+", news[change.new_begin : change.new_end])
        at = change.old_end
    yield from _marked(" ", olds[at : old[1]])


def _range(begin: int, end: int) -> str:
    length = end - begin
    if length == 1:
        return str(begin + 1)
    return f"{begin + 1 if length else begin},{length}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"


def _shown(path: str) -> str:
    """A path as git writes it in a diff: quoted where it must be, and ended by a tab where it holds a space."""
    if not _QUOTED.search(path):
        return path + "\t" if " " in path else path
    parts = []
    for char in path:
        if char in _ESCAPES:
            parts.append("\\" + _ESCAPES[char])
        elif _QUOTED.match(char):
            parts.append(f"\\{char.encode('utf-8', 'surrogateescape')[0]:03o}")
        else:
            parts.append(char)
    return '"' + "".join(parts) + '"'
