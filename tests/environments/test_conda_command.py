"""Conda environments from the command line, from a project's own environment.yml to the recreated workspace."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.environments.conda_channel import Channel

if TYPE_CHECKING:
    from tests.conftest import Repro

pytest.importorskip("rattler", reason="py-rattler is not installed")
PROGRAM = "import stats; print(stats.version)"


def version(python: object) -> str:
    return subprocess.check_output([str(python), "-c", PROGRAM], text=True).strip()


def test_from_the_projects_file_to_the_recreated_workspace(repro: Repro, channel: Channel, tmp_path: Path) -> None:
    file = repro.cwd / "environment.yml"
    file.write_text(f"name: geo\nchannels: ['{channel.url}']\ndependencies:\n  - stats=1.0\n")
    repro("init")
    assert "env create geo --from" in repro("env", "list").err
    made = repro("env", "create", "geo", "--from", "environment.yml")
    assert "geo r1 is ready: 4 packages" in made.text
    assert "stats 1.0 0" in made.err, "the log is shown as it goes"
    assert "stats=1.0" in repro("env", "show", "geo").text
    repro("env", "use", "geo")
    repro("checkpoint", "-m", "then")
    used = json.loads(repro("env", "use", "--json").out)
    assert version(used["interpreter"]) == "1.0"
    file.write_text(file.read_text().replace("1.0", "1.1"))
    assert "changed: jupyter-repro env edit geo --from" in repro("env", "list").err
    assert "geo r2 is ready" in repro("env", "edit", "geo", "--from", "environment.yml").text
    assert version(json.loads(repro("env", "use", "--json").out)["interpreter"]) == "1.1"
    assert "Found" not in repro("env", "list").err
    repro("checkpoint", "-m", "now")
    changes = json.loads(repro("env", "diff", "@~1", "@", "--json").out)["changes"]
    assert [
        (one["ecosystem"], one["name"], one["old"], one["new"]) for one in changes if one["ecosystem"] == "conda"
    ] == [("conda", "stats", "1.0=0", "1.1=0")]
    repro("recreate", "@~1", tmp_path / "then")
    then = json.loads(repro("env", "use", "--json", cwd=tmp_path / "then").out)
    assert then["environment"] == "geo r1"
    assert version(then["interpreter"]) == "1.0"
    assert "geo r1" in repro("restore", "@~1", "--environment").text


def test_what_cannot_be_meant_is_refused_before_anything_is_made(repro: Repro, channel: Channel) -> None:
    file = repro.cwd / "environments.yml"
    one = f"channels: ['{channel.url}']\ndependencies: [stats]\n"
    file.write_text(f"name: a\n{one}---\nname: b\n{one}")
    assert "describes the environments a, b" in repro("env", "create", "c", "--from", file, code=2).err
    assert "There is no file away.yml" in repro("env", "create", "c", "--from", "away.yml", code=2).err
    assert "no file of text" in repro("env", "create", "c", "--from", ".", code=2).err
    assert "no script 'pre-lunch'" in repro("env", "create", "c", "--script", "pre-lunch=", code=2).err
    assert "leave --engine out" in repro("env", "create", "a", "--engine", "uv", "--from", file, code=2).err
    assert json.loads(repro("env", "list", "--json").out) == []
    repro("env", "create", "a", "--from", file, "--no-build")
    made = repro("env", "create", "plain", "--engine", "conda", "--python", "3.11", "--no-build")
    assert "env build plain" in made.text
