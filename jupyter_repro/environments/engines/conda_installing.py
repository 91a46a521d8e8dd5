"""Installing exactly the packages of a lock, with rattler. Runs in the process of ``conda_worker``.

rattler verifies what it fetches from the network and what lies in the package cache. What a channel in a folder gives
is verified here, because rattler takes that as it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rattler import InstallerReporter, PackageCache, PackageCacheLayer, RepoDataRecord, ValidationMode
from rattler import install as rattler_install

from jupyter_repro.environments.engines.conda_asking import Answer, Install
from jupyter_repro.environments.engines.conda_lock import CondaPackage
from jupyter_repro.environments.engines.conda_records import record_of
from jupyter_repro.environments.engines.conda_telling import Refused, reason, say, wrote
from jupyter_repro.environments.engines.prefixes import WORKER, held

if TYPE_CHECKING:
    from rattler import Client

_PROBE_SECONDS = 10.0
_FAILED = re.compile(r"failed to fetch ([^\s:]+)(?:: )?")


async def install(asked: Install, client: Client) -> Answer:
    """Install. The answer names every package that could not be had; raises ``Refused`` for any other problem.

    The prefix is emptied first, once nobody else is at work in it: a process whose starter was killed lives on for a
    moment.
    """
    prefix = Path(asked.prefix)
    with held(prefix.with_suffix(WORKER), wait=True):
        shutil.rmtree(prefix, ignore_errors=True)
        prefix.mkdir(mode=0o700)
        return await _install(asked, client)


async def _install(asked: Install, client: Client) -> Answer:
    layer = PackageCacheLayer(asked.cache).with_validation_mode(ValidationMode.full())
    cache = PackageCache.from_layers([layer])
    records = {package.file: record_of(package) for package in asked.packages}
    index = await cache.index()
    wanted = [package for package in asked.packages if not index.contains_record(records[package.file])]
    missing = [(one.label, problem) for one in wanted if (problem := _problem_of_file(one))]
    if missing:
        return Answer(problem=_told(missing), missing=missing)
    size = sum(package.size for package in wanted)
    if wanted:
        say("fetch", f"{len(wanted)} of {len(records)} packages, {_megabytes(size)}")
    else:
        say("fetch", "nothing: every package is in the cache")
    try:
        await rattler_install(
            list(records.values()),
            asked.prefix,
            package_cache=cache,
            client=client,
            reporter=cast(InstallerReporter, _Reporter(records)),
            execute_link_scripts=False,
        )
    except Exception as error:
        said = reason(error)
        if "os error 28" in said or "os error 122" in said:
            raise Refused(f"No space is left in {asked.prefix}: make room, then try again.") from error
        failed = _FAILED.search(said)
        package = next((one for one in asked.packages if failed and one.file == failed[1]), None)
        if package is None:
            raise Refused(f"The packages could not be installed: {said}. See the log.") from error
        why = _FAILED.sub("", said).removeprefix("failed to interact with the package cache layer: ")
        missing = [(package.label, why if package.url in why else f"{why} ({package.url})")]
        missing += await _also_missing([one for one in wanted if one is not package])
        return Answer(problem=_told(missing), missing=missing)
    return Answer()


class _Reporter:
    """Says what rattler does, at most some times a second."""

    def __init__(self, records: dict[str, RepoDataRecord]) -> None:
        self._names = {one.name.normalized: wrote(one) for one in records.values()}
        self._total = len(records)
        self._linked = 0
        self._bytes: dict[int, int] = {}
        self._tokens = 0
        self._next = 0.0

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:
        """A package is looked for in the cache; its number."""
        self._tokens += 1
        return self._tokens

    def on_download_start(self, cache_entry: int) -> int:
        """A package is fetched."""
        return cache_entry

    def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
        """So many bytes of it are there."""
        self._bytes[download_idx] = progress
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 1.0
            say("fetch", f"{_megabytes(sum(self._bytes.values()))} so far")

    def on_link_start(self, operation: int, package_name: str) -> int:
        """A package is put into the environment."""
        self._linked += 1
        say("install", f"{self._linked}/{self._total} {self._names.get(package_name, package_name)}")
        return 0


def _problem_of_file(package: CondaPackage) -> str:
    """Why a package of a channel in a folder cannot be had; "" if it can, or if its channel is elsewhere."""
    if not package.url.startswith("file://"):
        return ""
    file = Path(urllib.parse.unquote(urllib.parse.urlsplit(package.url).path))
    kind, wanted = ("sha256", package.sha256) if package.sha256 else ("md5", package.md5)
    try:
        with open(file, "rb") as opened:
            digest = hashlib.new(kind)
            while block := opened.read(1 << 20):
                digest.update(block)
    except OSError as error:
        return f"{file}: {os.strerror(error.errno or 0).lower()}"
    found = digest.hexdigest()
    return "" if found == wanted else f"{file} has the {kind} {found} and not {wanted}"


async def _also_missing(packages: list[CondaPackage]) -> list[tuple[str, str]]:
    """Those of the packages whose channel says that it has them no more, or cannot be reached.

    Asked without credentials: a channel that wants them answers something else, and says nothing of the package.
    """
    asked = [asyncio.to_thread(_problem_of_address, package.url) for package in packages]
    said = await asyncio.gather(*asked)
    return [(package.label, one) for package, one in zip(packages, said, strict=True) if one]


def _problem_of_address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return ""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_PROBE_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.reason} ({url})" if error.code in (404, 410) else ""
    except OSError as error:
        return f"{getattr(error, 'reason', error)} ({url})"


def _told(missing: list[tuple[str, str]]) -> str:
    names = ", ".join(name for name, _ in missing[:10]) + (
        f" and {len(missing) - 10} more" if len(missing) > 10 else ""
    )
    return f"{names} could not be had: {missing[0][1]}."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
