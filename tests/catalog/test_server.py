"""The catalogue of a data directory on a PostgreSQL server, as a setting or an environment variable says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL

from jupyter_repro.catalog import open_catalog
from jupyter_repro.catalog.server import driver_arguments, server_url, shown
from jupyter_repro.configuration import Configuration
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import CatalogUnusable, InvalidConfiguration
from tests.catalog.test_rebuild import ONE, TWO, make_project

AWAY = "postgresql://ada:hunter2@127.0.0.1:9/repro"  # the port that discards; nobody listens


def repro(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jupyter_repro", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("by", ["setting", "variable"])
def test_what_was_done_is_in_the_servers_catalogue(postgres_url: URL, tmp_path: Path, by: str) -> None:
    folder, config, data = tmp_path / "work", tmp_path / "config", tmp_path / "data"
    folder.mkdir()
    config.mkdir()
    environment = {"JUPYTER_CONFIG_DIR": str(config), "JUPYTER_DATA_DIR": str(data)}
    address = postgres_url.render_as_string(hide_password=False)
    if by == "setting":
        (config / "jupyter_repro_config.py").write_text(f"c.Repro.catalog_url = {address!r}\n")
    else:
        environment["JUPYTER_REPRO_CATALOG_URL"] = address.replace("postgresql+pg8000:", "postgres:")
    (folder / "a.txt").write_text("one")
    for arguments in (["init"], ["checkpoint", "-m", "first"], ["restore", "@"]):
        assert repro(*arguments, cwd=folder, **environment).returncode == 0
    told = repro("audit", "--json", cwd=folder, **environment)
    assert "restore" in {entry["action"] for entry in json.loads(told.stdout)}
    assert repro("rebuild", cwd=folder, **environment).returncode == 0
    assert not (data / "repro" / "catalog.sqlite").exists()
    with open_catalog(DataDirectory(data / "repro", address)) as catalog:
        assert [project.name for project in catalog.projects.search()] == ["work"]
        assert [place.path for place in catalog.workspaces.search()] == [str(folder)]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_two_data_directories_may_share_a_server_and_neither_forgets_the_others(
    postgres_url: URL, tmp_path: Path
) -> None:
    address = postgres_url.render_as_string(hide_password=False)
    ours, theirs = (DataDirectory(tmp_path / name, address) for name in ("ours", "theirs"))
    make_project(ours, ONE, "climate")
    make_project(theirs, TWO, "weather")
    for data in (ours, theirs):
        with open_catalog(data) as catalog:
            catalog.rebuild(data)
    with open_catalog(ours) as catalog:
        assert [project.name for project in catalog.projects.search()] == ["climate", "weather"]


def test_a_server_that_is_away_stops_no_checkpoint_and_its_password_is_shown_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.txt").write_text("one")
    environment = {
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_REPRO_CATALOG_URL": AWAY,
    }
    done = [repro(*arguments, cwd=folder, **environment) for arguments in (["init"], ["checkpoint"], ["log"])]
    assert [one.returncode for one in done] == [0, 0, 0]
    refused = repro("audit", cwd=folder, **environment)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "postgresql+pg8000://ada@127.0.0.1:9/repro" in refused.stderr
    assert "Traceback" not in refused.stderr
    debugged = repro("--debug", "audit", cwd=folder, **environment)
    assert "Traceback" in debugged.stderr
    assert not any("hunter2" in said for one in (*done, refused, debugged) for said in (one.stdout, one.stderr))
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"hunter2" not in kept


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("hunter2", "cannot be read"),
        ("postgresql://ada:hunter2@db:port/repro", "cannot be read"),
        ("mysql://ada:hunter2@db/repro", "begins with mysql://"),
        ("postgresql://ada:hunter2@db", "no database"),
        ("postgresql:///repro", "no host"),
        ("postgresql://ada@db/repro?password=hunter2", "'password'"),
        ("postgresql://ada:hunter2@db/repro?sslmode=maybe", "none of disable, prefer"),
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(data: DataDirectory, address: str, says: str) -> None:
    with pytest.raises(InvalidConfiguration, match=says) as told:
        open_catalog(replace(data, catalog_url=address))
    assert "hunter2" not in str(told.value)


def test_a_driver_that_is_not_installed_is_named_with_the_way_to_get_it(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pg8000", None)
    with pytest.raises(InvalidConfiguration, match=r"needs the Python package pg8000.*jupyter-repro\[postgres\]"):
        open_catalog(replace(data, catalog_url=AWAY))


def test_the_sslmodes_mean_what_they_mean_elsewhere(tmp_path: Path) -> None:
    url = server_url(f"{AWAY}?sslmode=disable")
    assert driver_arguments(url) == (server_url(AWAY), {"ssl_context": False})
    assert driver_arguments(server_url(f"{AWAY}?sslmode=require"))[1] == {"ssl_context": True}
    assert driver_arguments(server_url(AWAY))[1] == {}
    strict = driver_arguments(server_url(f"{AWAY}?sslmode=verify-full"))[1]["ssl_context"]
    assert strict.check_hostname  # type: ignore[attr-defined]
    missing = server_url(f"{AWAY}?sslmode=verify-full&sslrootcert={tmp_path / 'none.pem'}")
    with pytest.raises(InvalidConfiguration, match=r"none\.pem") as told:
        driver_arguments(missing)
    assert "hunter2" not in str(told.value)


def test_an_address_and_what_holds_it_are_shown_without_the_password() -> None:
    configuration = Configuration(catalog_url=AWAY)
    for said in (shown(server_url(AWAY)), repr(configuration), repr(configuration.data_directory)):
        assert "hunter2" not in said


def test_a_server_that_asks_for_a_password_which_the_address_lacks_is_told(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(**given: str) -> None:
        given["password"].encode()

    monkeypatch.setattr("pg8000.connect", lambda **given: asks(**{"password": None, **given}))
    with pytest.raises(CatalogUnusable, match="asks for a password"):
        open_catalog(replace(data, catalog_url=AWAY.replace(":hunter2", "")))


def test_what_the_driver_says_of_the_password_is_left_out(data: DataDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    import pg8000.dbapi

    def refuses(**given: object) -> None:
        raise pg8000.dbapi.DatabaseError({"C": "28P01", "M": f"no entry for ada with {given['password']}"})

    monkeypatch.setattr("pg8000.connect", refuses)
    with pytest.raises(CatalogUnusable, match=r"no entry for ada with \*\*\*") as told:
        open_catalog(replace(data, catalog_url=AWAY))
    assert "{" not in str(told.value)
