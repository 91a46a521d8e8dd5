"""One line of an ignore file: the pattern language of ``gitignore``, on bytes, with git's own corner cases.

A pattern is taken apart once, into the names that a path goes through. Walking down a directory then
moves a pattern from name to name, so that what is left to test in a directory is single names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

DOUBLE_STAR = None
"""The segment ``**``: any number of names."""

_GLOB_SPECIAL = re.compile(rb"[*?\[\\]")

_ASCII = range(128)
_BLANKS = frozenset(b" \t")
_SPACES = frozenset(b" \t\r\n")
_DIGITS = frozenset(b"0123456789")
_LOWER = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CONTROL = frozenset(c for c in _ASCII if c < 32 or c == 127)
_GRAPH = frozenset(_ASCII) - _CONTROL - {32}
_CLASSES: dict[bytes, frozenset[int]] = {
    b"alnum": _LOWER | _UPPER | _DIGITS,
    b"alpha": _LOWER | _UPPER,
    b"blank": _BLANKS,
    b"cntrl": _CONTROL,
    b"digit": _DIGITS,
    b"graph": _GRAPH,
    b"lower": _LOWER,
    b"print": _GRAPH | {32},
    b"punct": _GRAPH - _LOWER - _UPPER - _DIGITS,
    b"space": _SPACES,
    b"upper": _UPPER,
    b"xdigit": _DIGITS | frozenset(b"abcdefABCDEF"),
}


class _Impossible(Exception):
    """The pattern can match nothing."""


Token = int | frozenset[int] | str
"""A byte to find, a set of bytes to find one of, or "*" for a run of stars."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for one name.

    ``literal`` is the only name that it matches, or None; otherwise every match begins with ``prefix`` and
    ends with ``suffix``, and ``matches`` decides.
    """

    literal: bytes | None
    prefix: bytes
    suffix: bytes
    matches: Callable[[bytes], object]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One line of an ignore file.

    ``source`` says which line of which file; ``negated`` lines begin with "!" and include again;
    ``directories_only`` lines end with "/". ``segments`` are the names that a path goes through, seen from
    the directory of the file; ``anywhere`` rules have one, tested at any depth.
    """

    source: str
    negated: bool
    directories_only: bool
    anywhere: bool
    segments: tuple[Glob | None, ...] = field(repr=False)

    def start(self) -> frozenset[int]:
        """The segments that a name in the directory of the ignore file may match."""
        return self._with_skipped((0,))

    def after(self, positions: frozenset[int], name: bytes) -> frozenset[int]:
        """The segments that names in the directory ``name`` may match, after ``positions`` in its parent."""
        found = []
        for at in positions:
            glob = self.segments[at]
            if glob is DOUBLE_STAR:
                found.append(at)
            elif at + 1 < len(self.segments) and glob.matches(name):
                found.append(at + 1)
        return self._with_skipped(found)

    def decisive(self, positions: frozenset[int]) -> Glob | None:
        """What a name must match for the rule to hold for it, where the rule has come to ``positions``."""
        last = len(self.segments) - 1
        if last not in positions:
            return None
        return self.segments[last] or ANYTHING

    def _with_skipped(self, positions: list[int] | tuple[int, ...]) -> frozenset[int]:
        reached = set(positions)
        for at in positions:
            if self.segments[at] is DOUBLE_STAR and at + 1 < len(self.segments):
                reached.add(at + 1)
        return frozenset(reached)


def parse_lines(data: bytes, file: str) -> list[Rule]:
    """The rules of an ignore file with content ``data``, in order. ``file`` is its name for people.

    Lines that are empty, comments, or can match nothing are left out; nothing raises.
    """
    rules = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        shown = line.removesuffix(b"\r")
        rule = parse_line(shown, f"{file}:{number}: {shown.decode('utf-8', 'replace').strip()}")
        if rule is not None:
            rules.append(rule)
    return rules


def parse_line(line: bytes, source: str) -> Rule | None:
    """The rule of one line without its end, or None when it has no effect."""
    if line.startswith(b"#"):
        return None
    pattern = _without_trailing_spaces(line.partition(b"\0")[0])
    negated = pattern.startswith(b"!")
    pattern = pattern[negated:]
    directories_only = pattern.endswith(b"/")
    if directories_only:
        pattern = pattern[:-1]
    try:
        anywhere = b"/" not in pattern
        if anywhere:
            return Rule(source, negated, directories_only, True, (_glob(pattern),))
        names: list[Glob | None] = []
        for name in _split(pattern.removeprefix(b"/")):
            if len(name) < 2 or name.strip(b"*"):
                names.append(_glob(name))
            elif not names or names[-1] is not DOUBLE_STAR:
                names.append(DOUBLE_STAR)
    except _Impossible:
        return None
    return Rule(source, negated, directories_only, False, tuple(names))


def _without_trailing_spaces(line: bytes) -> bytes:
    end = len(line.rstrip(b" "))
    if end == len(line):
        return line
    # A space after a backslash stays, unless the backslash itself is escaped.
    escaped = False
    for byte in line[:end]:
        escaped = byte == 0x5C and not escaped
    return line[: end + escaped]


def _split(pattern: bytes) -> list[bytes]:
    """The names of a pattern: cut at each slash that is not inside brackets."""
    names, begin, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == 0x5C:  # backslash: an escaped slash is a slash
            if pattern[at + 1 : at + 2] == b"/":
                names.append(pattern[begin:at])
                begin = at + 2
            at += 2
        elif pattern[at] == 0x5B:  # [
            at = _brackets(pattern, at)[1]
        else:
            if pattern[at] == 0x2F:
                names.append(pattern[begin:at])
                begin = at + 1
            at += 1
    return [*names, pattern[begin:]]


def _glob(pattern: bytes) -> Glob:
    if not pattern:
        raise _Impossible
    if not _GLOB_SPECIAL.search(pattern):
        return Glob(pattern, pattern, b"", pattern.__eq__)
    tokens = _tokens(pattern)
    stars = [i for i, token in enumerate(tokens) if token == "*"]
    fixed = [i for i, token in enumerate(tokens) if not isinstance(token, int)]
    if not fixed:
        name = bytes(token for token in tokens if isinstance(token, int))
        return Glob(name, name, b"", name.__eq__)
    prefix = bytes(token for token in tokens[: fixed[0]] if isinstance(token, int))
    suffix = bytes(token for token in tokens[fixed[-1] + 1 :] if isinstance(token, int))
    if fixed == stars and len(stars) == 1:
        return Glob(None, prefix, suffix, _Ends(prefix, suffix))
    return Glob(None, prefix, suffix, _Expression(tokens))


class _Ends:
    """Matches what one star matches."""

    __slots__ = ("_least", "_prefix", "_suffix")

    def __init__(self, prefix: bytes, suffix: bytes) -> None:
        self._prefix, self._suffix, self._least = prefix, suffix, len(prefix) + len(suffix)

    def __call__(self, name: bytes) -> bool:
        return len(name) >= self._least and name.startswith(self._prefix) and name.endswith(self._suffix)


ANYTHING = Glob(None, b"", b"", _Ends(b"", b""))
"""Matches every name."""


class _Expression:
    """Matches by a regular expression, compiled when it is first needed: most never are."""

    __slots__ = ("_match", "_tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._match: Callable[[bytes], object] | None = None

    def __call__(self, name: bytes) -> object:
        if self._match is None:
            self._match = re.compile(_expression(self._tokens), re.DOTALL).fullmatch
        return self._match(name)


def _expression(tokens: list[Token]) -> bytes:
    parts = [b""]
    for token in tokens:
        if token == "*":
            parts.append(b"")
        elif isinstance(token, int):
            parts[-1] += re.escape(bytes((token,)))
        elif isinstance(token, frozenset):
            parts[-1] += b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(token)) + b"]"
    if len(parts) == 1:
        return parts[0]
    # Between two stars the first place that fits is as good as any: a group that is looked up and then
    # taken whole never backtracks, so no pattern takes longer than its length times that of the name.
    middle = b"".join(b"(?=(.*?%b))\\%d" % (part, i) for i, part in enumerate(filter(None, parts[1:-1]), 1))
    return parts[0] + middle + b".*" + parts[-1]


def _tokens(pattern: bytes) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(pattern):
        byte = pattern[at]
        if byte == 0x5C:  # backslash
            if at + 1 == len(pattern):
                raise _Impossible
            tokens.append(pattern[at + 1])
            at += 2
        elif byte == 0x2A:  # *
            if not tokens or tokens[-1] != "*":
                tokens.append("*")
            at += 1
        elif byte == 0x3F:  # ?
            tokens.append(frozenset(range(256)))
            at += 1
        elif byte == 0x5B:  # [
            found, at = _brackets(pattern, at)
            if not found:
                raise _Impossible
            tokens.append(found)
        else:
            tokens.append(byte)
            at += 1
    return tokens


def _brackets(pattern: bytes, at: int) -> tuple[frozenset[int], int]:
    """The bytes that the bracket expression at ``at`` stands for, and where it ends.

    Raises ``_Impossible`` when it is malformed: such a pattern matches nothing.
    """

    def byte(index: int) -> int:
        if index >= len(pattern):
            raise _Impossible
        return pattern[index]

    found: set[int] = set()
    at += 1
    negated = byte(at) in b"!^"
    at += negated
    before = 0  # what a range could begin with
    first = True
    while first or byte(at) != 0x5D:
        first = False
        current = byte(at)
        if current == 0x5C:
            at += 1
            current = byte(at)
            found.add(current)
        elif current == 0x2D and before and byte(at + 1) != 0x5D:
            at += 1
            if byte(at) == 0x5C:
                at += 1
            found.update(range(before, byte(at) + 1))
            current = 0
        elif current == 0x5B and pattern[at + 1 : at + 2] == b":":
            end = pattern.find(b"]", at + 2)
            if end < 0:
                raise _Impossible
            if end - 1 >= at + 2 and pattern[end - 1] == 0x3A:
                found |= _class(pattern[at + 2 : end - 1])
                at, current = end, 0
            else:
                found.add(current)
        else:
            found.add(current)
        before = current
        at += 1
    return frozenset(range(256)) - found if negated else frozenset(found), at + 1


def _class(name: bytes) -> frozenset[int]:
    if name not in _CLASSES:
        raise _Impossible
    return _CLASSES[name]
