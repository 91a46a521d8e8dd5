"""The example project is what it says, and a Binder opens it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro import verbs
from tests.docs.pages import ROOT

SEED = ROOT / "scripts" / "seed.py"


@pytest.fixture
def example(tmp_path: Path, data_home: Path) -> Path:
    made = tmp_path / "bike-rentals"
    subprocess.run([sys.executable, str(SEED), str(made)], check=True, stdout=subprocess.DEVNULL)
    return made


def test_the_example_has_a_history_worth_looking_at(example: Path) -> None:
    with verbs.open_workspace(example) as opened:
        commits = verbs.log(opened, everything=True)
        assert {commit.kind for commit in commits} == {"checkpoint", "auto", "restore"}
        assert len({commit.session.id for commit in commits}) == 3
        assert [branch.name for branch in verbs.branches(opened)] == ["main", "weekends"]
        assert [tag.name for tag in verbs.tags(opened)] == ["baseline", "submitted"]
        status = verbs.status(opened)
        assert (status.added, status.modified) == (("ideas.txt",), ("README.md",))
        pictures = {
            b"".join(verbs.cat(opened, commit, "results/errors.png")) for commit in ("submitted", "weekends", "@")
        }
        assert len(pictures) == 3, "there is something to compare"
        assert all(picture.startswith(b"\x89PNG\r\n") for picture in pictures)


def test_every_output_is_what_the_code_beside_it_gives(example: Path) -> None:
    notebook = json.loads((example / "forecast.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    printing = [cell for cell in cells if cell["outputs"][0]["output_type"] == "stream"]
    assert len(printing) == 3
    code = "\n".join(cell["source"] for cell in printing)
    done = subprocess.run([sys.executable, "-c", code], cwd=example, capture_output=True, text=True, check=True)
    assert done.stdout == "".join(cell["outputs"][0]["text"] for cell in printing)
    picture = next(cell for cell in cells if cell not in printing)
    assert "image/png" in picture["outputs"][0]["data"]


def test_an_existing_directory_is_left_alone(tmp_path: Path, data_home: Path) -> None:
    done = subprocess.run([sys.executable, str(SEED), str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "exists already" in done.stderr


def test_a_binder_starts_in_the_example_also_a_second_time(tmp_path: Path, data_home: Path) -> None:
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    (tmp_path / "home").mkdir()
    said = [
        subprocess.run(
            [str(ROOT / "binder" / "start"), "jupyter-repro", "log", "--json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()[-1]
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert len(json.loads(said[0])) == 8
