"""The two texts of a snapshot: software, and host. One line a fact, sorted, so that equal content is equal bytes.

    jupyter-repro software 1
    <ecosystem> TAB <name> TAB <version> TAB <hash> TAB <origin>

    jupyter-repro host 1
    <what> TAB <name> TAB <value>

A backslash, a tab, a line end and control characters inside a field are written as backslash escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from jupyter_repro.errors import BlobCorrupt

_SOFTWARE = "jupyter-repro software 1"
_HOST = "jupyter-repro host 1"
_UNSAFE = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\\\\\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")

ECOSYSTEMS = ("runtime", "python", "conda", "r", "julia", "debian", "os")
"""The ecosystems in the order in which people read them. ``runtime`` holds the languages themselves."""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """Something installed.

    ``hash`` says of what bytes, as ``<algorithm>:<hex>``, and ``origin`` from where, both "" when nothing is known.
    """

    ecosystem: str
    name: str
    version: str
    hash: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Software:
    """What is installed, sorted."""

    packages: tuple[Package, ...]

    def encode(self) -> bytes:
        """The text as it is stored."""
        lines = [
            _line((package.ecosystem, package.name, package.version, package.hash, package.origin))
            for package in sorted(set(self.packages))
        ]
        return _text(_SOFTWARE, lines)

    @property
    def by_ecosystem(self) -> dict[str, tuple[Package, ...]]:
        """The packages by their ecosystem, in the order of ``ECOSYSTEMS``."""
        found: dict[str, list[Package]] = {name: [] for name in ECOSYSTEMS}
        for package in self.packages:
            found.setdefault(package.ecosystem, []).append(package)
        return {name: tuple(packages) for name, packages in found.items() if packages}


@dataclass(frozen=True, slots=True)
class Host:
    """The machine: facts as (what, name, value), for instance ("cpu", "model", "...") or ("variable", "TZ", "UTC")."""

    facts: tuple[tuple[str, str, str], ...]

    def encode(self) -> bytes:
        """The text as it is stored."""
        return _text(_HOST, [_line(fact) for fact in sorted(set(self.facts))])


def software(packages: Iterable[Package]) -> Software:
    """Packages in the order in which they are kept."""
    return Software(tuple(sorted(set(packages), key=attrgetter("ecosystem", "name", "version", "hash", "origin"))))


def read_software(data: bytes) -> Software:
    """The packages of a stored text. Raises ``BlobCorrupt`` for anything else."""
    packages = []
    for fields in _fields(data, _SOFTWARE, "software"):
        if len(fields) != 5:
            raise _strange("software")
        packages.append(Package(*fields))
    return Software(tuple(packages))


def read_host(data: bytes) -> Host:
    """The facts of a stored text. Raises ``BlobCorrupt`` for anything else."""
    facts = []
    for fields in _fields(data, _HOST, "host"):
        if len(fields) != 3:
            raise _strange("host")
        facts.append((fields[0], fields[1], fields[2]))
    return Host(tuple(facts))


def _text(head: str, lines: list[str]) -> bytes:
    return ("\n".join([head, *lines]) + "\n").encode()


def _line(fields: Iterable[str]) -> str:
    return "\t".join(_UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", field) for field in fields)


def _fields(data: bytes, head: str, what: str) -> Iterable[list[str]]:
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise _strange(what) from error
    if lines[0] != head or lines[-1] != "":
        raise _strange(what)
    for line in lines[1:-1]:
        yield [_ESCAPE.sub(lambda match: chr(int(match[1], 16)), field) for field in line.split("\t")]


def _strange(what: str) -> BlobCorrupt:
    return BlobCorrupt(
        f"A {what} snapshot cannot be read: it is damaged, or was written by a newer version. Upgrade jupyter-repro, "
        "or run 'jupyter-repro verify'."
    )
