"""The build hook of the package: a wheel and an sdist carry the built JupyterLab plugin.

It builds the plugin when what is there was not made from these sources, so that `pip install .` works on a machine
with nothing but Python; an sdist carries the plugin, and a wheel made from it needs no Node. An editable install
builds nothing: `make` links what ``build_labextension.py`` makes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import build_labextension as plugin

IN_PREFIX = "share/jupyter/labextensions/jupyter-repro"
BUILDS_IT = ("jupyter-builder>=1.2", "pydantic>=2.7")
"""What the build needs besides Node; the same as the extra ``build`` in pyproject.toml."""


class PluginBuildHook(BuildHookInterface[BuilderConfig]):
    """Builds the plugin when it is stale, and puts it where Jupyter looks for it."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What has to be installed to build the plugin: nothing when it is built."""
        if plugin.is_fresh():
            return []
        return [*BUILDS_IT, *([] if plugin.node_is_here() else [plugin.NODE_WHEEL])]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Called by hatch before anything is packed; ``version`` is "standard" or "editable"."""
        if version == "editable":
            return
        plugin.build(if_stale=True)
        if self.target_name == "wheel":
            shared = build_data["shared_data"]
            assert isinstance(shared, dict)
            for name in ("package.json", "schemas", "static"):
                shared[str(plugin.OUTPUT / name)] = f"{IN_PREFIX}/{name}"
            shared[str(plugin.SOURCE / "install.json")] = f"{IN_PREFIX}/install.json"
