"""``python -m jupyter_repro.environments.launching ROOT DEFINITION PROGRAM ...``: pre-run, then the kernel.

The kernel takes the place of this process, so it has the process id that Jupyter knows, and signals reach it. When
pre-run fails no kernel starts; what it said is in the log of the server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Run the scripts pre-run of a definition (an id) that is kept below ROOT, then become PROGRAM.

    Returns only when a script has failed.
    """
    from jupyter_repro.environments.definitions import read_definition
    from jupyter_repro.environments.engines.scripts import ended, script_command
    from jupyter_repro.environments.layers import scripts_of
    from jupyter_repro.environments.places import Places

    root, definition, *program = arguments
    code = 0
    for text in scripts_of(read_definition(Places(Path(root)).get(definition)), "pre-run"):
        with script_command("pre-run", text) as command:
            # Standard output is of no use to anyone here, and the log of the server shows standard error.
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode
        if code != 0:
            sys.stderr.write(f"The script pre-run ended with {ended(code)}, so the kernel was not started.\n")
            break
    else:
        os.execvp(program[0], program)
    return code if code > 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
