"""The text of a lock of the engine conda: every package with its address, build and checksums.

    jupyter-repro conda 1
    subdir linux-64
    channel <address>                    in the order in which they were asked for

    package <name> <version> <build>
      <key> <value>                      sorted by key, a key with several values on several lines

    pip
    <requirements with hashes>

Packages are sorted by name, so that equal content is equal text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from jupyter_repro.environments.definitions import Lock
from jupyter_repro.environments.snapshots.python_packages import normalized
from jupyter_repro.environments.snapshots.texts import Package
from jupyter_repro.errors import BlobCorrupt, BuildFailed

_HEAD = "jupyter-repro conda 1"


class CondaPackage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One package of a channel, with what the channel says of it. ``size`` is in bytes, ``timestamp`` in milliseconds
    since the epoch; checksums are in hexadecimal digits, and "" where the channel has none."""

    name: str
    version: str
    build: str
    url: str
    channel: str
    subdir: str
    sha256: str = ""
    md5: str = ""
    size: int = 0
    build_number: int = 0
    noarch: str = ""
    depends: list[str] = []
    constrains: list[str] = []
    features: str = ""
    track_features: list[str] = []
    license: str = ""
    python_site_packages_path: str = ""
    timestamp: int = 0

    @property
    def label(self) -> str:
        """How people are told of it: "numpy 2.1.0 py311h0"."""
        return f"{self.name} {self.version} {self.build}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class CondaLock:
    """What was resolved. ``pip`` is a list of requirements with hashes, which go on top."""

    subdir: str
    channels: tuple[str, ...]
    packages: tuple[CondaPackage, ...]
    pip: str = ""

    def package(self, name: str) -> CondaPackage | None:
        """The package of that name."""
        return next((one for one in self.packages if one.name == name), None)


_HEADLINE = ("name", "version", "build")
_KEYS = tuple(sorted(set(CondaPackage.__struct_fields__) - set(_HEADLINE)))
_SEVERAL = ("depends", "constrains", "track_features")
_NUMBERS = ("size", "build_number", "timestamp")


def write_conda_lock(lock: CondaLock) -> str:
    """The text of a lock. Raises ``BuildFailed`` for what a channel says and no line can hold."""
    lines = [_HEAD, f"subdir {lock.subdir}"]
    lines += [f"channel {one}" for one in lock.channels]
    for package in sorted(lock.packages, key=lambda one: one.name):
        lines += ["", f"package {package.label}"]
        for key in _KEYS:
            value = getattr(package, key)
            lines += [f"  {key} {one}" for one in (value if isinstance(value, list) else (value,)) if one]
    for line in lines:
        if not line.isprintable():
            raise BuildFailed(f"A channel says something that no text can hold: {line!r}. Choose another channel.")
    return "\n".join(lines) + "\n" + (f"\npip\n{lock.pip}" if lock.pip else "")


def read_conda_lock(text: str) -> CondaLock:
    """The lock of a text. Raises ``BlobCorrupt``."""
    head, _, pip = text.partition("\npip\n")
    lines = iter(head.splitlines())
    if next(lines, "") != _HEAD:
        raise BlobCorrupt("The lock of a conda environment has another format. Upgrade jupyter-repro.")
    top: dict[str, list[str]] = {"subdir": [], "channel": []}
    packages: list[dict[str, object]] = []
    try:
        for line in lines:
            if not line:
                continue
            key, _, value = line.strip().partition(" ")
            if key == "package":
                packages.append(dict(zip(_HEADLINE, value.split(" "), strict=True)))
            elif line.startswith("  "):
                _put(packages[-1], key, value)
            else:
                top[key].append(value)
        return CondaLock(
            top["subdir"][0],
            tuple(top["channel"]),
            tuple(msgspec.convert(one, CondaPackage) for one in packages),
            pip,
        )
    except (KeyError, IndexError, ValueError, msgspec.ValidationError) as error:
        raise BlobCorrupt("The lock of a conda environment cannot be read. Upgrade jupyter-repro.") from error


def conda_packages_of(lock: Lock) -> list[Package]:
    """What a lock of this engine holds, as snapshots tell of it."""
    found = read_conda_lock(lock.text)
    conda = [
        Package(
            "conda", one.name, f"{one.version}={one.build}", f"sha256:{one.sha256}" if one.sha256 else "", one.channel
        )
        for one in found.packages
    ]
    return [*conda, *(Package("python", name, version) for name, version in pip_names(found))]


def pip_names(lock: CondaLock) -> Iterator[tuple[str, str]]:
    """Name and version of the packages that pip adds."""
    for line in lock.pip.splitlines():
        name, equals, rest = line.strip().partition("==")
        if equals and not line.startswith((" ", "#", "-")):
            yield normalized(name.partition("[")[0]), rest.split()[0].rstrip("\\;")


def _put(package: dict[str, object], key: str, value: str) -> None:
    if key in _SEVERAL:
        known = package.setdefault(key, [])
        assert isinstance(known, list)
        known.append(value)
    else:
        package[key] = int(value) if key in _NUMBERS else value
