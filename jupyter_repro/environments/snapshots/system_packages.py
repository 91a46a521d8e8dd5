"""What other package managers installed: conda, dpkg, R, Julia; and the release of the system."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from jupyter_repro.environments.snapshots.secrets import without_credentials
from jupyter_repro.environments.snapshots.texts import Package

DPKG = Path("/var/lib/dpkg/status")
OS_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))
_R_FOLDERS = (
    "/usr/local/lib/R/site-library",
    "/usr/local/lib/R/library",
    "/usr/lib/R/site-library",
    "/usr/lib/R/library",
)


class _CondaRecord(msgspec.Struct):
    name: str
    version: str
    build: str = ""
    channel: str = ""
    sha256: str = ""
    md5: str = ""


_conda = msgspec.json.Decoder(_CondaRecord)


def conda_packages(prefix: str) -> list[Package]:
    """The packages of the conda environment at ``prefix``; none when it is no such environment."""
    folder = Path(prefix, "conda-meta")
    found = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            record = _conda.decode(file.read_bytes())
        except (OSError, msgspec.DecodeError):
            continue  # half written: conda itself does not count it either
        known = f"sha256:{record.sha256}" if record.sha256 else f"md5:{record.md5}" if record.md5 else ""
        version = f"{record.version}={record.build}" if record.build else record.version
        found.append(Package("conda", record.name, version, known, without_credentials(record.channel)))
    return found


def debian_packages(status: Path = DPKG) -> list[Package]:
    """The installed packages that dpkg knows."""
    try:
        text = status.read_text("utf-8", "replace")
    except OSError:
        return []
    found = []
    for block in text.split("\n\n"):
        fields = dict(_FIELD.findall(block))
        if fields.get("Status", "").endswith(" installed") and "Package" in fields:
            architecture = fields.get("Architecture", "")
            found.append(Package("debian", f"{fields['Package']}:{architecture}", fields.get("Version", "")))
    return found


_FIELD = re.compile(r"^(Package|Status|Architecture|Version): (.*)$", re.MULTILINE)


def r_folders(prefix: str, variables: Mapping[str, str]) -> list[str]:
    """The libraries in which R may find packages, the first of a name hiding those behind it."""
    given = [
        os.path.expanduser(part)
        for name in ("R_LIBS", "R_LIBS_USER", "R_LIBS_SITE")
        for part in variables.get(name, "").split(os.pathsep)
        if part and "%" not in part
    ]
    users = sorted((str(path) for path in Path.home().glob("R/*-library/*")), reverse=True)
    return list(dict.fromkeys((*given, *users, os.path.join(prefix, "lib/R/library"), *_R_FOLDERS)))


def r_packages(folders: list[str]) -> Iterator[Package]:
    """The packages of R; R itself comes as ``runtime`` when its base package is found."""
    seen = set()
    for folder in folders:
        for name in sorted(_names(folder)):
            try:
                text = Path(folder, name, "DESCRIPTION").read_text("utf-8", "replace")
            except OSError:
                continue
            fields = dict(re.findall(r"^(\w+): *(.*)$", text, re.MULTILINE))
            package = fields.get("Package", name)
            if package in seen:
                continue
            seen.add(package)
            version = fields.get("Version", "")
            if package == "base":
                yield Package("runtime", "r", version)
            if fields.get("Priority") != "base":
                commit = fields.get("RemoteSha", "")
                yield Package(
                    "r", package, version, origin=f"{fields.get('RemoteType', 'git')}@{commit}" if commit else ""
                )


def julia_manifests(variables: Mapping[str, str]) -> list[Path]:
    """The manifests of Julia's default environments, and of the one that is chosen by a variable."""
    chosen = variables.get("JULIA_PROJECT", "")
    places = [Path(chosen)] if chosen and not chosen.startswith("@") else []
    for depot in variables.get("JULIA_DEPOT_PATH", "").split(os.pathsep):
        places += sorted(Path(os.path.expanduser(depot) or Path.home() / ".julia", "environments").glob("v*"))
    return [manifest for place in places if (manifest := place / "Manifest.toml").is_file()]


def julia_packages(manifests: list[Path]) -> Iterator[Package]:
    """The packages that the manifests hold, and Julia itself."""
    for manifest in manifests:
        try:
            text = manifest.read_text("utf-8", "replace")
        except OSError:
            continue
        version = re.search(r'^julia_version = "([^"]*)"', text, re.MULTILINE)
        if version:
            yield Package("runtime", "julia", version[1])
        for part in re.split(r"^\[\[(?:deps\.)?", text, flags=re.MULTILINE)[1:]:
            name = part.partition("]]")[0].strip('"')
            fields = dict(re.findall(r'^([\w-]+) = "([^"]*)"', part, re.MULTILINE))
            tree = fields.get("git-tree-sha1", "")
            origin = without_credentials(fields.get("repo-url", ""))
            yield Package("julia", name, fields.get("version", ""), f"git-tree:{tree}" if tree else "", origin)


def os_release(files: tuple[Path, ...] = OS_RELEASE) -> list[Package]:
    """The release of the operating system."""
    for file in files:
        try:
            text = file.read_text("utf-8", "replace")
        except OSError:
            continue
        fields = {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in text.splitlines())}
        version = fields.get("VERSION_ID") or fields.get("BUILD_ID", "")
        return [Package("os", fields.get("ID", "linux"), version, origin=fields.get("PRETTY_NAME", ""))]
    return []


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
