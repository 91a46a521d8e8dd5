"""The settings as traitlets, with the help that people read. Imported only when a file sets one."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from traitlets import Bool, Int, TraitError, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from jupyter_repro.configuration import Configuration, check_store_template
from jupyter_repro.errors import InvalidConfiguration

_DEFAULTS = Configuration()


class Repro(Configurable):
    """What holds for every command, in ``jupyter_repro_config.py`` as ``c.Repro.<name> = <value>``."""

    data_dir = Unicode(
        _DEFAULTS.data_dir,
        help=(
            "The directory that keeps projects, their local stores, workspaces and the catalogue; it may begin with ~. "
            "When empty, the folder repro in Jupyter's data directory, which the environment variable "
            "JUPYTER_DATA_DIR moves."
        ),
    ).tag(config=True, example="/data/repro")
    catalog_url = Unicode(
        _DEFAULTS.catalog_url,
        help=(
            "The PostgreSQL database that holds the catalogue, for which pip install 'jupyter-repro[postgres]' brings "
            "the driver; options sslmode, sslrootcert and unix_sock may follow. When empty, the environment variable "
            "JUPYTER_REPRO_CATALOG_URL counts, and without that the catalogue is a file in the data directory."
        ),
    ).tag(config=True, example="postgresql://repro@db.example.org/repro?sslmode=verify-full")
    default_store = Unicode(
        _DEFAULTS.default_store,
        help=(
            "Where the store of a new project is made: a URL or a path, in which {project} stands for the project's id "
            "and {user} for the user's name. {project} must be there: one store holds one project. When empty, in the "
            "data directory. Projects that exist keep their store."
        ),
    ).tag(config=True, example="s3://notebooks/{user}/{project}")
    cache_limit_bytes = Int(
        _DEFAULTS.cache_limit_bytes,
        min=0,
        help="How much of a remote store is kept on this machine for each project, in bytes; 0 keeps nothing.",
    ).tag(config=True, example=20 * 1024**3)
    use_gitignore = Bool(
        _DEFAULTS.use_gitignore,
        help=(
            "Whether .gitignore files leave files out of checkpoints, as .reproignore files do. Off, because they "
            "mostly name the data and results that a checkpoint is there to keep."
        ),
    ).tag(config=True, example=True)
    author = Unicode(
        _DEFAULTS.author,
        help="The author that commits carry. When empty, the name of the user on the hub or on this system.",
    ).tag(config=True, example="Weather group")
    snapshot_variables = Unicode(
        _DEFAULTS.snapshot_variables,
        help=(
            "Names of environment variables that checkpoints record besides those that are known to change results, "
            "such as OMP_NUM_THREADS; with spaces between them, and * for any characters. Values that look like "
            "secrets are never stored."
        ),
    ).tag(config=True, example="SLURM_JOB_PARTITION MODEL_*")
    conda_default_channels = Unicode(
        _DEFAULTS.conda_default_channels,
        help="The channels of a conda environment that names none, the first outweighing the others; spaces between.",
    ).tag(config=True, example="internal conda-forge")
    conda_channel_alias = Unicode(
        _DEFAULTS.conda_channel_alias,
        help=(
            "The address below which a channel lies that is given by its name: a mirror, for instance. When empty, the "
            "one that conda itself uses."
        ),
    ).tag(config=True, example="https://conda.example.org/")
    conda_channels = Unicode(
        _DEFAULTS.conda_channels,
        help=(
            "The addresses of channels that lie elsewhere, as name=address with spaces between. The name 'defaults' "
            "has one only if it is told here."
        ),
    ).tag(config=True, example="internal=file:///srv/conda lab=https://lab.example.org/conda")


def read(files: Sequence[Path], above: Mapping[str, object]) -> Configuration:
    """The configuration that the files give, later ones over earlier ones, and ``above`` over all of them.

    Raises InvalidConfiguration for a file that cannot be read, an unknown setting or a wrong value.
    """
    merged = Config()
    for file in files:
        merged.merge(_loaded(file))
    merged.merge(Config({"Repro": Config(above)}))
    section = merged.get("Repro", {})
    known = Repro.class_trait_names(config=True)
    for name in section:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"the settings are {', '.join(sorted(known))}."
            raise InvalidConfiguration(f"There is no setting Repro.{name} (in {_list(files, above)}): {hint}")
    try:
        settings = Repro(config=Config({"Repro": section}))
        configuration = Configuration(**{field.name: getattr(settings, field.name) for field in fields(Configuration)})
    except TraitError as error:
        raise InvalidConfiguration(f"A setting in {_list(files, above)} cannot be used: {error}") from error
    check_store_template(configuration.default_store)
    return configuration


def _loaded(file: Path) -> Config:
    kind = PyFileConfigLoader if file.suffix == ".py" else JSONFileConfigLoader
    try:
        loaded: Config = kind(file.name, path=str(file.parent)).load_config()
    except (OSError, json.JSONDecodeError) as error:
        raise InvalidConfiguration(f"The configuration file {file} cannot be read: {error}") from error
    except Exception as error:
        # A .py file is a program of the user's and may raise anything.
        raise InvalidConfiguration(
            f"The configuration file {file} failed with {type(error).__name__}: {error}. Mend it or move it away."
        ) from error
    return loaded


def _list(files: Sequence[Path], above: Mapping[str, object]) -> str:
    return " or ".join([*map(str, files), *(["the server's configuration"] if above else [])])
