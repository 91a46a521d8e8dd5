"""Which engines there are, and which of them can be used on this machine."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from jupyter_repro.environments.definitions import ENGINES
from jupyter_repro.errors import MissingTool

_TITLES = {
    "uv": "Python packages in a virtual environment (uv)",
    "conda": "conda packages (no conda needed)",
    "docker": "A container image (Docker)",
    "host": "What is installed already",
}


@dataclass(frozen=True, slots=True)
class EngineState:
    """An engine: how people call it, and why it cannot be used here ("" when it can)."""

    name: str
    title: str
    problem: str


def engine_states() -> list[EngineState]:
    """The engines, the default first. Asks the daemon of docker, if there is a client for it: a moment at most."""
    return [EngineState(name, title, _problem(name)) for name, title in _TITLES.items()]


def _problem(name: str) -> str:
    if name not in ENGINES:
        return "This version of jupyter-repro does not have it."
    try:
        if name == "uv":
            from jupyter_repro.environments.engines.uv import uv_program

            uv_program()
        elif name == "conda" and importlib.util.find_spec("rattler") is None:
            return "The package py-rattler is not installed: 'pip install \"jupyter-repro[conda]\"' brings it."
        elif name == "docker":
            from jupyter_repro.environments.engines.docker.client import connect

            connect().close()
    except MissingTool as error:
        return str(error)
    return ""
