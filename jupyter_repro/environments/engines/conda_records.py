"""Packages as rattler holds them and as locks do. Runs in the process of ``conda_worker``."""

from __future__ import annotations

from datetime import datetime, timezone

from rattler import BuildString, PackageRecord, RepoDataRecord

from jupyter_repro.environments.engines.conda_lock import CondaPackage


def package_of(record: RepoDataRecord) -> CondaPackage:
    """What a lock keeps of a record."""
    noarch = record.noarch
    return CondaPackage(
        name=record.name.normalized,
        version=str(record.version),
        build=str(record.build),
        build_number=record.build_number,
        url=record.url,
        channel=record.channel.rstrip("/"),
        subdir=str(record.subdir),
        sha256=record.sha256.hex() if record.sha256 else "",
        md5=record.md5.hex() if record.md5 else "",
        size=record.size or 0,
        noarch="python" if noarch.python else "generic" if noarch.generic else "",
        depends=sorted(record.depends),
        constrains=sorted(record.constrains),
        features=record.features or "",
        track_features=sorted(record.track_features),
        license=record.license or "",
        python_site_packages_path=record.python_site_packages_path or "",
        timestamp=int(record.timestamp.timestamp() * 1000) if record.timestamp else 0,
    )


def record_of(package: CondaPackage) -> RepoDataRecord:
    """The record that a lock kept."""
    kept = PackageRecord(
        name=package.name,
        version=package.version,
        build=BuildString(package.build),
        build_number=package.build_number,
        subdir=package.subdir,
        noarch="python" if package.noarch == "python" else "generic" if package.noarch else None,
        depends=package.depends,
        constrains=package.constrains,
        sha256=bytes.fromhex(package.sha256) or None,
        md5=bytes.fromhex(package.md5) or None,
        size=package.size or None,
        license=package.license or None,
        python_site_packages_path=package.python_site_packages_path or None,
    )
    if package.features:
        kept.features = package.features
    kept.track_features = package.track_features
    if package.timestamp:
        kept.timestamp = datetime.fromtimestamp(package.timestamp / 1000, timezone.utc)
    return RepoDataRecord(kept, package.file, package.url, package.channel)
