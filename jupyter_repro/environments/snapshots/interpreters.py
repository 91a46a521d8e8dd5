"""Which Python a snapshot is of, and where that one looks for packages.

In this order:

1. the interpreter of the environment that the workspace uses (``jupyter-repro env use``);
2. in a server, the one that runs the server, because Jupyter's default kernel is that one's; it is remembered, so
   that a checkpoint from a terminal describes the same software as one from the browser;
3. on the command line alone, the environment that the shell has activated (VIRTUAL_ENV, then CONDA_PREFIX);
4. the interpreter that jupyter-repro itself is installed in.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

CHOICE = "environment.json"
"""The file of a workspace that is there when it uses an environment of ours."""

_REMEMBERED = "interpreter"

_PROBE = """
import json, platform, site, sys
folders = list(site.getsitepackages())
if site.ENABLE_USER_SITE:
    folders.insert(0, site.getusersitepackages())
print(json.dumps([platform.python_version(), platform.python_implementation(), sys.prefix, folders]))
"""


class Interpreter(msgspec.Struct, frozen=True):
    """A Python: its version ("3.11.2"), implementation ("CPython"), prefix, and the folders of its packages."""

    version: str
    implementation: str
    prefix: str
    folders: list[str]


def interpreter_for(workspace: Path, *, server: bool, variables: Mapping[str, str] | None = None) -> str:
    """The interpreter of a workspace that uses no environment of ours; see above.

    ``workspace`` is its part of the data directory; ``server`` says whether a Jupyter server asks, which is remembered
    there.
    """
    given = os.environ if variables is None else variables
    note = workspace / _REMEMBERED
    remembered = ""
    with contextlib.suppress(OSError):
        remembered = note.read_text("utf-8", "surrogateescape").strip()
    if server:
        if remembered != sys.executable:
            with contextlib.suppress(OSError):
                note.write_text(sys.executable, "utf-8", "surrogateescape")
        return sys.executable
    if remembered and os.access(remembered, os.X_OK):
        return remembered
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if given.get(name):
            python = os.path.join(given[name], "bin", "python")
            if os.access(python, os.X_OK):
                return python
    return sys.executable


def stamps_of(executable: str) -> list[str]:
    """The files that tell whether an interpreter is still the one that was asked."""
    return [executable, os.path.realpath(executable), os.path.join(os.path.dirname(executable), "..", "pyvenv.cfg")]


def ask_interpreter(executable: str) -> Interpreter | None:
    """What the interpreter at this path says of itself; None when it does not answer."""
    if executable == sys.executable:
        import platform
        import site

        folders = list(site.getsitepackages())
        if site.ENABLE_USER_SITE:
            folders.insert(0, site.getusersitepackages())
        return Interpreter(platform.python_version(), platform.python_implementation(), sys.prefix, folders)
    import subprocess

    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        said = subprocess.run(
            [executable, "-c", _PROBE],
            capture_output=True,
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
            env=clean,
            cwd=os.path.dirname(executable) or "/",
        )
        version, implementation, prefix, folders = json.loads(said.stdout)
        return Interpreter(str(version), str(implementation), str(prefix), [str(folder) for folder in folders])
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return None
