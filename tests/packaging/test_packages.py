"""What is released carries both halves, and nothing that it should not."""

from __future__ import annotations

import importlib
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from packaging.version import Version

import jupyter_repro
from tests.packaging.building import ROOT, build

PLUGIN = "share/jupyter/labextensions/jupyter-repro/"
CONFIG = "etc/jupyter/jupyter_server_config.d/jupyter_repro.json"


def data_files(wheel: Path) -> set[str]:
    """The paths below the prefix that a wheel is installed into."""
    with zipfile.ZipFile(wheel) as archive:
        return {name.partition(".data/data/")[2] for name in archive.namelist() if ".data/data/" in name}


def test_a_wheel_carries_the_plugin_and_switches_the_server_half_on(wheel: Path) -> None:
    files = data_files(wheel)
    assert {CONFIG, PLUGIN + "install.json", PLUGIN + "package.json"} <= files
    with zipfile.ZipFile(wheel) as archive:
        prefix = next(name for name in archive.namelist() if name.endswith(CONFIG)).removesuffix(CONFIG)
        assert json.loads(archive.read(prefix + CONFIG))["ServerApp"]["jpserver_extensions"] == {"jupyter_repro": True}
        plugin = json.loads(archive.read(f"{prefix}{PLUGIN}package.json"))
    assert PLUGIN + plugin["jupyterlab"]["_build"]["load"] in files
    assert Version(plugin["version"]) == Version(jupyter_repro.__version__)


def test_a_wheel_carries_what_runs_and_nothing_of_how_it_was_made(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
        code = "".join(archive.read(str(path)).decode() for path in paths if path.suffix == ".js")
    folders = {part for path in paths for part in path.parts[:-1]}
    assert folders.isdisjoint({"node_modules", "src", "tests", "__pycache__", ".yarn"})
    assert {path.suffix for path in paths}.isdisjoint({".map", ".ts", ".tsx", ".pyc"})
    assert re.findall(r"^//# sourceMappingURL=.*$", code, re.MULTILINE) == []
    assert not [path for path in paths if path.is_relative_to("jupyter_repro/labextension")], "it would be there twice"


def test_a_wheel_is_made_from_an_sdist_without_node(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if "/node_modules" in name or "/.yarn/" in name]
        # Python 3.10 and 3.11 have it only in their later releases.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(tmp_path / "sources", **safely)  # type: ignore[arg-type]
    (source,) = (tmp_path / "sources").iterdir()
    (tmp_path / "empty").mkdir()
    again = build("wheel", source, tmp_path / "again", path=str(tmp_path / "empty"))
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        checksums = [{one.filename: one.CRC for one in each.infolist()} for each in (first, second)]
    assert checksums[0] == checksums[1]


def test_the_build_asks_for_what_the_extra_has() -> None:
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has no reader for pyproject.toml")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        hook = importlib.import_module("hatch_build")
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert list(hook.BUILDS_IT) == extras["build"]
