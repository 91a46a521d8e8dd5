"""The pip section of a conda environment: locked with hashes by uv, on top of what conda installs.

What conda installs stays as it is: pip adds to it and never replaces it. A requirement that does not fit is refused.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.engines.uv import last_words, uv_environment, uv_program
from jupyter_repro.environments.snapshots.python_packages import normalized, python_packages
from jupyter_repro.errors import BuildFailed

_COMPLAINT = re.compile(r"The package `([^`]+)` requires")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)")


def lock_pip(lines: tuple[str, ...], prefix: Path, log: BuildLog, *, known: str = "") -> str:
    """The requirements ``lines`` as a list with hashes, for the environment of conda that is installed at ``prefix``.

    ``known`` is such a list whose versions are kept where that can be. Raises ``BuildFailed``.
    """
    there = installed_in(prefix)
    wanted = [line for line in lines if not _satisfied(line, there)]
    log.line(f"resolve    {', '.join(wanted) or 'nothing'} by pip, on top of what conda installs")
    if not wanted:
        return ""
    with tempfile.TemporaryDirectory(prefix="repro-conda-") as folder:
        source, without, locked = (Path(folder, name) for name in ("requirements.txt", "there.txt", "locked.txt"))
        source.write_text("".join(f"{line}\n" for line in wanted), "utf-8")
        # A requirement that holds nowhere leaves the package out: conda has brought it.
        without.write_text("".join(f"{name} ; python_version < '0'\n" for name in sorted(there)), "utf-8")
        if known:
            locked.write_text(known, "utf-8")
        command = [uv_program(), "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate"]
        command += ["--python", str(prefix / "bin" / "python"), "--overrides", str(without)]
        command += ["--output-file", str(locked), "--no-progress", str(source)]
        code, last = run_logged(command, log, env=uv_environment(), cwd=folder)
        if code != 0:
            raise BuildFailed(
                f"No versions fit together in the pip section: {last_words(last)}. Change it and build again."
            )
        return locked.read_text("utf-8")


def install_pip(locked: str, prefix: Path, log: BuildLog, env: Mapping[str, str]) -> None:
    """Install such a list. Raises ``BuildFailed``, also when what pip adds does not fit what conda installed."""
    with tempfile.TemporaryDirectory(prefix="repro-conda-") as folder:
        file = Path(folder, "locked.txt")
        file.write_text(locked, "utf-8")
        into = ["--python", str(prefix / "bin" / "python")]
        command = [uv_program(), "pip", "install", "--no-progress", "--no-deps", "--require-hashes", *into]
        code, last = run_logged([*command, "--requirements", str(file)], log, env=env, cwd=folder)
        if code != 0:
            raise BuildFailed(
                f"The pip section could not be installed: {last_words(last)}. See the log, then try again."
            )
        code, last = run_logged([uv_program(), "pip", "check", "--no-progress", *into], log, env=env, cwd=folder)
    # Of what conda installs by itself some is always not quite as pip wants it; only what pip adds counts.
    added = {normalized(match[1]) for match in map(_NAME.match, locked.splitlines()) if match}
    wrong = [line for line in last if (match := _COMPLAINT.search(line)) and normalized(match[1]) in added]
    if code != 0 and wrong:
        raise BuildFailed(
            f"What the pip section adds does not fit what conda installs: {last_words(wrong)}. Ask for another version "
            "in the dependencies."
        )


def installed_in(prefix: Path) -> dict[str, str]:
    """Names (as indexes compare them) and versions of the Python packages at a prefix."""
    found, _ = python_packages([str(folder) for folder in prefix.glob("lib/python*/site-packages")], {})
    return {one.name: one.version for one in found}


def _satisfied(line: str, there: Mapping[str, str]) -> bool:
    """Whether conda has brought what a requirement asks for. Raises ``BuildFailed`` when it is another version."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        return False  # an option, or something that uv explains better
    version = there.get(normalized(wanted.name))
    if version is None:
        return False
    if not wanted.url and wanted.specifier.contains(version, prereleases=True):
        return not wanted.extras
    raise BuildFailed(
        f"The pip section asks for {line!r}, and conda installs {wanted.name} {version}: pip never replaces what conda "
        f"installs. Ask for it in the dependencies, or leave it out of one of them."
    )
