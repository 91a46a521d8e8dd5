"""What the engine conda asks of the process in which rattler works, and what that answers: files of JSON.

rattler works in a process of its own (see ``conda_worker``): it can be stopped at any moment with all its threads,
and a fault in it takes nothing else down.
"""

from __future__ import annotations

import msgspec

from jupyter_repro.environments.engines.conda_lock import CondaPackage


class Solve(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Find packages for ``specs`` in ``channels``, the first outweighing the others.

    A name of a channel stands for what ``named`` says, or for its place below ``alias`` (the usual one of conda when
    that is ""). ``wished`` is taken too if everything fits with it. ``known`` are packages that should stay.
    """

    specs: list[str]
    channels: list[str]
    cache: str
    alias: str = ""
    named: dict[str, str] = {}
    wished: list[str] = []
    known: list[CondaPackage] = []


class Install(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Install ``packages`` into the folder ``prefix``, through the package cache in ``cache``."""

    packages: list[CondaPackage]
    prefix: str
    cache: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. ``problem`` says for people why it did not work, "" when it did; ``missing`` are the packages
    that could not be had, each with the reason; ``without`` is what was wished and does not fit."""

    problem: str = ""
    missing: list[tuple[str, str]] = []
    packages: list[CondaPackage] = []
    channels: list[str] = []
    subdir: str = ""
    without: list[str] = []
