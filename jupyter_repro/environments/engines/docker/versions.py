"""Versions that a rebuild is to keep: told to pip and to apt while the instructions run, and to nobody after."""

from __future__ import annotations

from jupyter_repro.environments.engines.docker.closed_network import FOLDER, Lent
from jupyter_repro.environments.snapshots import Software

_CONSTRAINTS, _PREFERENCES, _APT = "repro-constraints", "repro-preferences", "repro-apt"


def pinning_secrets(found: Software) -> Lent:
    """What lets pip and apt choose the versions that ``found`` has; neither installs anything for it.

    apt takes another version when the repository has that one no more; pip refuses, and says so.
    """
    python = [one for one in found.packages if one.ecosystem == "python" and not one.origin and one.version]
    debian = [one for one in found.packages if one.ecosystem == "debian"]
    secrets: dict[str, bytes] = {}
    variables: dict[str, str] = {}
    if python:
        secrets[_CONSTRAINTS] = "".join(f"{one.name}=={one.version}\n" for one in python).encode()
        variables["PIP_CONSTRAINT"] = f"{FOLDER}/{_CONSTRAINTS}"
    if debian:
        blocks = [f"Package: {one.name}\nPin: version {one.version}\nPin-Priority: 990\n" for one in debian]
        secrets[_PREFERENCES] = "\n".join(blocks).encode()
        secrets[_APT] = f'Dir::Etc::preferences "{FOLDER}/{_PREFERENCES}";\n'.encode()
        variables["APT_CONFIG"] = f"{FOLDER}/{_APT}"
    return Lent(secrets, variables)
