"""The configuration files: who outweighs whom, and what a mistake in one says."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from traitlets.config.loader import DeferredConfigString

from jupyter_repro.configuration import Configuration, check_store_template, load_configuration, user_name
from jupyter_repro.errors import InvalidConfiguration
from jupyter_repro.settings import Repro


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration directory, empty; the system's files count as well but do not exist here."""
    folder = tmp_path / "config"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_NO_CONFIG", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_without_a_file_the_defaults_hold(config: Path, tmp_path: Path) -> None:
    assert load_configuration() == Configuration()
    assert load_configuration().data_directory.root == tmp_path / "data" / "repro"


def test_every_setting_can_be_set_in_python(config: Path) -> None:
    (config / "jupyter_repro_config.py").write_text(
        "c.Repro.data_dir = '/data/repro'\n"
        "c.Repro.default_store = 's3://bucket/{user}/{project}'\n"
        "c.Repro.cache_limit_bytes = 7\n"
        "c.Repro.use_gitignore = True\n"
        "c.Repro.author = 'Someone'\n"
    )
    assert load_configuration() == Configuration("/data/repro", "s3://bucket/{user}/{project}", 7, True, "Someone")
    assert load_configuration().data_directory.root == Path("/data/repro")
    assert load_configuration().author_name == "Someone"


def test_json_is_read_too_and_outweighs_python_beside_it(config: Path) -> None:
    (config / "jupyter_repro_config.py").write_text("c.Repro.author = 'py'\nc.Repro.use_gitignore = True\n")
    (config / "jupyter_repro_config.json").write_text(json.dumps({"Repro": {"author": "json"}}))
    assert load_configuration() == Configuration(author="json", use_gitignore=True)


def test_the_path_before_the_user_outweighs_the_user(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(first))
    (config / "jupyter_repro_config.py").write_text("c.Repro.author = 'user'\nc.Repro.cache_limit_bytes = 1\n")
    (first / "jupyter_repro_config.py").write_text("c.Repro.author = 'path'\n")
    assert load_configuration() == Configuration(author="path", cache_limit_bytes=1)


def test_jupyters_switch_for_no_configuration_holds_here(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config / "jupyter_repro_config.py").write_text("c.Repro.author = 'user'\n")
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    assert load_configuration() == Configuration()


def test_sections_of_other_applications_are_left_alone(config: Path) -> None:
    (config / "jupyter_repro_config.py").write_text("c.ReproApp.auto_protect = True\nc.ServerApp.port = 1\n")
    assert load_configuration() == Configuration()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("py", "c.Repro.autor = 'x'", "did you mean author"),
        ("py", "c.Repro.cache_limit_bytes = -1", "cache_limit_bytes"),
        ("py", "c.Repro.use_gitignore = 'maybe'", "use_gitignore"),
        ("py", "c.Repro.default_store = 's3://bucket'", "add {project}"),
        ("py", "c.Repro.default_store = 's3://bucket/{project}/{where}'", "placeholder"),
        ("py", "c.Repro.data_dir = undefined", "NameError"),
        ("py", "c.Repro.data_dir = (", "SyntaxError"),
        ("json", "{not json", "cannot be read"),
    ],
)
def test_a_mistake_names_its_file_and_what_to_do(config: Path, name: str, text: str, says: str) -> None:
    (config / f"jupyter_repro_config.{name}").write_text(text)
    with pytest.raises(InvalidConfiguration) as caught:
        load_configuration()
    assert says in str(caught.value)
    if "default_store" not in text:
        assert str(config) in str(caught.value)


def test_what_a_server_is_told_outweighs_the_files_and_is_as_strict(config: Path) -> None:
    (config / "jupyter_repro_config.py").write_text("c.Repro.author = 'file'\nc.Repro.cache_limit_bytes = 1\n")
    # As words of a command line arrive: "--Repro.use_gitignore=False" is no truth.
    told = {"author": "server", "use_gitignore": DeferredConfigString("False")}
    assert load_configuration(told) == Configuration(author="server", cache_limit_bytes=1)
    with pytest.raises(InvalidConfiguration, match=r"the server's configuration.*did you mean author"):
        load_configuration({"autor": "x"})


def test_every_setting_is_declared_once_with_help_and_the_same_default() -> None:
    traits = Repro.class_traits(config=True)
    own = {name: trait for name, trait in traits.items() if trait.this_class is Repro}
    assert set(own) == {field.name for field in fields(Configuration)}
    for field in fields(Configuration):
        assert own[field.name].default_value == field.default
        assert len(own[field.name].help) > 40
        assert "example" in own[field.name].metadata


def test_a_store_is_named_after_the_project_and_the_user(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "someone")
    check_store_template("s3://bucket/{user}/{project}")
    assert Configuration(default_store="s3://b/{user}/{project}").store_of("f00") == "s3://b/someone/f00"
    assert Configuration().store_of("f00") == ""


def test_a_user_without_a_name_still_has_one(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert user_name().startswith("uid-")
    assert Configuration().author_name == user_name()
