"""Finding packages that fit together, with rattler. Runs in the process of ``conda_worker``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from rattler import Channel, ChannelConfig, Gateway, MatchSpec, RepoDataRecord, Subdir, VirtualPackage
from rattler import solve as rattler_solve
from rattler.exceptions import GatewayError, SolverError

from jupyter_repro.environments.engines.conda_asking import Answer, Solve
from jupyter_repro.environments.engines.conda_lock import CondaPackage
from jupyter_repro.environments.engines.conda_records import package_of, record_of
from jupyter_repro.environments.engines.conda_telling import Refused, reason, say

if TYPE_CHECKING:
    from rattler import Client
    from rattler.virtual_package.virtual_package import VirtualPackageOverrides

_OF_A_CHANNEL = re.compile(r"^(?P<channel>[^\s\[\]]+?)::(?P<spec>[A-Za-z0-9_].*)$")
_AUTHENTICATION = re.compile(r"\b(401|403)\b")


async def solve(asked: Solve, client: Client) -> Answer:
    """Find packages. Raises ``Refused`` with what does not fit or cannot be read."""
    channels = {name: _channel(asked, name) for name in asked.channels}
    specs = [_spec(asked, channels, one) for one in asked.specs]
    wished = [_spec(asked, channels, one) for one in asked.wished]
    subdir = Subdir.current()
    virtual = VirtualPackage.detect(overrides=_overrides())
    addresses = [one.base_url.rstrip("/") for one in channels.values()]
    say("resolve", f"for {subdir} with {', '.join(sorted(map(_virtual, virtual)))}")
    say("resolve", f"{', '.join(asked.specs)} in {', '.join(addresses)}")
    gateway = Gateway(cache_dir=Path(asked.cache), client=client)
    sources, platforms = list(channels.values()), [subdir, Subdir("noarch")]
    try:
        known = await _still_there(asked.known, gateway, sources, platforms)
        for count in range(len(wished), -1, -1):
            try:
                records = await rattler_solve(
                    sources=sources,
                    specs=[*specs, *wished[:count]],
                    gateway=gateway,
                    platforms=platforms,
                    locked_packages=known,
                    virtual_packages=virtual,
                )
                break
            except SolverError:
                if count == 0:
                    raise
    except SolverError as error:
        said = _unsolved(error)
        raise Refused(f"No packages fit together: {said}. Change the environment.yml and build again.") from error
    except GatewayError as error:
        raise Refused(_unreadable(error, addresses)) from error
    packages = [_checked(package_of(one)) for one in records]
    return Answer(
        packages=packages,
        channels=addresses,
        subdir=str(subdir),
        without=asked.wished[count:],
    )


async def _still_there(
    known: list[CondaPackage], gateway: Gateway, channels: list[Channel], platforms: list[Subdir]
) -> list[RepoDataRecord]:
    """Those of the packages that the channels still have, with the same bytes: the others would be taken on trust."""
    if not known:
        return []
    names = [one.name for one in known]
    found = await gateway.query(channels, platforms, specs=names, recursive=False)
    there = {(one.url, one.sha256) for several in found for one in several}
    records = [record_of(one) for one in known]
    return [one for one in records if (one.url, one.sha256) in there]


def _channel(asked: Solve, name: str) -> Channel:
    if name in asked.named:
        return Channel(asked.named[name])
    if "://" in name or name.startswith("/"):
        return Channel(name)
    if name == "defaults":
        raise Refused(
            "The channel 'defaults' stands for whatever conda is configured to. Name the channels themselves, or say "
            "what it stands for with the setting Repro.conda_channels."
        )
    return Channel(name, ChannelConfig(asked.alias.rstrip("/") + "/") if asked.alias else ChannelConfig())


def _spec(asked: Solve, channels: dict[str, Channel], said: str) -> MatchSpec:
    """A dependency; one that names its channel gets the address of that, which is looked in after the others."""
    match = _OF_A_CHANNEL.match(said)
    if match:
        name = match["channel"]
        if name not in channels:
            channels[name] = _channel(asked, name)
        said = f"{channels[name].base_url.rstrip('/')}::{match['spec']}"
    try:
        return MatchSpec(said)
    except Exception as error:
        raise Refused(f"The dependency {said!r} cannot be understood: {reason(error)}.") from error


def _checked(package: CondaPackage) -> CondaPackage:
    if not package.sha256 and not package.md5:
        raise Refused(
            f"The channel {package.channel} gives no checksum of {package.label}, so it cannot be locked. Leave it out."
        )
    return package


def _overrides() -> VirtualPackageOverrides:
    from rattler import VirtualPackageOverrides

    return VirtualPackageOverrides.from_env()


def _virtual(package: VirtualPackage) -> str:
    one = package.into_generic()
    return f"{one.name.normalized} {one.version} {one.build_string}".removesuffix(" 0")


def _unsolved(error: SolverError) -> str:
    said = reason(error).removeprefix("Cannot solve the request because of: ")
    return re.sub(r"[│├└─]+ ?", "", said)


def _unreadable(error: GatewayError, addresses: list[str]) -> str:
    said = reason(error)
    which = next((one for one in addresses if one in said), ", ".join(addresses))
    if _AUTHENTICATION.search(said):
        return f"The channel {which} wants credentials: {said}. Store them where rattler looks (RATTLER_AUTH_FILE)."
    return f"The channel {which} cannot be read: {said}. See that it is the right one and can be reached."
