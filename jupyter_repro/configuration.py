"""The configuration: what ``jupyter_repro_config.py`` and ``jupyter_repro_config.json`` say.

The files lie in Jupyter's configuration path, as for every Jupyter application; the user's outweighs the
environment's and the system's. Without such a file nothing is imported and the defaults hold, because
``status`` has 0.2 s for everything. ``jupyter_repro.settings`` declares the settings with their help.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import InvalidConfiguration

FILE = "jupyter_repro_config"
CATALOG_VARIABLE = "JUPYTER_REPRO_CATALOG_URL"
"""Holds when the setting ``catalog_url`` is empty, so that no password need stand in a file."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force. Each field is the trait of that name in ``jupyter_repro.settings.Repro``."""

    data_dir: str = ""
    default_store: str = ""
    cache_limit_bytes: int = 5 * 1024**3
    use_gitignore: bool = False
    author: str = ""
    snapshot_variables: str = ""
    conda_default_channels: str = "conda-forge"
    conda_channel_alias: str = ""
    conda_channels: str = ""
    # It may hold a password, which no traceback or log should show.
    catalog_url: str = field(default="", repr=False)

    @property
    def data_directory(self) -> DataDirectory:
        """Where projects, workspaces and the catalogue are kept."""
        return DataDirectory.resolve(self.data_dir, self.catalog_url or os.environ.get(CATALOG_VARIABLE, ""))

    @property
    def author_name(self) -> str:
        """Who makes the commits: the setting ``author``, or the user's name."""
        return self.author or user_name()

    @property
    def conda_channel_addresses(self) -> dict[str, str]:
        """The setting ``conda_channels`` by name. Raises InvalidConfiguration."""
        found = {}
        for pair in self.conda_channels.split():
            name, equals, address = pair.partition("=")
            if not (name and equals and address):
                raise InvalidConfiguration(
                    f"Repro.conda_channels holds {pair!r}, which is not of the form name=address: mend it."
                )
            found[name] = address
        return found

    def store_of(self, project: str) -> str:
        """The URL or path of the store for a new project of that id; "" for one in the data directory."""
        return self.default_store.format(project=project, user=user_name())


def load_configuration(above: Mapping[str, object] | None = None) -> Configuration:
    """Read the configuration files, if there are any; ``above`` are settings by name that outweigh them.

    Raises InvalidConfiguration, with the name of the file or setting, for one that cannot be used.
    """
    files = list(configuration_files())
    if not files and not above:
        return Configuration()
    from jupyter_repro.settings import read

    return read(files, above or {})


def configuration_files() -> Iterator[Path]:
    """The configuration files that exist, the one that outweighs the others last."""
    if os.environ.get("JUPYTER_NO_CONFIG"):
        return
    from jupyter_core.paths import jupyter_config_path

    for folder in reversed(jupyter_config_path()):
        for suffix in (".py", ".json"):
            file = Path(folder, FILE + suffix)
            if file.is_file():
                yield file


def user_name() -> str:
    """The user's name: of the hub when there is one, otherwise of the system."""
    name = os.environ.get("JUPYTERHUB_USER")
    if name:
        return name
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # Containers run under numbers that no password file knows.
        return f"uid-{os.getuid()}"


def check_store_template(template: str) -> None:
    """Refuse a ``default_store`` that would put two projects into one store. Raises InvalidConfiguration."""
    if not template:
        return
    try:
        one, two = (template.format(project=project, user="user") for project in ("one", "two"))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise InvalidConfiguration(
            f"Repro.default_store is {template!r}, which holds a placeholder other than {{project}} and {{user}}: "
            "write those two only, and double any other brace."
        ) from error
    if one == two:
        raise InvalidConfiguration(
            f"Repro.default_store is {template!r}, which would put every project into one store: "
            "add {project}, for instance at its end."
        )
