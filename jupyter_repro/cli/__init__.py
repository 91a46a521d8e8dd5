"""The command line: `jupyter repro ...`, one module a command.

Each module reads its arguments, calls one verb of ``jupyter_repro.verbs`` and prints the result, for people or
(``--json``) for machines. Nothing is decided here: what a command does to files and history is the verb's.

``root.root`` is the click group of all commands; ``commands.COMMANDS`` lists them with their one-line helps and
imports none of them, so that ``--help`` is instant.
"""

from __future__ import annotations
