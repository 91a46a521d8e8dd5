"""Python packages, read from the ``.dist-info`` and ``.egg-info`` that installers leave."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping

import msgspec

from jupyter_repro.environments.snapshots.secrets import without_credentials
from jupyter_repro.environments.snapshots.texts import Package

_SEPARATORS = re.compile(r"[-_.]+")


class KnownDistribution(msgspec.Struct, frozen=True):
    """What was read from one ``.dist-info`` directory whose mtime (ns) was this."""

    mtime: int
    name: str
    version: str
    hash: str
    origin: str


def python_packages(
    folders: Iterable[str], known: Mapping[str, KnownDistribution]
) -> tuple[list[Package], dict[str, KnownDistribution]]:
    """The packages in the folders of an import path, the first of a name hiding those behind it.

    ``known`` is what the previous call returned beside them: directories that have not changed are not read again.
    """
    packages: dict[str, Package] = {}
    fresh: dict[str, KnownDistribution] = {}
    for folder in folders:
        for path, mtime in _distributions(folder):
            found = known.get(path)
            if found is None or found.mtime != mtime:
                found = _read(path, mtime)
            fresh[path] = found
            if found.name and found.name not in packages:
                packages[found.name] = Package("python", found.name, found.version, found.hash, found.origin)
    return list(packages.values()), fresh


def normalized(name: str) -> str:
    """The name of a package as indexes compare it."""
    return _SEPARATORS.sub("-", name).lower()


def _distributions(folder: str) -> list[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (entry.path, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info")) and not entry.name.startswith("~")
            )
    except OSError:
        return []


def _read(path: str, mtime: int) -> KnownDistribution:
    stem, kind = os.path.splitext(os.path.basename(path))
    name, _, version = stem.partition("-")
    if kind == ".egg-info":
        name, version = _egg(path, name, version)
        return KnownDistribution(mtime, normalized(name), version, "", "")
    if not version:
        # Without its version a directory was not written by an installer, or only half.
        return KnownDistribution(mtime, "", "", "", "")
    return KnownDistribution(mtime, normalized(name), version, _record_hash(path), _origin(path))


def _egg(path: str, name: str, version: str) -> tuple[str, str]:
    file = os.path.join(path, "PKG-INFO") if os.path.isdir(path) else path
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line == "\n":
                    break
                key, _, value = line.partition(":")
                if key == "Name":
                    name = value.strip()
                elif key == "Version":
                    version = value.strip()
    except OSError:
        version = re.sub(r"-py\d+(\.\d+)*$", "", version)
    return name, version


def _record_hash(path: str) -> str:
    """A hash of the list of installed files that depends neither on where they are nor on who installed them."""
    try:
        with open(os.path.join(path, "RECORD"), "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    own = os.fsencode(os.path.basename(path)) + b"/"
    metadata = own + b"METADATA,"
    kept = sorted(
        line
        for line in lines
        # Scripts name their interpreter's path, byte code is made anew, and installers sign what they did.
        if line
        and not line.startswith((b"../", b"/", b'"../'))
        and b".pyc," not in line
        and (not line.startswith(own) or line.startswith(metadata))
    )
    return "sha256:" + hashlib.sha256(b"\n".join(kept)).hexdigest() if kept else ""


def _origin(path: str) -> str:
    """Where a package came from when it was not an index: a URL without credentials, and the commit of a repository."""
    try:
        with open(os.path.join(path, "direct_url.json"), "rb") as file:
            said = json.load(file)
        url = without_credentials(str(said["url"]))
        vcs = said.get("vcs_info")
        if vcs:
            return f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        if said.get("dir_info", {}).get("editable"):
            return f"editable {url}"
        return url
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
