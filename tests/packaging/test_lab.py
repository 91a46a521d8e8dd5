"""``make lab`` comes up on the example project, and goes on where it was left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.building import ROOT


@contextmanager
def running(place: Path) -> Iterator[str]:
    """The script, until it has told its address and afterwards until it has ended."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "lab.py"), "--no-browser", "--place", str(place), "--port=0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(place.parent)},
    )
    assert process.stdout is not None
    try:
        told = (line.strip() for line in process.stdout)
        yield next(line for line in told if line.startswith("http://"))
        process.send_signal(signal.SIGTERM)
        assert list(told)[-1].startswith("Stopped.")
        assert process.wait() == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def ask(address: str, path: str) -> object:
    """JSON of a route of our API."""
    server, _, token = address.partition("lab?")
    with urllib.request.urlopen(f"{server}jupyter-repro/api/{path}?{token}", timeout=60) as answer:
        return json.load(answer)


def test_lab_comes_up_on_the_example_and_goes_on_where_it_was_left(tmp_path: Path) -> None:
    place = tmp_path / "place"
    with running(place) as address:
        about = ask(address, "workspaces/current")
    assert isinstance(about, dict)
    assert about["project"]["name"] == "bike-rentals"
    assert about["branch"] == "main"
    notes = place / "bike-rentals" / "notes.txt"
    notes.write_text("mine\n")
    with running(place) as address:
        again = ask(address, "workspaces/current")
    assert isinstance(again, dict)
    assert again["workspace"]["id"] == about["workspace"]["id"]
    assert notes.read_text() == "mine\n"


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years\n")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "lab.py"), "--fresh", "--place", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]
