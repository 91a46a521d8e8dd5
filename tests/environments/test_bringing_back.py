"""The software of a past commit comes back from the commit alone, and whatever could not be had is said."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition, Lock, encode, read_lock
from jupyter_repro.environments.places import Places
from jupyter_repro.verbs import environments

if TYPE_CHECKING:
    from tests.conftest import Repro

SIX = Definition(engine="uv", requirements="six==1.16.0\n")


def six(python: str) -> str:
    program = "import six; print(six.__version__)"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def past(library: environments.Library, opened: verbs.Opened) -> str:
    """A commit made in an environment with six 1.16, which the workspace uses no more."""
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    environments.use(opened, library, "small")
    made = verbs.checkpoint(opened, "then").commit
    environments.edit(library, "small", Definition(engine="uv", requirements="six==1.17.0\n"))
    environments.build(library, "small")
    (opened.workspace.root / "notes.txt").write_text("two")
    assert verbs.checkpoint(opened, "now").commit.environment.label == "small r2"
    return made.id


def test_only_the_software_of_a_commit_comes_back(opened: verbs.Opened, past: str) -> None:
    brought = environments.restore_environment(opened, past)
    assert (brought.used.label, brought.used.pinned, brought.notice, brought.changes) == ("small r1", True, "", ())
    assert six(brought.used.interpreter) == "1.16.0"
    assert (opened.workspace.root / "notes.txt").read_text() == "two"
    made = verbs.checkpoint(opened).commit
    assert made.environment.label == "small r1"
    assert made.environment.lock == opened.resolve(past).environment.lock


def test_a_plain_restore_keeps_the_software_of_today(opened: verbs.Opened, past: str) -> None:
    back = verbs.restore(opened, past).commit
    assert back.environment.label == "small r2"


def test_recreate_brings_the_software_along(opened: verbs.Opened, past: str, tmp_path: Path) -> None:
    made = verbs.recreate(opened, past, tmp_path / "then")
    assert (made.environment, made.notice) == ("small r1", "")
    with verbs.open_workspace(made.path) as there:
        used = environments.used(there)
        assert used is not None
        assert six(used.interpreter) == "1.16.0"
        assert not verbs.checkpoint(there).created, "nothing differs from the commit, the software included"
    assert environments.used(opened) is not None
    plain = verbs.recreate(opened, past, tmp_path / "plain", environment=False)
    with verbs.open_workspace(plain.path) as there:
        assert environments.used(there) is None


def test_a_machine_that_never_saw_the_catalogue_makes_the_same(
    opened: verbs.Opened, past: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbs.export_project(opened, tmp_path / "file.repro")
    elsewhere = tmp_path / "other-machine"
    elsewhere.mkdir()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(elsewhere))
    verbs.import_project(tmp_path / "file.repro", name="brought")
    with verbs.open_project("brought") as project:
        made = verbs.recreate(project, past, tmp_path / "then")
    assert (made.environment, made.notice) == ("small r1", "")
    with verbs.open_workspace(made.path) as there:
        used = environments.used(there)
        assert used is not None
        assert used.interpreter.startswith(str(elsewhere))
        then, now = environments.snapshot(there, past), environments.snapshot(there)
        assert then.software == now.software
    assert not (elsewhere / "repro" / "catalog.sqlite").exists()


def test_a_lock_that_cannot_be_had_is_resolved_anew_and_that_is_said(
    library: environments.Library, opened: verbs.Opened, past: str
) -> None:
    commit = opened.resolve(past)
    lock = read_lock(library.places.get(commit.environment.lock))
    gone = Lock(
        engine="uv",
        platform=lock.platform,
        python=lock.python,
        text=lock.text.replace("six==1.16.0", "six==1.16.99"),
    )
    from jupyter_repro.environments.choices import Chosen
    from jupyter_repro.verbs.environments.using import put_in_use

    used = environments.used(opened)
    assert used is not None
    chosen = Chosen(
        environment="",
        name="small",
        number=1,
        definition=commit.environment.definition,
        lock=library.places.keep(encode(gone)),
        interpreter=used.interpreter,
    )
    put_in_use(opened, chosen, pinned=True)
    made = verbs.checkpoint(opened, allow_empty=True).commit
    environments.stop_using(opened)
    said: list[str] = []
    brought = environments.restore_environment(opened, made.id, on_line=said.append)
    assert "could not be installed, so its definition was resolved anew" in brought.notice
    assert "six==1.16.99" in brought.notice.partition("Used instead")[0], "what is missing"
    assert "Used instead: six 1.16.99 → 1.16.0" in brought.notice, "and what there is in its place"
    assert [(one.name, one.old, one.new) for one in brought.replaced if one.name == "six"] == [
        ("six", "1.16.99", "1.16.0")
    ]
    assert "six 1.17.0 → 1.16.0" in brought.notice, "the commit was really made with 1.17"
    assert six(brought.used.interpreter) == "1.16.0"


def test_what_was_installed_by_hand_comes_back_too(library: environments.Library, opened: verbs.Opened) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    verbs.checkpoint(opened)
    # As "%pip install" does it in a notebook, which needs the environment to have pip.
    subprocess.run([used.interpreter, "-m", "pip", "install", "-q", "six==1.17.0", "colorama==0.4.6"], check=True)
    made = verbs.checkpoint(opened)
    assert made.created, "it is a change, though no file was touched"
    assert made.commit.environment.label == "small r1"

    fresh = environments.use(opened, library, "small")
    assert fresh.interpreter != used.interpreter, "whoever asks for the revision gets the revision"
    assert six(fresh.interpreter) == "1.16.0"
    assert six(used.interpreter) == "1.17.0", "and whoever changed it keeps that"
    said: list[str] = []
    brought = environments.restore_environment(opened, made.commit.id, on_line=said.append)
    assert brought.changes == ()
    assert brought.notice == "What had been installed by hand was installed too: colorama 0.4.6, six 1.17.0."
    assert brought.used.label == "small r1 + by hand"
    assert six(brought.used.interpreter) == "1.17.0"
    assert not verbs.checkpoint(opened).created, "the software is that of the commit, byte for byte"


def test_software_that_no_environment_made_cannot_be_brought_back(opened: verbs.Opened) -> None:
    with pytest.raises(errors.EnvironmentUnknown, match="no environment of jupyter-repro had installed"):
        environments.restore_environment(opened, "@")


def test_a_host_that_is_gone_costs_the_environment_and_not_the_files(
    library: environments.Library, opened: verbs.Opened, tmp_path: Path
) -> None:
    from tests.environments.installing import make_venv

    python = make_venv(tmp_path / "host")
    environments.create(library, "host", Definition(engine="host", base=str(python)))
    environments.build(library, "host")
    environments.use(opened, library, "host")
    made = verbs.checkpoint(opened).commit
    assert made.environment.label == "host r1"
    shutil.rmtree(python.parents[1])
    there = verbs.recreate(opened, made.id, tmp_path / "then")
    assert there.environment == ""
    assert "did not come along" in there.notice
    assert "cannot be built" in there.notice
    assert (tmp_path / "then" / "notes.txt").read_text() == "one"


def test_a_commits_text_that_is_damaged_is_not_believed(tmp_path: Path) -> None:
    places = Places(tmp_path)
    name = places.keep(b"{}")
    (tmp_path / "objects" / name).write_bytes(b"{ }")
    with pytest.raises(errors.BlobCorrupt, match="damaged"):
        places.get(name)
    with pytest.raises(errors.BlobMissing, match="not the id"):
        places.get("../../etc/passwd")


def test_the_command_line(repro: Repro, opened: verbs.Opened, past: str, tmp_path: Path) -> None:
    said = repro("restore", past, "--environment").text.splitlines()
    assert said[0].endswith("small r1.")
    assert said[1] == "Undo: jupyter-repro env use small"
    assert "small r1, as then" in repro("recreate", past, tmp_path / "then").text.replace("\n", " ")
    assert repro("restore", past, "notes.txt", "--environment", code=2)
