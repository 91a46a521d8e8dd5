"""What a build needs in a closed network: the certificates and the configuration of pip of this machine.

Both are lent to the instructions of a build as secrets (see ``dockerfile``) and stay in no layer. What names files of
this machine alone is left out, and said.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CERTIFICATES, PIP = "repro-certificates", "repro-pip"
FOLDER = "/run/secrets"
"""Where the secrets of a build are mounted while an instruction runs."""

_CERTIFICATE_VARIABLES = (
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS",
)  # fmt: skip
_TAKEN = ("index-url", "extra-index-url", "find-links", "trusted-host", "proxy", "timeout", "retries", "no-index")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "ftp_proxy", "all_proxy")
_MOST_CERTIFICATES = 400_000


@dataclass(frozen=True, slots=True)
class Lent:
    """Secrets by their names, the variables that point at them while an instruction runs, and what was left out."""

    secrets: Mapping[str, bytes] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def and_also(self, other: Lent) -> Lent:
        """Both together."""
        return Lent(
            {**self.secrets, **other.secrets},
            {**self.variables, **other.variables},
            {**self.proxies, **other.proxies},
            self.left_out + other.left_out,
        )


def lent_by_this_machine(variables: Mapping[str, str] | None = None) -> Lent:
    """What this machine's own configuration says. ``variables`` are by default those of this process."""
    given = os.environ if variables is None else variables
    pip, left_out = _pip(given)
    secrets: dict[str, bytes] = {}
    pointing: dict[str, str] = {}
    certificates = _certificates(given, pip.pop("cert", ""))
    if certificates and len(certificates) <= _MOST_CERTIFICATES:
        secrets[CERTIFICATES] = certificates
        pointing |= dict.fromkeys(_CERTIFICATE_VARIABLES, f"{FOLDER}/{CERTIFICATES}")
    elif certificates:
        left_out.append(f"certificates of {len(certificates)} bytes: a secret holds {_MOST_CERTIFICATES}")
    if pip:
        # Its cache would be a layer's, and hold what came from where.
        lines = "".join(f"{key} = {value}\n" for key, value in sorted({**pip, "no-cache-dir": "true"}.items()))
        secrets[PIP] = f"[global]\n{lines}".encode()
        pointing["PIP_CONFIG_FILE"] = f"{FOLDER}/{PIP}"
    proxies = {name: given[name] for low in _PROXIES for name in (low, low.upper()) if given.get(name)}
    return Lent(secrets, pointing, proxies, tuple(left_out))


def _certificates(given: Mapping[str, str], pip: str) -> bytes:
    """The bundle that was set for programs of this machine; the system's own is not worth lending."""
    for file in (*(given.get(name, "") for name in _CERTIFICATE_VARIABLES), pip):
        if file:
            try:
                return Path(file).read_bytes()
            except OSError:
                continue
    return b""


def _pip(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The settings of pip that count in a build, from its files and then its variables, and what was left out."""
    found: dict[str, str] = {}
    for file in _pip_files(given):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    for name, value in given.items():
        if name.startswith("PIP_") and value:
            found[name[4:].lower().replace("_", "-")] = value
    if "default-timeout" in found:
        found.setdefault("timeout", found["default-timeout"])
    taken: dict[str, str] = {}
    left_out: list[str] = []
    for key in _TAKEN:
        words = found.get(key, "").split()
        here = [word for word in words if key in ("index-url", "extra-index-url", "find-links") and _is_here(word)]
        left_out += [f"pip's {key} {word}: a folder of this machine" for word in here]
        kept = [word for word in words if word not in here]
        if kept:
            taken[key] = " ".join(kept)
    if found.get("cert"):
        taken["cert"] = found["cert"]
    return taken, left_out


def _pip_files(given: Mapping[str, str]) -> list[Path]:
    """The files that pip reads, the one that outweighs the others last."""
    if given.get("PIP_CONFIG_FILE") == os.devnull:
        return []
    home = Path(given.get("HOME") or Path.home())
    own = Path(given.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", own / "pip" / "pip.conf"]
    return [*files, *([Path(given["PIP_CONFIG_FILE"])] if given.get("PIP_CONFIG_FILE") else [])]


def _is_here(word: str) -> bool:
    return not re.match(r"https?://", word)
