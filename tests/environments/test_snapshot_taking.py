"""A snapshot says what is really installed, notices every change, and is not taken again without one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from jupyter_repro.environments.snapshots import Package, SnapshotCache, read_software, software_of, taking
from jupyter_repro.environments.snapshots import system_packages as system
from jupyter_repro.environments.snapshots.interpreters import interpreter_for
from jupyter_repro.environments.snapshots.python_packages import python_packages
from tests.environments.installing import install, make_venv, site_packages


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_venv(tmp_path_factory.mktemp("venv") / "env")


@pytest.fixture
def cache(tmp_path: Path) -> SnapshotCache:
    return SnapshotCache(tmp_path / "snapshots")


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_memory", {})


def taken(python: Path, cache: SnapshotCache) -> dict[str, Package]:
    text = software_of(str(python), cache)
    assert text is not None
    return {package.name: package for package in read_software(text).packages if package.ecosystem != "debian"}


def test_installing_upgrading_and_removing_are_noticed(python: Path, cache: SnapshotCache) -> None:
    folder = site_packages(python)
    before = taken(python, cache)
    first = install(folder, "Some_Package", "1.0")
    assert taken(python, cache)["some-package"].version == "1.0"
    shutil.rmtree(first)
    second = install(folder, "Some_Package", "1.1")
    assert taken(python, cache)["some-package"].version == "1.1"
    shutil.rmtree(second)
    assert taken(python, cache) == before
    assert before["python"].ecosystem == "runtime"
    assert before["python"].origin == "CPython"


def test_an_unchanged_environment_is_not_read_again(
    python: Path, cache: SnapshotCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site_packages(python), "kept", "1.0")
    for path in (site_packages(python), python.parent / ".." / "pyvenv.cfg"):
        os.utime(path, ns=(10**18, 10**18))
    first = taken(python, cache)
    monkeypatch.setattr(taking, "_memory", {})
    monkeypatch.setattr(taking, "python_packages", lambda *_: pytest.fail("it was read again"))
    monkeypatch.setattr(taking, "ask_interpreter", lambda *_: pytest.fail("it was asked again"))
    assert taken(python, cache) == first


def test_times_that_are_too_young_are_not_trusted(python: Path, cache: SnapshotCache) -> None:
    folder = site_packages(python)
    taken(python, cache)
    stamp = folder.stat().st_mtime_ns
    install(folder, "sneaky", "1.0")
    now = taking.time.time_ns()
    os.utime(folder, ns=(now, now))
    assert "sneaky" in taken(python, cache)
    shutil.rmtree(folder / "sneaky-1.0.dist-info")
    os.utime(folder, ns=(now, now))
    assert "sneaky" not in taken(python, cache)
    assert stamp


def test_an_interpreter_that_does_not_answer_has_no_snapshot(tmp_path: Path, cache: SnapshotCache) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert software_of(str(broken), cache) is None
    assert software_of(str(tmp_path / "missing"), cache) is None


def test_a_damaged_memory_is_made_again(python: Path, cache: SnapshotCache, monkeypatch: pytest.MonkeyPatch) -> None:
    before = taken(python, cache)
    cache.file(str(python)).write_bytes(b"\x93nonsense")
    monkeypatch.setattr(taking, "_memory", {})
    assert taken(python, cache) == before


def test_origins_lose_their_credentials_and_keep_their_commit(tmp_path: Path) -> None:
    install(tmp_path, "wheel_from", "1", url={"url": "https://u:secret@host/x.whl?sig=abc", "archive_info": {}})
    install(
        tmp_path,
        "from_git",
        "1",
        url={"url": "https://token@host/r.git", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
    )
    install(tmp_path, "edited", "1", url={"url": "file:///src/edited", "dir_info": {"editable": True}})
    found = {package.name: package.origin for package in python_packages([str(tmp_path)], {})[0]}
    assert found == {
        "wheel-from": "https://host/x.whl",
        "from-git": "git+https://host/r.git@c0ffee",
        "edited": "editable file:///src/edited",
    }


def test_the_hash_tells_content_apart_and_not_places(tmp_path: Path) -> None:
    for place, content in (("a", "x = 1\n"), ("b", "x = 1\n"), ("c", "x = 2\n")):
        install(tmp_path / place, "one", "1", content=content)
    record = tmp_path / "b" / "one-1.dist-info" / "RECORD"
    record.write_text(
        record.read_text().replace("sha256=abc", "sha256=other") + "one-1.dist-info/INSTALLER,sha256=z,3\n"
    )
    hashes = [python_packages([str(tmp_path / place)], {})[0][0].hash for place in "abc"]
    assert hashes[0] == hashes[1] != hashes[2]
    assert hashes[0].startswith("sha256:")


def test_the_first_on_the_path_hides_the_others(tmp_path: Path) -> None:
    install(tmp_path / "user", "same", "2")
    install(tmp_path / "system", "Same", "1")
    found, _ = python_packages([str(tmp_path / "user"), str(tmp_path / "system"), str(tmp_path / "none")], {})
    assert [(package.name, package.version) for package in found] == [("same", "2")]


def test_eggs_and_leftovers(tmp_path: Path) -> None:
    egg = tmp_path / "Old-0.9-py3.11.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Name: Old\nVersion: 0.9\n\nVersion: in the text\n")
    (tmp_path / "flat-3-py3.11.egg-info").write_text("Name: flat\nVersion: 3\n")
    (tmp_path / "~half-1.0.dist-info").mkdir()
    (tmp_path / "noversion.dist-info").mkdir()
    found, _ = python_packages([str(tmp_path)], {})
    assert {(package.name, package.version) for package in found} == {("old", "0.9"), ("flat", "3")}


def test_conda(tmp_path: Path) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    said = {"name": "numpy", "version": "2.1", "build": "py311_0", "channel": "https://u:p@host/forge", "sha256": "ab"}
    (meta / "numpy-2.1-py311_0.json").write_text(json.dumps({**said, "files": ["a"] * 100}))
    (meta / "broken.json").write_text("{")
    assert system.conda_packages(str(tmp_path)) == [
        Package("conda", "numpy", "2.1=py311_0", "sha256:ab", "https://host/forge")
    ]
    assert system.conda_packages(str(tmp_path / "none")) == []


def test_debian(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text(
        "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\nDescription: C\n"
        " Version: no\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n"
    )
    assert system.debian_packages(status) == [Package("debian", "libc6:amd64", "2.36-9")]
    assert system.debian_packages(tmp_path / "none") == []


def test_r(tmp_path: Path) -> None:
    for folder, name, text in (
        ("site", "dplyr", "Package: dplyr\nVersion: 1.1.4\nRemoteType: github\nRemoteSha: c0ffee\n"),
        ("base", "base", "Package: base\nVersion: 4.2.2\nPriority: base\n"),
        ("base", "dplyr", "Package: dplyr\nVersion: 1.0\n"),
    ):
        (tmp_path / folder / name).mkdir(parents=True)
        (tmp_path / folder / name / "DESCRIPTION").write_text(text)
    assert list(system.r_packages([str(tmp_path / "site"), str(tmp_path / "base")])) == [
        Package("r", "dplyr", "1.1.4", origin="github@c0ffee"),
        Package("runtime", "r", "4.2.2"),
    ]


def test_julia(tmp_path: Path) -> None:
    manifest = tmp_path / "Manifest.toml"
    manifest.write_text(
        'julia_version = "1.10.2"\nmanifest_format = "2.0"\n\n[[deps.DataFrames]]\ndeps = ["A"]\n'
        'git-tree-sha1 = "c0ffee"\nuuid = "a9"\nversion = "1.6.1"\n\n[[deps.Base64]]\nuuid = "2a"\n'
    )
    assert system.julia_manifests({"JULIA_PROJECT": str(tmp_path)})[0] == manifest
    assert list(system.julia_packages([manifest])) == [
        Package("runtime", "julia", "1.10.2"),
        Package("julia", "DataFrames", "1.6.1", "git-tree:c0ffee"),
        Package("julia", "Base64", ""),
    ]


def test_which_interpreter_is_described(tmp_path: Path, python: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    own = interpreter_for(workspace, server=False, variables={})
    assert own == taking.os.sys.executable
    assert interpreter_for(workspace, server=False, variables={"VIRTUAL_ENV": str(python.parents[1])}) == str(python)
    assert interpreter_for(workspace, server=False, variables={"CONDA_PREFIX": str(python.parents[1])}) == str(python)
    assert interpreter_for(workspace, server=False, variables={"VIRTUAL_ENV": str(tmp_path / "gone")}) == own
    assert interpreter_for(workspace, server=True, variables={"VIRTUAL_ENV": str(python.parents[1])}) == own
    # From now on a terminal says the same as the server, whatever it has activated.
    assert interpreter_for(workspace, server=False, variables={"VIRTUAL_ENV": str(python.parents[1])}) == own
