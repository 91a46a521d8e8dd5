"""What activating a conda environment changes: the variables that its packages want set for kernels and scripts."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from jupyter_repro.environments.engines.activation import NOTE
from jupyter_repro.environments.engines.commands import run_logged
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.errors import BuildFailed

_NOT_OURS = ("_", "PWD", "OLDPWD", "SHLVL", "PATH")
_PASSED_ON = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR")


def note_activation(prefix: Path, log: BuildLog) -> None:
    """Run the activation scripts of the environment at ``prefix`` once, and remember what they set.

    Raises ``BuildFailed`` when one of them fails.
    """
    found = {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": str(prefix), "CONDA_SHLVL": "1"}
    for file in sorted((prefix / "etc" / "conda" / "env_vars.d").glob("*.json")):
        try:
            found.update({str(name): str(value) for name, value in json.loads(file.read_bytes()).items()})
        except (ValueError, AttributeError):
            log.line(f"activate   {file.name} cannot be read and is left out")
    scripts = sorted((prefix / "etc" / "conda" / "activate.d").glob("*.sh"))
    if scripts:
        found.update(_set_by(scripts, prefix, found, log))
    (prefix / NOTE).write_text(json.dumps(found, indent=1, sort_keys=True), "utf-8")


def _set_by(scripts: list[Path], prefix: Path, found: dict[str, str], log: BuildLog) -> dict[str, str]:
    shell = shutil.which("bash") or "/bin/sh"
    before = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | found
    before["PATH"] = os.pathsep.join([str(prefix / "bin"), os.environ.get("PATH", os.defpath)])
    log.line(f"activate   {', '.join(script.name for script in scripts)}")
    with tempfile.TemporaryDirectory(prefix="repro-conda-") as folder:
        after = Path(folder, "after")
        program = 'out=$1; shift; for script; do . "$script"; done; env -0 > "$out"'
        command = [shell, "-c", program, "activate", str(after), *map(str, scripts)]
        code, last = run_logged(command, log, env=before, cwd=folder)
        if code != 0 or not after.is_file():
            raise BuildFailed(f"The activation scripts of the packages fail: {' '.join(last)[-300:]}. Leave them out.")
        pairs = [part.partition("=") for part in os.fsdecode(after.read_bytes()).split("\0") if part]
    return {name: value for name, _, value in pairs if before.get(name) != value and name not in (*_NOT_OURS, "out")}
