"""Fixtures for the API: a real Jupyter server with the extension, a directory to protect, a client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_jupyter.jupyter_core import *  # noqa: F403 - the fixtures of a Jupyter environment, and its async runner
from pytest_jupyter.jupyter_server import *  # noqa: F403 - the fixtures of a server
from pytest_jupyter.pytest_tornasync import *  # noqa: F403 - the fixtures of its HTTP client

from jupyter_repro import verbs
from jupyter_repro.api.services import Services
from tests.api.client import Client


@pytest.fixture
def jp_server_config() -> dict[str, object]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_repro": True}},
        "ReproApp": {"recover_at_start": False, "checkpoint_at_stop": False},
    }


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The directory that the server is started in."""
    return jp_root_dir


@pytest.fixture
def services(jp_serverapp, jp_asyncio_loop) -> Iterator[Services]:
    """What the running extension works with; the server is stopped properly at the end."""
    app = jp_serverapp.web_app.settings["jupyter_repro"]
    jp_asyncio_loop.run_until_complete(app._start_jupyter_server_extension(jp_serverapp))
    yield app.services
    jp_asyncio_loop.run_until_complete(app.stop_extension())


@pytest.fixture
def api(services, jp_serverapp, http_server_client, jp_auth_header, jp_base_url) -> Client:
    """A client with the server's token."""
    return Client(http_server_client, f"{jp_base_url}jupyter-repro/api/", jp_auth_header)


@pytest.fixture
def files(root: Path) -> Path:
    """Some files to keep, in the server's root."""
    (root / "data").mkdir()
    (root / "train.py").write_text("depth = 6\nprint(depth)\n")
    (root / "data" / "customers.csv").write_text("id,name\n1,ada\n2,bo\n")
    (root / "notes.md").write_text("# Notes\n")
    return root


@dataclass(frozen=True)
class Protected:
    """A protected directory with one checkpoint: ``first`` is its id."""

    root: Path
    workspace: str
    project: str
    first: str


@pytest.fixture
def protected(files: Path, api: Client, services: Services, jp_asyncio_loop) -> Protected:
    """The server's root as a workspace with its first checkpoint, made without the process that makes them."""
    made = jp_asyncio_loop.run_until_complete(api.post("workspaces", {"checkpoint": False})).ok(201)
    workspace = made["state"]["workspace"]
    with services.rooms.workspace("current") as room:
        first = verbs.checkpoint(room.opened, "First checkpoint").commit.id
    return Protected(files, workspace["id"], workspace["project"], first)
