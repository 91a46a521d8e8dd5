"""Durable, reproducible workspaces for Jupyter.

import jupyter_repro

ws = jupyter_repro.open(".")
commit = ws.checkpoint("before the change")
commit.read("analysis.ipynb")
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take it for, without the 10 ms that importing typing takes

if TYPE_CHECKING:
    from jupyter_repro.magics import Shell
    from jupyter_repro.python_api import CommitView, ProjectView, WorkspaceView, init, open, open_project

__version__ = "0.1.0.dev0"

_PUBLIC = ("CommitView", "ProjectView", "WorkspaceView", "init", "open", "open_project")

__all__ = ["CommitView", "ProjectView", "WorkspaceView", "__version__", "init", "open", "open_project"]


def __getattr__(name: str) -> object:
    # Imported on first use: the server looks at this package at every start, and most starts need no more.
    if name in _PUBLIC:
        from jupyter_repro import python_api

        found: object = getattr(python_api, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    # A Jupyter server asks this of every extension that is enabled.
    from jupyter_repro.app import ReproApp

    return [{"module": "jupyter_repro.app", "app": ReproApp}]


def load_ipython_extension(shell: Shell) -> None:
    """What ``%load_ext jupyter_repro`` calls: gives the IPython shell ``%checkpoint`` and ``%repro_log``."""
    from jupyter_repro.magics import register

    register(shell)
