"""Two snapshots compared: what was added, removed, upgraded, downgraded, or is the same version of other bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_repro.environments.snapshots.texts import ECOSYSTEMS, Package

PackageChangeKind = Literal["added", "removed", "upgraded", "downgraded", "changed"]


@dataclass(frozen=True, slots=True)
class PackageChange:
    """What became of one package. ``old`` and ``new`` are versions, "" on the side that lacks it.

    ``change`` is "changed" when the version stayed and its bytes or origin did not, or when nobody can say which of
    two versions is the later one.
    """

    ecosystem: str
    name: str
    change: PackageChangeKind
    old: str
    new: str
    old_origin: str = ""
    new_origin: str = ""


def compare_packages(old: Iterable[Package], new: Iterable[Package]) -> tuple[PackageChange, ...]:
    """What differs from ``old`` to ``new``, by ecosystem (as ``ECOSYSTEMS`` orders them) and name."""
    before, after = _by_name(old), _by_name(new)
    changes = []
    for key in before.keys() | after.keys():
        change = _change(before.get(key, []), after.get(key, []))
        if change is not None:
            changes.append(change)
    places = {name: number for number, name in enumerate(ECOSYSTEMS)}
    return tuple(
        sorted(changes, key=lambda change: (places.get(change.ecosystem, len(places)), change.ecosystem, change.name))
    )


def summary(changes: Sequence[PackageChange], most: int = 2) -> str:
    """One short line of what changed: ``pandas 2.3.3 → 3.0.1, +1 package``; "" for nothing.

    The ``most`` first changes of a version are named when there are no more than that, the others are counted.
    """
    moved = [change for change in changes if change.change not in ("added", "removed")]
    parts = []
    if len(moved) <= most:
        parts += [
            f"{change.name} {change.old} → {change.new}" if change.old != change.new else f"{change.name} reinstalled"
            for change in moved
        ]
    else:
        for kind in ("upgraded", "downgraded", "changed"):
            number = sum(change.change == kind for change in moved)
            parts += [f"{number:,} {kind}"] if number else []
    for kind, sign in (("added", "+"), ("removed", "-")):
        found = [change.name for change in changes if change.change == kind]
        if len(found) == 1 and not moved:
            parts.append(f"{sign} {found[0]}")
        elif found:
            parts.append(f"{sign}{len(found):,} package{'s' if len(found) > 1 else ''}")
    return ", ".join(parts)


def compare_versions(ecosystem: str, a: str, b: str) -> int:
    """Below, at or above 0 as version ``a`` is earlier than, as early as or later than ``b``."""
    if ecosystem == "debian":
        return _compare_debian(a, b)
    first, second = _order(a), _order(b)
    return (first > second) - (first < second)


def _by_name(packages: Iterable[Package]) -> dict[tuple[str, str], list[Package]]:
    found: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        found.setdefault((package.ecosystem, package.name), []).append(package)
    return found


def _change(before: list[Package], after: list[Package]) -> PackageChange | None:
    # Debian kernels and Julia projects may hold several versions of one name: the newest stands for them.
    if {(one.version, one.hash, one.origin) for one in before} == {
        (one.version, one.hash, one.origin) for one in after
    }:
        return None
    old, new = _newest(before), _newest(after)
    either = new or old
    assert either is not None
    if old is None or new is None:
        kind: PackageChangeKind = "removed" if new is None else "added"
    elif _only_less_known(old, new):
        return None
    else:
        order = compare_versions(either.ecosystem, old.version, new.version)
        kind = "upgraded" if order < 0 else "downgraded" if order > 0 else "changed"
    return PackageChange(
        either.ecosystem,
        either.name,
        kind,
        old.version if old else "",
        new.version if new else "",
        old.origin if old else "",
        new.origin if new else "",
    )


def _only_less_known(old: Package, new: Package) -> bool:
    """Whether all that differs is a hash that one side has and the other does not: that is no change of a package."""
    return old.version == new.version and old.origin == new.origin and not (old.hash and new.hash)


def _newest(packages: list[Package]) -> Package | None:
    if len(packages) < 2:
        return packages[0] if packages else None
    newest = packages[0]
    for package in packages[1:]:
        if compare_versions(package.ecosystem, newest.version, package.version) < 0:
            newest = package
    return newest


def _order(version: str) -> tuple[int, object]:
    from packaging.version import InvalidVersion, Version

    # The build behind conda's version counts only between equal versions.
    plain, _, build = version.partition("=")
    try:
        return 1, (Version(plain), _natural(build))
    except InvalidVersion:
        return 0, (_natural(plain), _natural(build))


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall(r"\d+|[^\d._+-]+", text))


def _compare_debian(a: str, b: str) -> int:
    """Debian's own order: the epoch, then the upstream version, then the revision; a tilde sorts before the end."""
    for one, other in zip(_debian_parts(a), _debian_parts(b), strict=True):
        result = _compare_debian_part(one, other)
        if result:
            return result
    return 0


def _debian_parts(version: str) -> tuple[str, str, str]:
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if dash else (epoch, rest, "")


def _compare_debian_part(a: str, b: str) -> int:
    pieces = re.compile(r"(\D*)(\d*)")
    while a or b:
        first, second = pieces.match(a), pieces.match(b)
        assert first is not None
        assert second is not None
        words = [_debian_weights(first[1]), _debian_weights(second[1])]
        if words[0] != words[1]:
            return -1 if words[0] < words[1] else 1
        numbers = int(first[2] or 0), int(second[2] or 0)
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        a, b = a[first.end() :], b[second.end() :]
    return 0


def _debian_weights(text: str) -> list[int]:
    # Zero is the end of the text: a tilde comes before it, letters before everything else.
    return [-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in text] + [0]
