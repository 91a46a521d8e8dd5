"""File names and messages may hold any bytes; what reaches the terminal may not.

A name with control characters could move the cursor, colour the screen or pretend to be another name. Such a path is
shown in the shell's ``$'...'`` notation, which bash, zsh and ksh read back as the very same bytes.
"""

from __future__ import annotations

import re
import shlex

# Control characters, what cannot be encoded, and the invisible ones that reorder or hide the text around them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\x1b": "\\e"}


def shown_path(path: str) -> str:
    """``path`` as a person may see it: itself when it is harmless, else in ``$'...'`` notation."""
    if not _UNSAFE.search(path) and not path.startswith(("$'", '"')):
        return path
    return _ansi_quoted(path)


def shown_text(text: str) -> str:
    """A message or name on one line, with everything that a terminal might act upon made visible."""
    return _UNSAFE.sub(_escaped, text)


def shown_lines(text: str) -> str:
    """Like ``shown_text`` for a text of several lines: line ends and tabs stay."""
    return "\n".join(
        "\t".join(_UNSAFE.sub(_escaped, part) for part in line.split("\t"))
        for line in text.replace("\r\n", "\n").split("\n")
    )


def quoted(word: str) -> str:
    """``word`` as a shell takes it, for the commands that we propose."""
    return _ansi_quoted(word) if _UNSAFE.search(word) else shlex.quote(word)


def subject(message: str) -> str:
    """The first line of a commit's message, fit for the terminal."""
    return shown_text(message.strip().partition("\n")[0].rstrip())


def _ansi_quoted(path: str) -> str:
    plain = path.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + _UNSAFE.sub(_escaped, plain) + "'"


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"
