"""What must never be stored: values that look like secrets, and the credentials inside of URLs."""

from __future__ import annotations

import math
import re
from collections import Counter
from urllib.parse import urlsplit, urlunsplit

HIDDEN = "(not stored: it looks like a secret)"
"""What stands in a snapshot in place of such a value."""

_NAME = re.compile(
    r"(?i)token|secret|passw|passphrase|credential|cookie|api_?key|private|signature|(^|_)(auth|key|pat)(_|$)"
)
_KNOWN = re.compile(
    r"-----BEGIN |(^|[^A-Za-z0-9])"
    r"(gh[pousr]_|github_pat_|glpat-|xox[abpr]-|sk-|hf_|pypi-|AKIA|ASIA|AIza|npm_|eyJ)[A-Za-z0-9]"
)
_USERINFO = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s@]+@")
_WORD = re.compile(r"[A-Za-z0-9+=_-]{20,}")
_ASSIGNED = re.compile(r"(?i)(token|secret|passw(or)?d|key|sig(nature)?)=[^&\s]")


def looks_secret(name: str, value: str) -> bool:
    """Whether the variable ``name`` with this value should be left out. Says yes when in doubt."""
    if not value:
        return False
    if _NAME.search(name) or _KNOWN.search(value) or _USERINFO.search(value) or _ASSIGNED.search(value):
        return True
    return any(_random(word) for word in _WORD.findall(value))


def without_credentials(url: str) -> str:
    """A URL without user, password, query and fragment, which may all hold a secret."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _random(word: str) -> bool:
    """Whether letters and digits follow each other as if thrown by dice, as those of keys do."""
    digits = sum(character.isdigit() for character in word)
    letters = sum(character.isalpha() for character in word)
    if not digits or not letters:
        return False
    if re.fullmatch(r"[0-9a-fA-F]{32,}", word):
        return True
    counts = Counter(word)
    entropy = -sum(count / len(word) * math.log2(count / len(word)) for count in counts.values())
    mixed = word.lower() != word != word.upper()
    return entropy > 3.7 and (digits >= 3 or (mixed and len(word) >= 32))
