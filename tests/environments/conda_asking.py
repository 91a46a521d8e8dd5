"""Definitions of conda environments on a channel of the tests, and asking what came of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from jupyter_repro.environments.definitions import Definition, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.verbs import environments
from tests.environments.conda_channel import Channel


def asked(channel: Channel, *dependencies: str, rest: str = "", **fields: str) -> Definition:
    lines = "".join(f"  - {one}\n" for one in dependencies)
    text = f"name: ignored\nchannels:\n  - {channel.url}\ndependencies:\n{lines}{rest}"
    return Definition(engine="conda", conda=text, **fields)


def interpreter(library: environments.Library, name: str) -> Path:
    lock = library.show(name).revision().lock
    found = engine_of("conda", library.places).interpreter(read_lock(library.places.get(lock)), lock)
    assert found is not None
    return Path(found)


def says(python: Path | str, program: str) -> str:
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


class Lines:
    """A log that nobody reads."""

    def line(self, text: str) -> None:
        pass

    def check(self) -> None:
        pass
