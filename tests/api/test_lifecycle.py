"""From start to stop: sessions, and the checkpoints that nobody asks for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

from jupyter_repro import verbs
from jupyter_repro.api import heirloom
from jupyter_repro.api.services import Services
from tests.api.client import Client


def settled(services: Services):
    """Wait until no task is under way."""

    async def wait() -> None:
        for record in services.tasks.active():
            await services.tasks.wait(record, None)

    return wait()


@pytest.fixture
def settings():
    return {}


@pytest.fixture
def jp_server_config(jp_server_config, settings):
    return {**jp_server_config, "ReproApp": {**jp_server_config["ReproApp"], **settings}}


@pytest.fixture
def known(jp_environ, files):
    """The server's root was protected before the server starts; something changed since."""
    verbs.init(files)
    with verbs.open_workspace(files) as opened:
        verbs.checkpoint(opened, "before")
    (files / "train.py").write_text("changed while no server ran")
    return files


def commits(directory):
    with verbs.open_workspace(directory) as opened:
        return verbs.log(opened)


@pytest.mark.parametrize("settings", [{"recover_at_start": True}])
async def test_what_changed_while_no_server_ran_is_saved_at_start(known, services: Services, api: Client):
    await settled(services)
    newest = commits(known)[0]
    assert (newest.kind, newest.message) == ("recovered", "Changed while no server ran")
    state = (await api.get("workspaces/current")).ok()
    assert state["session"]["id"] == newest.session.id
    assert state["changed"]["total"] == 0


@pytest.fixture
def killed(known):
    """A server was killed in this workspace: it left its session, and its process is gone."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    with verbs.open_workspace(known) as opened:
        directory = opened.workspace.directory
        session = opened.workspace.session()
    heirloom.leave(directory, session)
    said = json.loads((directory / heirloom.FILE).read_text())
    (directory / heirloom.FILE).write_text(json.dumps({**said, "pid": done.pid}))
    return session


@pytest.mark.parametrize("settings", [{"recover_at_start": True}])
async def test_what_a_killed_server_left_belongs_to_its_session(known, killed, services: Services):
    await settled(services)
    newest = commits(known)[0]
    assert (newest.kind, newest.session.id) == ("recovered", killed.id)


async def test_nothing_is_recovered_when_that_is_off(known, services: Services):
    await settled(services)
    assert "checkpoint" not in {one.kind for one in services.tasks.all()}
    assert len(commits(known)) == 1


@pytest.mark.parametrize("settings", [{"checkpoint_at_stop": True}])
async def test_stopping_saves_what_changed(known, services: Services, jp_serverapp):
    session = services.lifecycle.session_in(services.current_workspace())
    await services.stop()
    newest = commits(known)[0]
    assert (newest.kind, newest.message, newest.session.id) == ("auto", "Automatic, at stop", session.id)
    with verbs.open_workspace(known) as opened:
        assert not (opened.workspace.directory / heirloom.FILE).exists(), "the session is closed"


@pytest.mark.parametrize("settings", [{"checkpoint_at_stop": True, "stop_seconds": 0.0}])
async def test_without_time_the_next_start_has_it(known, services: Services):
    await services.stop()
    assert len(commits(known)) == 1


async def test_the_clock_makes_a_checkpoint_when_something_changed(known, services: Services, monkeypatch):
    monkeypatch.setattr("jupyter_repro.api.lifecycle.MINUTE_SECONDS", 0)
    services.preferences.change({"auto_checkpoint_minutes": 1})
    while len(commits(known)) == 1:
        await asyncio.sleep(0)
    services.preferences.change({"auto_checkpoint": False})
    await settled(services)
    assert [(each.kind, each.message) for each in commits(known)] == [
        ("auto", "Automatic, every minute"),
        ("checkpoint", "before"),
    ], "an unchanged directory makes no more of them"


@pytest.mark.parametrize("settings", [{"checkpoint_on_save": True}])
async def test_saving_a_notebook_makes_a_checkpoint_when_asked_for(known, services: Services, api: Client, monkeypatch):
    monkeypatch.setattr("jupyter_repro.api.lifecycle.SAVE_WAIT_SECONDS", 0)
    contents = Client(api.http, api.base.replace("jupyter-repro/api/", "api/contents/"), api.headers, foreign=True)
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    model = {"type": "notebook", "format": "json", "content": notebook}
    (await contents.request("PUT", "new.ipynb", model)).ok(201)
    while len(commits(known)) == 1:
        await asyncio.sleep(0)
    assert commits(known)[0].message == "Saved new.ipynb"


async def test_saving_makes_none_by_default(known, services: Services, api: Client):
    services.lifecycle.notebook_saved(str(known / "new.ipynb"))
    assert services.tasks.all() == []


@pytest.mark.parametrize("settings", [{"auto_protect": True}])
async def test_an_administrator_may_protect_unasked(files, services: Services, api: Client):
    assert (await api.get("here")).ok()["protected"]


@pytest.mark.parametrize("settings", [{"checkpoint_at_stop": True}])
async def test_shared_documents_are_saved_first(known, services: Services):
    flushed = []

    async def flush() -> None:
        flushed.append((known / "train.py").read_text())
        (known / "train.py").write_text("from the shared document")

    async def broken() -> None:
        raise OSError("the room is gone")

    services.lifecycle.before_checkpoint += [broken, flush]
    await services.stop()
    assert flushed == ["changed while no server ran"]
    with verbs.open_workspace(known) as opened:
        assert b"".join(verbs.cat(opened, "@", "train.py")) == b"from the shared document"


async def test_settings_are_kept_and_may_be_locked(api: Client, services: Services, files):
    before = (await api.get("settings")).ok()
    assert before["auto_checkpoint_minutes"] == 10
    assert before["locked"] == ["checkpoint_at_stop", "recover_at_start"]
    after = (await api.request("PUT", "settings", {"auto_checkpoint_minutes": 30})).ok()
    assert after == {**before, "auto_checkpoint_minutes": 30}
    (await api.request("PUT", "settings", {"checkpoint_at_stop": True})).problem(403, "setting_locked")
    (await api.request("PUT", "settings", {"checkpoint_at_stop": False})).ok()
    (await api.request("PUT", "settings", {"auto_checkpoint_minutes": 0})).problem(422, "validation_failed")
    kept = json.loads((services.configuration.data_directory.root / "server-settings.json").read_text())
    assert kept == {"auto_checkpoint_minutes": 30}


async def test_two_servers_in_one_workspace_do_not_bury_each_other(known, services: Services):
    with verbs.open_workspace(known) as opened:
        directory = opened.workspace.directory
        other = opened.workspace.session()
    said = json.loads((directory / heirloom.FILE).read_text())
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    heirloom.leave(directory, other)
    (directory / heirloom.FILE).write_text(
        json.dumps({**json.loads((directory / heirloom.FILE).read_text()), "pid": alive.pid})
    )
    assert heirloom.find(directory) is None, "it is alive"
    os.kill(alive.pid, signal.SIGKILL)
    alive.wait()
    assert heirloom.find(directory) == other
    heirloom.clear(directory, services.lifecycle.session_in(said and services.current_workspace()))
    assert heirloom.find(directory) == other, "only its own note is removed"
