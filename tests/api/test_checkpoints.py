"""Lab's own checkpoints, through the server's contents API."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from traitlets import TraitError

from jupyter_repro import verbs
from jupyter_repro.api.checkpoints import LISTED, ReproCheckpoints
from tests.api.client import Client


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "AsyncContentsManager": {"checkpoints_class": "jupyter_repro.api.checkpoints.ReproCheckpoints"},
    }


@pytest.fixture
def contents(api: Client) -> Client:
    """The server's own contents API."""
    return Client(api.http, api.base.replace("jupyter-repro/api/", "api/contents/"), api.headers, foreign=True)


async def saved(contents: Client, path: str, text: str) -> str:
    """Save a file as Lab does, with a checkpoint; its id."""
    (await contents.request("PUT", path, {"type": "file", "format": "text", "content": text})).ok()
    return (await contents.post(f"{path}/checkpoints", {})).ok(201)["id"]


async def test_every_save_is_a_version_and_reverting_brings_it_back(api: Client, contents: Client, protected):
    first = await saved(contents, "train.py", "one")
    (protected.root / "notes.md").write_text("not saved by Lab")
    second = await saved(contents, "train.py", "two")
    assert first != second
    rows = (await api.get("projects/current/commits", limit=2)).ok()["items"]
    assert [(row["message"], row["kind"], row["modified"]) for row in rows] == [("Saved train.py", "auto", 1)] * 2
    changed = (await api.get("workspaces/current/status")).ok()["items"]
    assert [item["path"] for item in changed] == ["notes.md"], "only the one file was committed"

    listed = (await contents.get("train.py/checkpoints")).ok()
    assert [each["id"] for each in listed][-2:] == [first, second], "the newest comes last, as Lab wants it"
    (await contents.request("POST", f"train.py/checkpoints/{first}")).ok(204)
    assert (protected.root / "train.py").read_text() == "one"
    assert (protected.root / "notes.md").read_text() == "not saved by Lab"
    (await contents.request("POST", f"train.py/checkpoints/{second}")).ok(204)
    assert (protected.root / "train.py").read_text() == "two"
    assert not list(protected.root.rglob(".ipynb_checkpoints"))


async def test_one_saved_file_leaves_the_software_as_it_was_known(api: Client, contents: Client, protected):
    with verbs.open_workspace(protected.root) as opened:
        before = opened.resolve("@").environment
        assert before.software
        kept = await saved(contents, "train.py", "one")
        assert opened.resolve(kept).environment == before
    (row,) = (await api.get("projects/current/commits", limit=1)).ok()["items"]
    assert not row["software_changed"]


async def test_equal_bytes_make_no_commit(api: Client, contents: Client, protected):
    before = (await api.get("projects/current/commits")).ok()["items"]
    assert (await contents.post("train.py/checkpoints", {})).ok(201)["id"] == protected.first
    assert (await api.get("projects/current/commits")).ok()["items"] == before


async def test_renaming_and_deleting_lose_nothing(api: Client, contents: Client, protected):
    kept = await saved(contents, "train.py", "precious")
    (await contents.request("PATCH", "train.py", {"path": "moved.py"})).ok()
    (await contents.request("DELETE", f"moved.py/checkpoints/{kept}")).ok(204)
    (await contents.request("DELETE", "moved.py")).ok(204)
    answer = await api.get(f"projects/current/commits/{kept}/content", path="train.py")
    assert answer.body == b"precious"
    listed = (await contents.get("train.py/checkpoints")).ok()
    assert kept in [each["id"] for each in listed]


async def test_a_new_notebook_gets_its_first_version_on_the_first_save(api: Client, contents: Client, protected):
    notebook = nbformat.v4.new_notebook()
    model = {"type": "notebook", "format": "json", "content": json.loads(nbformat.writes(notebook))}
    (await contents.request("PUT", "new.ipynb", model)).ok(201)
    (await contents.request("PUT", "new.ipynb", model)).ok(200)
    assert len((await contents.get("new.ipynb/checkpoints")).ok()) == 1


async def test_a_list_is_short(api: Client, contents: Client, protected):
    for number in range(LISTED + 3):
        last = await saved(contents, "train.py", f"{number}")
    listed = (await contents.get("train.py/checkpoints")).ok()
    assert len(listed) == LISTED
    assert listed[-1]["id"] == last


async def test_ignored_files_and_unprotected_directories_keep_file_checkpoints(api: Client, contents: Client, files):
    (await contents.post("train.py/checkpoints", {})).ok(201)
    assert (files / ".ipynb_checkpoints").is_dir(), "nothing is protected yet"
    made = (await api.post("workspaces", {})).ok(201)
    await api.finished(made["task"]["id"])
    (files / ".reproignore").write_text("scratch/\n")
    (files / "scratch").mkdir()
    (files / "scratch" / "a.txt").write_text("a")
    (await contents.post("scratch/a.txt/checkpoints", {})).ok(201)
    assert (files / "scratch" / ".ipynb_checkpoints").is_dir()
    (await contents.request("POST", "scratch/a.txt/checkpoints/checkpoint")).ok(204)


async def test_an_unknown_version_is_told(api: Client, contents: Client, protected):
    answer = await contents.request("POST", "train.py/checkpoints/ffffffff")
    assert answer.status == 404


def test_a_synchronous_contents_manager_is_refused_in_one_sentence():
    with pytest.raises(TraitError, match="asynchronous contents manager") as told:
        ReproCheckpoints(parent=FileContentsManager())
    assert str(told.value).count(". ") == 0


def test_the_class_costs_little_to_import():
    heavy = "('pydantic', 'sqlalchemy', 'obstore', 'msgspec')"
    code = f"import sys, jupyter_repro.api.checkpoints; print([each for each in {heavy} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
