"""Every checkpoint carries what was installed; a change of it alone is worth one, a change of the host is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.environments.snapshots import read_host, read_software
from jupyter_repro.history import Commit
from jupyter_repro.store import Kind
from tests.environments.installing import install, make_venv, site_packages


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_venv(tmp_path / "env")
    monkeypatch.setenv("VIRTUAL_ENV", str(made.parents[1]))
    return made


@pytest.fixture
def opened(workspace_dir: Path, python: Path) -> verbs.Opened:
    verbs.init(workspace_dir)
    (workspace_dir / "notes.txt").write_text("one")
    return verbs.open_workspace(workspace_dir)


def installed(opened: verbs.OpenedProject, commit: Commit) -> dict[str, str]:
    text = opened.repository.store.get(Kind.NOTE, bytes.fromhex(commit.environment.software))
    return {package.name: package.version for package in read_software(text).packages}


def test_a_checkpoint_carries_software_and_host(opened: verbs.Opened, python: Path) -> None:
    install(site_packages(python), "thing", "1.0")
    made = verbs.checkpoint(opened).commit
    assert installed(opened, made)["thing"] == "1.0"
    host = opened.repository.store.get(Kind.NOTE, bytes.fromhex(made.environment.host))
    assert "cpu" in {fact[0] for fact in read_host(host).facts}


def test_nothing_changed_is_no_checkpoint(opened: verbs.Opened) -> None:
    assert verbs.checkpoint(opened).created
    assert not verbs.checkpoint(opened).created
    with verbs.open_workspace(opened.workspace.root) as again:
        assert not verbs.checkpoint(again).created


def test_an_install_alone_is_worth_a_checkpoint(opened: verbs.Opened, python: Path) -> None:
    first = verbs.checkpoint(opened).commit
    install(site_packages(python), "thing", "1.0")
    second = verbs.checkpoint(opened)
    assert (second.created, second.added, second.modified, second.deleted) == (True, 0, 0, 0)
    assert second.commit.tree == first.tree
    assert installed(opened, second.commit).keys() - installed(opened, first).keys() == {"thing"}
    assert not verbs.checkpoint(opened).created
    shutil.rmtree(site_packages(python) / "thing-1.0.dist-info")
    third = verbs.checkpoint(opened)
    assert third.created
    assert third.commit.environment.software == first.environment.software


def test_another_host_alone_is_not(opened: verbs.Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    first = verbs.checkpoint(opened).commit
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert not verbs.checkpoint(opened).created
    (opened.workspace.root / "notes.txt").write_text("two")
    second = verbs.checkpoint(opened).commit
    assert second.environment.software == first.environment.software
    assert second.environment.host != first.environment.host


def test_unchanged_texts_are_stored_once(opened: verbs.Opened) -> None:
    verbs.checkpoint(opened)
    (opened.workspace.root / "notes.txt").write_text("two")
    verbs.checkpoint(opened)
    assert len(list(opened.repository.store.index.ids(Kind.NOTE))) == 2


def test_the_first_known_software_after_an_unknown_one_is_no_change(opened: verbs.Opened) -> None:
    opened.workspace.describe = None
    assert verbs.checkpoint(opened).commit.environment.software == ""
    with verbs.open_workspace(opened.workspace.root) as again:
        assert not verbs.checkpoint(again).created
        (again.workspace.root / "notes.txt").write_text("two")
        assert verbs.checkpoint(again).commit.environment.software


def test_an_interpreter_that_fails_costs_no_checkpoint(opened: verbs.Opened, python: Path) -> None:
    python.unlink()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    made = verbs.checkpoint(opened)
    assert made.created
    assert made.commit.environment.software == ""


def test_a_restore_records_the_software_of_today(opened: verbs.Opened, python: Path) -> None:
    first = verbs.checkpoint(opened).commit
    install(site_packages(python), "thing", "1.0")
    (opened.workspace.root / "notes.txt").write_text("two")
    verbs.checkpoint(opened)
    back = verbs.restore(opened, first.id).commit
    assert back.tree == first.tree
    assert installed(opened, back)["thing"] == "1.0"


def test_the_snapshot_outlives_a_collection_and_an_export(opened: verbs.Opened, tmp_path: Path) -> None:
    made = verbs.checkpoint(opened).commit
    verbs.gc(opened, grace_seconds=0)
    assert installed(opened, made)
    verbs.export_project(opened, tmp_path / "file.repro")
    brought = verbs.import_project(tmp_path / "file.repro", name="brought")
    with verbs.open_project("brought") as project:
        assert installed(project, project.resolve(made.id)) == installed(opened, made)
    assert brought


def test_a_checkpoint_imports_no_database(workspace_dir: Path) -> None:
    verbs.init(workspace_dir)
    program = (
        "import sys; from jupyter_repro import verbs\n"
        f"with verbs.open_workspace({str(workspace_dir)!r}) as opened:\n"
        "    assert verbs.checkpoint(opened, allow_empty=True).commit.environment.software\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "alembic", "rich", "asyncio", "jupyter_server"} & set(done.stdout.split())
